import type { ConsentInput } from '../api/consents.ts';
import { fromLocalInput } from '../patterns/zoned-input.ts';

/** What the dialog holds; the fields of a way that is not chosen stay as they were typed and are not sent. */
export interface ConsentForm {
  readonly act: 'grant' | 'revoke';
  readonly purpose: 'marketing' | 'informational';
  readonly source: GivenBy;
  readonly inWriting: boolean;
  /** In the zone of the business, as such a field holds it. */
  readonly at: string;
  readonly proof: string;
  readonly ip: string;
  readonly wording: string;
  readonly wordingVersion: string;
  readonly note: string;
}
export type GivenBy = 'web_form' | 'keyword' | 'paper' | 'voice' | 'member';

export const GIVEN_BY: Readonly<
  Record<GivenBy, { readonly label: string; readonly proof: string; readonly hint: string }>
> = {
  web_form: { label: 'On a web form', proof: 'Address of the form', hint: 'https://…' },
  keyword: { label: 'In a text', proof: 'Their text, word for word', hint: 'JOIN' },
  paper: { label: 'On paper', proof: 'Which sheet, and where it is kept', hint: 'Estimate 1042, folder May' },
  voice: { label: 'In a recording', proof: 'Address or name of the recording', hint: '' },
  member: { label: 'Told one of us', proof: 'What they said', hint: 'Asked for reminders at the counter' },
};

/** A member’s word is no signature. */
export const canBeWritten = ({ source }: Pick<ConsentForm, 'source'>): boolean => source !== 'member';
export const isWritten = (form: Pick<ConsentForm, 'source' | 'inWriting'>): boolean =>
  canBeWritten(form) && form.inWriting;

export type FormProblems = Partial<Record<keyof ConsentForm, string>>;

/** What is still missing, by field. */
export function missingIn(form: ConsentForm, moment: { readonly zone: string; readonly nowMs: number }): FormProblems {
  const at = fromLocalInput(form.at, moment.zone);
  const problems: FormProblems = {};
  if (at === undefined) problems.at = 'Say when it was';
  else if (Date.parse(at) > moment.nowMs) problems.at = 'That is still to come';
  if (form.act === 'revoke') {
    if (form.note.trim().length < NOTE_MIN) problems.note = 'Say how the person said it, in a few words';
    return problems;
  }
  if (form.proof.trim().length < (form.source === 'keyword' ? 1 : NOTE_MIN)) problems.proof = 'This is the proof of it';
  if (form.source === 'web_form' && form.ip.trim() === '') problems.ip = 'The form’s record has it';
  if (isWritten(form)) {
    if (form.wording.trim() === '') problems.wording = 'A written consent is the consent to certain words';
    if (form.wordingVersion.trim() === '') problems.wordingVersion = 'Such as v2, or a date';
  }
  return problems;
}

const NOTE_MIN = 3;

/** Of a form that misses nothing. */
export function consentInputOf(form: ConsentForm, zone: string): ConsentInput {
  const happenedAt = fromLocalInput(form.at, zone) ?? '';
  if (form.act === 'revoke')
    return {
      action: 'revoke',
      purpose: 'all',
      evidence: { source: 'member', note: form.note.trim() },
      happenedAt,
    };
  const written = isWritten(form);
  return {
    action: 'grant',
    purpose: form.purpose,
    kind: written ? 'express_written' : 'express',
    evidence: evidenceOf(form),
    happenedAt,
    ...(written ? { wording: { text: form.wording, version: form.wordingVersion.trim() } } : {}),
  };
}

function evidenceOf(form: ConsentForm): ConsentInput['evidence'] {
  const proof = form.proof.trim();
  switch (form.source) {
    case 'web_form':
      return { source: 'web_form', formUrl: proof, ip: form.ip.trim() };
    case 'keyword':
      return { source: 'keyword', text: proof };
    case 'paper':
      return { source: 'paper', document: proof };
    case 'voice':
      return { source: 'voice', recording: proof };
    case 'member':
      return { source: 'member', note: proof };
  }
}

/** Where the API points to what is shown in which field; the narrower pointers come first. */
export const POINTERS: readonly (readonly [string, keyof ConsentForm])[] = [
  ['/evidence/ip', 'ip'],
  ['/evidence', 'proof'],
  ['/wording/version', 'wordingVersion'],
  ['/wording', 'wording'],
  ['/happenedAt', 'at'],
];
