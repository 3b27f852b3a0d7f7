import type { AuditChain, AuditEntry, AuditFilters, AuditVerdict } from '../api/audit.ts';
import { formatPhone, looksLikePhone, plural } from '../patterns/format.ts';
import type { Tone } from '../theme.ts';

const NOUNS: Readonly<Record<string, string>> = {
  api_key: 'API key',
  dnc_list: 'Do-not-call list',
  dnc_exemption: 'Exemption',
  number_validation: 'Number validation',
};
const ACTS: Readonly<Record<string, string>> = {
  'account.stopped_foreign_texts': 'Account stopped: texts that are not ours',
  'audit.exported': 'Audit log exported',
  'audit.verified': 'Audit log verified',
  'number.suppressed': 'Opted out or suppressed',
  'user.signed_in': 'Signed in',
  'user.signed_out': 'Signed out',
  'user.sign_in_failed': 'Sign-in failed',
};

/** "campaign.launched" -> "Campaign launched"; acts that are not known here read well too. */
export function actionWords(action: string): string {
  const known = ACTS[action];
  if (known !== undefined) return known;
  const [noun = '', ...act] = action.split('.');
  return `${NOUNS[noun] ?? sentenceCase(noun)} ${spaced(act.join(' '))}`.trim();
}

const spaced = (name: string): string => name.replaceAll('_', ' ');
const sentenceCase = (name: string): string => spaced(name).replace(/^./, (first) => first.toUpperCase());

/** Who acted, as people call them. */
export function actorWords({ actor, actorName }: Pick<AuditEntry, 'actor' | 'actorName'>): string {
  if (actorName !== null) return actorName;
  if (actor === 'contact') return 'The person on the phone';
  if (actor === 'system') return 'Textwright itself';
  const [kind, name = ''] = actor.split(/:(.*)/s);
  if (kind === 'cli') return `${name}, on the command line`;
  if (kind === 'user') return 'A member';
  return kind === 'api_key' ? 'An API key' : actor;
}

/** Where one finds what an id or a number stands for. */
const ADDRESSES: Readonly<Record<string, (id: string) => string>> = {
  acc: (id) => `/settings/numbers?show=${id}`,
  lane: (id) => `/settings/numbers?show=${id}`,
  cmp: (id) => `/campaigns/${id}`,
  cnv: (id) => `/inbox/${id}?view=all`,
  con: (id) => `/contacts/${id}`,
  dnc: (id) => `/compliance/do-not-call/${id}`,
  evt: (id) => `/operations/events/${id}`,
  imp: (id) => `/imports/${id}`,
  key: () => '/settings/api-keys',
  ptg: (id) => `/settings/development-proxy?log=${id}`,
  rec: (id) => `/operations/reconciliation/${id}`,
  rpl: () => '/operations/replays',
  tpl: (id) => `/templates/${id}`,
  usr: () => '/settings/team',
};
export const subjectAddress = (subject: string): string | undefined =>
  ADDRESSES[/^([a-z]+)_[0-9a-f]{32}$/.exec(subject)?.[1] ?? '']?.(subject);

const THINGS: Readonly<Record<string, string>> = {
  acc: 'an account',
  alr: 'an alert',
  aud: 'an entry of this log',
  call: 'a call',
  chk: 'a health check',
  lane: 'a number of ours',
  cmp: 'a campaign',
  cns: 'a consent',
  cnv: 'a conversation',
  con: 'a contact',
  dnc: 'a do-not-call list',
  dnv: 'a file of a do-not-call list',
  dnx: 'an exemption',
  enr: 'a recipient',
  era: 'an erasure',
  evt: 'an event',
  frm: 'an opt-in form',
  imp: 'an import',
  key: 'an API key',
  msg: 'a text',
  odf: 'a difference of opt-outs',
  ptg: 'a development target',
  rec: 'a comparison',
  rev: 'an unclear reply',
  rpl: 'a replay',
  rsc: 'questions about reassigned numbers',
  scr: 'questions to a scrub service',
  sup: 'a suppression',
  tpl: 'a template',
  usr: 'a member',
  val: 'a validation',
  var: 'a variant',
};

/** What it was about, at a glance: the name that was recorded with it, the number, or the kind of thing. */
export function aboutWords({ subject, phone, detail }: Pick<AuditEntry, 'subject' | 'phone' | 'detail'>): string {
  const name = detail['name'] ?? detail['email'];
  if (typeof name === 'string' && name !== '') return name;
  if (phone !== null) return formatPhone(phone);
  if (subject.startsWith('+')) return formatPhone(subject);
  return THINGS[subject.split('_')[0] ?? ''] ?? sentenceCase(subject).toLowerCase();
}

/** What is typed into the search: a number when it looks like one, else the id of what was acted on. */
export function auditSearch(search: string): Pick<AuditFilters, 'phone' | 'subject'> {
  const typed = search.trim();
  if (typed === '') return {};
  return looksLikePhone(typed) ? { phone: typed } : { subject: typed };
}

/** How far the log is sealed. */
export function waitingWords({ waiting, overdue }: Pick<AuditChain, 'waiting' | 'overdue'>): string {
  if (overdue > 0)
    return `${plural(overdue, 'entry has', 'entries have')} waited for a seal for more than a minute: no worker seals`;
  return waiting === 0 ? 'none waits' : `${plural(waiting, 'entry waits', 'entries wait')} for a moment`;
}

/** "1204:da0d67…": as `textwright audit verify` prints and takes it. */
export const headText = ({ seq, hash }: AuditChain['head']): string => `${seq}:${hash}`;

/** What was noted, or undefined while it is none. */
export function headOf(typed: string): AuditChain['head'] | undefined {
  const found = /^\s*(\d{1,15})\s*:\s*([0-9a-fA-F]{64})\s*$/.exec(typed);
  const [, seq = '', hash = ''] = found ?? [];
  return found === null || Number(seq) < 1 ? undefined : { seq: Number(seq), hash: hash.toLowerCase() };
}

export const VERDICT_TONES: Readonly<Record<AuditVerdict['state'], Tone>> = {
  whole: 'green',
  behind: 'amber',
  broken: 'red',
};

export interface DetailPart {
  readonly label: string;
  readonly value: string;
  /** Several lines, as it is kept. */
  readonly block: boolean;
}

/** What was recorded with an act, member by member; none is left out. */
export const detailParts = (detail: AuditEntry['detail']): readonly DetailPart[] =>
  Object.entries(detail).map(([name, value]) => {
    const plain = typeof value !== 'object' || value === null;
    return {
      label: sentenceCase(name.replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)),
      value: plain ? plainWords(value) : JSON.stringify(value, null, 2),
      block: !plain,
    };
  });

function plainWords(value: unknown): string {
  if (value === null || value === undefined || value === '') return 'none';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return String(value);
}
