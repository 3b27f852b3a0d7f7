import { getBusiness } from '../business/business-store.ts';
import type { ConsentEvent } from '../compliance/consent-evidence.ts';
import { eventSentence } from '../compliance/consent-words.ts';
import type { Contact } from '../contacts/contact.ts';
import { type ContactConsents, listContactConsents, recordContactConsent } from '../contacts/contact-consents.ts';
import { consentInput } from '../http/contract/consents.ts';
import { consentOf, showConsents, shownEvidence } from '../http/routes/consent-routes.ts';
import { runTx } from '../platform/database.ts';
import { showId } from '../platform/ids.ts';
import { momentOf } from './campaign-sending.ts';
import { confirmByTyping } from './confirm.ts';
import { findContact } from './find-contact.ts';
import { actor, type CliServices, granted, withServices } from './open-services.ts';
import { type Shell, UsageError } from './shell.ts';
import { table } from './words.ts';

/** What both ways of recording something take. */
interface RecordFlags {
  readonly purpose: string;
  readonly source: string;
  readonly proof: readonly string[];
  readonly at?: string;
  readonly json?: true;
}

export interface GrantFlags extends RecordFlags {
  readonly kind: string;
  readonly wording?: string;
  readonly wordingVersion?: string;
  readonly language?: string;
  readonly needsConfirmation?: true;
  readonly validUntil?: string;
}

export interface RevokeFlags extends RecordFlags {
  readonly yes?: true;
}

export interface ListFlags {
  readonly limit: number;
  readonly json?: true;
}

export async function listCommand(reference: string, { limit, json }: ListFlags, shell: Shell): Promise<void> {
  await withServices(shell, async ({ database: { db }, clock }) => {
    const contact = await findContact(db, reference);
    const consents = granted(await listContactConsents(db, clock, { id: contact.id, cursor: undefined, limit }));
    if (json) return shell.out.json(showConsents(consents));
    await shell.out.lines(...consentLines(contact, consents));
    if (consents.nextCursor !== null) shell.tell(`Older events were left out: --limit ${limit * 2} shows more`);
  });
}

export async function grantCommand(reference: string, flags: GrantFlags, shell: Shell): Promise<void> {
  const { wording, wordingVersion, language, kind, needsConfirmation } = flags;
  if ((wording === undefined) !== (wordingVersion === undefined))
    throw new UsageError('--wording and --wording-version go together');
  await record(reference, flags, shell, ({ zone }) => ({
    action: 'grant',
    kind,
    ...(wording === undefined
      ? {}
      : { wording: { text: wording, version: wordingVersion, ...(language === undefined ? {} : { language }) } }),
    ...(needsConfirmation === undefined ? {} : { needsConfirmation }),
    ...(flags.validUntil === undefined ? {} : { validUntil: momentOf('--valid-until', flags.validUntil, zone) }),
  }));
}

export async function revokeCommand(reference: string, flags: RevokeFlags, shell: Shell): Promise<void> {
  await record(reference, flags, shell, async ({ contact }) => {
    if (flags.purpose === 'marketing' || flags.purpose === 'all') {
      shell.tell(`No text reaches ${contact.phone} any more; only the person can undo that, by texting START`);
      await confirmByTyping(shell, { expected: contact.phone, what: 'the number', yes: flags.yes === true });
    }
    return { action: 'revoke' };
  });
}

/** What is recorded passes through the schema of the API, which says what each source needs. */
async function record(
  reference: string,
  flags: RecordFlags,
  shell: Shell,
  rest: (about: { readonly contact: Contact; readonly zone: string }) => object | Promise<object>,
): Promise<void> {
  const evidence = { source: flags.source, ...proofOf(flags.proof) };
  await withServices(shell, async (services: CliServices) => {
    const { clock, database } = services;
    const contact = await findContact(database.db, reference);
    const { zone } = await getBusiness(database.db);
    const happenedAt = flags.at === undefined ? clock.now().toString() : momentOf('--at', flags.at, zone);
    const given = { ...(await rest({ contact, zone })), purpose: flags.purpose, evidence, happenedAt };
    const parsed = consentInput.safeParse(given);
    if (!parsed.success)
      throw new UsageError(parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '));
    const input = { id: contact.id, consent: consentOf(parsed.data), by: actor() };
    const consents = granted(await runTx(database.db, (tx) => recordContactConsent(tx, services, input)));
    if (flags.json) await shell.out.json(showConsents(consents));
    else await shell.out.lines(...consentLines(contact, consents));
  });
}

function proofOf(proof: readonly string[]): Readonly<Record<string, string | number>> {
  return Object.fromEntries(
    proof.map((one) => {
      const [, field, value] = /^([a-zA-Z]+)=(.*)$/s.exec(one) ?? [];
      if (field === undefined || value === undefined) throw new UsageError(`--proof "${one}": expected field=value`);
      return [field, field === 'row' ? Number(value) : value];
    }),
  );
}

function consentLines(contact: Contact, { standings, data }: ContactConsents): readonly string[] {
  return [
    `${contact.phone}  ${showId('contact', contact.id)}`,
    ...table(standings.map(({ purpose, standing, sentence }) => [`  ${purpose}`, standing.state, sentence])),
    ...data.flatMap((event) => ['', ...eventLines(event)]),
  ];
}

const eventLines = (event: ConsentEvent): readonly string[] => [
  `${event.occurredAt.toString()}  ${eventSentence(event)}  ${showId('consent', event.id)}`,
  `    recorded by ${event.recordedBy}, ${event.recordedAt.toString()}`,
  ...Object.entries(shownEvidence(event.evidence)).map(([field, value]) => `    ${field}: ${value}`),
  ...(event.wording === null ? [] : event.wording.split('\n').map((line) => `    | ${line}`)),
];
