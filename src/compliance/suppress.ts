import { sql } from 'kysely';
import type { Clock } from '../platform/clock.ts';
import type { Tx } from '../platform/database.ts';
import type { NewUuid, Uuid } from '../platform/ids.ts';
import { addMs, type Instant } from '../platform/time.ts';
import { appendConsent, type ConsentToAppend } from './append-consent.ts';
import { auditConsent } from './audit-consent.ts';
import { recordAudit } from './audit-store.ts';
import { unmarkBlocked } from './block-number.ts';
import type { ConsentPurpose } from './consent.ts';
import type { ConsentEvidence } from './consent-evidence.ts';
import { holdFree, lockedContacts, lockNumber } from './lock-number.ts';
import { latencyOf, noteOptOutSql, type OptOutWay } from './note-opt-out.ts';
import { insertOvertaken, optInAfter, SAME_MOMENT_MS } from './overtaken-opt-out.ts';
import { type CarriedOptOut, insertToCarry, isContact, otherNumbers } from './same-person-store.ts';

/**
 * Promise 2, opt-out wins. A suppression and the end of everything that still waits for that number are one transaction, and
 * the number is locked first: the engine locks the same contact row before it commits an intent, so one of the two is wholly
 * first. Lock order is contact, then enrollments.
 */
export type SuppressionReason = 'opt_out' | 'wrong_number' | 'provider_opt_out' | 'invalid_number';

export interface SuppressInput {
  readonly phone: string;
  readonly reason: SuppressionReason;
  readonly channel: 'sms' | 'staff' | 'gateway' | 'import' | 'api' | 'review' | 'link' | 'erasure';
  /** What was said, by whom, how it was understood: kept for good. */
  readonly evidence: object;
  readonly actor: string;
  /** When the person said it, by the provider's clock; absent when no person did. */
  readonly saidAt?: Instant;
  /** When it reached us; absent when it is told by the very act. */
  readonly heardAt?: Instant;
  /** The campaign text that it answers, null when it answers none; absent when that is to be found. */
  readonly enrollmentId?: Uuid | null;
  /** Of a text: whether it was the word for it. */
  readonly how?: 'keyword' | 'free_text';
  /** Which consent is taken back, and what shows it. Otherwise every consent, on the evidence of the suppression. */
  readonly takesBack?: { readonly purpose: ConsentPurpose | 'all'; readonly evidence: ConsentEvidence };
  /** The name of who recorded it, as people read it. */
  readonly recordedBy?: string;
}

interface Suppressed {
  readonly beginsOptOut: boolean;
  readonly cancelled: number;
}

interface Deps {
  readonly clock: Clock;
  readonly newUuid: NewUuid;
}

/**
 * Pending enrollments are ended whether or not the number was suppressed already. `beginsOptOut` is true when nobody had asked
 * before that this number be left alone (or START has ended that since): the only time at which a confirmation is due. What is said again
 * is kept and takes back what was agreed to since, as the first time. A text that comes after a START which was said later ends nothing.
 */
export async function suppressNumber(tx: Tx, deps: Deps, input: SuppressInput): Promise<Suppressed> {
  await lockNumber(tx, input.phone);
  return suppressLocked(tx, deps, input);
}

/**
 * The same for whoever has locked the number already. The person's other numbers are left alone too, in this transaction when nobody holds
 * them: who holds a number may wait for none (docs/decisions/0057). Otherwise it is written down, and done within a minute (carry-opt-outs.ts).
 */
export async function suppressLocked(tx: Tx, deps: Deps, input: SuppressInput): Promise<Suppressed> {
  const suppressed = await suppressOne(tx, deps, input);
  // That a number cannot be reached is nobody's word; an erasure is of one number.
  if (input.reason === 'invalid_number' || input.channel === 'erasure') return suppressed;
  const { channel, how = null, actor, recordedBy = null, saidAt = null, heardAt = deps.clock.now(), takesBack } = input;
  const carried = { channel, how, actor, recordedBy, saidAt, heardAt, purpose: takesBack?.purpose ?? ('all' as const) };
  for (const phone of await otherNumbers(tx, input.phone))
    if (await lockFreeNumber(tx, phone)) await suppressCarried(tx, deps, { ...carried, phone });
    else await insertToCarry(tx, deps.newUuid(), { ...carried, phone });
  return suppressed;
}

/** False when somebody else holds the number or its contact, such as a claim. */
async function lockFreeNumber(tx: Tx, phone: string): Promise<boolean> {
  if (!(await holdFree(tx, [phone])).has(phone)) return false;
  const { rows } = await lockedContacts([phone], { waits: false }).execute(tx);
  return rows.length > 0 || !(await isContact(tx, phone));
}

/**
 * What holds at one number of a person, for another one that the caller has locked. Nothing in it names the first: each may be erased by
 * itself. It answers no text that was sent to this one.
 */
export async function suppressCarried(
  tx: Tx,
  deps: Deps,
  optOut: CarriedOptOut<SuppressInput['channel']>,
): Promise<void> {
  await suppressOne(tx, deps, carriedInput(optOut));
}

/** The same where the number is left alone already, or was opted in since: only what was agreed to before is taken back. */
export async function takeBackCarried(
  tx: Tx,
  deps: Deps,
  optOut: CarriedOptOut<SuppressInput['channel']>,
): Promise<void> {
  // It may be carried late, and what was agreed to since counts.
  const saidAt = optOut.saidAt ?? optOut.heardAt;
  const consent = consentTakenBack(deps, carriedInput({ ...optOut, saidAt }));
  await auditConsent(tx, deps, consent, await appendConsent(tx, deps, consent));
}

function carriedInput(optOut: CarriedOptOut<SuppressInput['channel']>): SuppressInput & { readonly reason: 'opt_out' } {
  const { phone, channel, how, actor, recordedBy, saidAt, heardAt, purpose } = optOut;
  const evidence = {
    note: 'Asked at another number of the same person',
    ...(recordedBy === null ? {} : { by: recordedBy }),
    ...(saidAt === null ? {} : { saidAt: saidAt.toString() }),
  };
  return {
    ...{ phone, channel, actor, heardAt, evidence },
    reason: 'opt_out',
    enrollmentId: null,
    ...(how === null ? {} : { how }),
    ...(recordedBy === null ? {} : { recordedBy }),
    ...(saidAt === null ? {} : { saidAt }),
    takesBack: { purpose, evidence: { source: 'opt_out', reason: 'opt_out', channel, said: evidence } },
  };
}

async function suppressOne(tx: Tx, deps: Deps, input: SuppressInput): Promise<Suppressed> {
  const overtakenBy = await optInAfter(tx, input);
  if (overtakenBy !== undefined) {
    await insertOvertaken(tx, deps, { ...input, how: wayOf(input), overtakenBy });
    await takeBackConsent(tx, deps, input);
    return { beginsOptOut: false, cancelled: 0 };
  }
  const now = deps.clock.now();
  const { before, created, cancelled } = await insertSuppression(tx, { ...input, id: deps.newUuid(), now });
  const beginsOptOut = before.every((reason) => reason === 'invalid_number');
  // That a number cannot be reached is nobody's word.
  if (!created && input.reason === 'invalid_number') return { beginsOptOut, cancelled };
  await takeBackConsent(tx, deps, input);
  if (!created) await sayAgain(tx, { ...input, saidAt: input.saidAt ?? now });
  await recordAudit(tx, {
    id: deps.newUuid(),
    at: now,
    actor: input.actor,
    action: created ? 'number.suppressed' : 'number.suppressed_again',
    subject: input.phone,
    phone: input.phone,
    detail: {
      ...{ reason: input.reason, channel: input.channel, evidence: input.evidence, enrollmentsEnded: cancelled },
      ...(created && input.reason !== 'invalid_number' ? latencyOf({ ...input, now }) : {}),
    },
  });
  return { beginsOptOut, cancelled };
}

const WAYS: Readonly<Record<SuppressInput['channel'], OptOutWay>> = {
  sms: 'free_text',
  staff: 'person',
  gateway: 'provider',
  import: 'import',
  api: 'api',
  review: 'review',
  link: 'link',
  erasure: 'erasure',
};

const wayOf = ({ how, channel }: SuppressInput): OptOutWay => how ?? WAYS[channel];

/** START lifts the suppression only: it names no consent (compliance/consent.ts). That a number cannot be reached takes nothing back. */
async function takeBackConsent(tx: Tx, deps: Deps, input: SuppressInput): Promise<void> {
  const { reason } = input;
  if (reason !== 'invalid_number') await appendConsent(tx, deps, consentTakenBack(deps, { ...input, reason }));
}

function consentTakenBack(
  { clock }: Pick<Deps, 'clock'>,
  input: SuppressInput & { readonly reason: Exclude<SuppressionReason, 'invalid_number'> },
): ConsentToAppend {
  const { phone, reason, channel, actor, saidAt } = input;
  const { purpose, evidence } = input.takesBack ?? {
    purpose: 'all',
    evidence: { source: 'opt_out', reason, channel, said: input.evidence } as const,
  };
  const by = { actor, name: recorderOf(input) };
  return { phone, action: 'revoke', purpose, evidence, occurredAt: saidAt ?? clock.now(), by };
}

const recorderOf = ({ recordedBy, actor }: SuppressInput): string =>
  recordedBy ?? (actor === 'contact' ? 'The person' : 'Textwright');

/** Index suppression_active. */
async function activeReasons(tx: Tx, phone: string): Promise<readonly SuppressionReason[]> {
  const { rows } = await sql<{ reason: SuppressionReason }>`
    select reason from suppression where phone = ${phone} and lifted_at is null`.execute(tx);
  return rows.map((row) => row.reason);
}

/** What is said again, by whom and whatever way, holds from then on: a START between the two, applied late, must not lift it. */
async function sayAgain(
  tx: Tx,
  input: { readonly phone: string; readonly reason: SuppressionReason; readonly saidAt: Instant },
): Promise<void> {
  await sql`
    update suppression s set evidence = s.evidence || jsonb_build_object('saidAgainAt', ${input.saidAt.toString()}::text)
    where phone = ${input.phone} and reason = ${input.reason} and lifted_at is null and ${lastSaidAt} < ${input.saidAt}`.execute(
    tx,
  );
}

/**
 * Of one person's numbers that are suppressed: what was said last at one of them holds at all from then on, as if said there again. Returns
 * those at which it was news.
 */
export async function sayAtAll(
  tx: Tx,
  phones: readonly string[],
): Promise<readonly { readonly phone: string; readonly saidAt: Instant }[]> {
  const theirs = sql`s.phone = any(${phones}::text[]) and s.lifted_at is null and s.reason <> 'invalid_number'`;
  const { rows } = await sql<{ phone: string; saidAt: Instant }>`
    with said as (
      update suppression s set evidence = s.evidence || jsonb_build_object('saidAgainAt', newest.at)
      from (select max(${lastSaidAt}) as at from suppression s where ${theirs}) newest
      where ${theirs} and ${lastSaidAt} < newest.at
      returning s.phone, newest.at
    )
    select distinct phone, at as said_at from said order by phone`.execute(tx);
  return rows;
}

/** For numbers of one person of which the caller has locked some: what was agreed to at each before that is taken back, at once or within a minute. */
export async function takeBackAt(
  tx: Tx,
  deps: Deps,
  optOuts: readonly CarriedOptOut<SuppressInput['channel']>[],
  locked: ReadonlySet<string>,
): Promise<void> {
  for (const optOut of optOuts)
    if (locked.has(optOut.phone) || (await lockFreeNumber(tx, optOut.phone))) await takeBackCarried(tx, deps, optOut);
    else await insertToCarry(tx, deps.newUuid(), optOut);
}

/**
 * Whoever is suppressed and writes what may be an opt-out is not asked about. They may have said it again: a START of before that, applied
 * later, lifts nothing. The number is locked. Index suppression_active.
 */
export async function noteUnclear(
  tx: Tx,
  { phone, saidAt }: { readonly phone: string; readonly saidAt: Instant },
): Promise<void> {
  await sql`
    update suppression s set evidence = s.evidence || jsonb_build_object('unclearAt', ${saidAt.toString()}::text)
    where phone = ${phone} and reason <> 'invalid_number' and lifted_at is null and ${lastSaidAt} < ${saidAt}`.execute(
    tx,
  );
}

/** Over `suppression s`: when it was said, or perhaps said again. A START of before that leaves it. */
export const lastSaidAt = sql<Instant>`greatest((s.evidence ->> 'unclearAt')::timestamptz,
  coalesce((s.evidence ->> 'saidAgainAt')::timestamptz, (s.evidence ->> 'saidAt')::timestamptz, s.created_at))`;

/** The skip reason of an enrollment whose number is suppressed. */
export const SKIP_REASON: Readonly<Record<SuppressionReason, string>> = {
  opt_out: 'opted_out',
  provider_opt_out: 'opted_out',
  wrong_number: 'wrong_number',
  invalid_number: 'invalid_number',
};

/**
 * The suppression, unless there is one already, and the end of what waits, but for an answer to HELP; the confirmation of this very
 * opt-out comes after. A reply that waited to be decided on is decided by it, unless the number only cannot be reached, or the reply was
 * written later: a START between the two, applied last, would let go whom nobody has decided about. `before` are the reasons that were in
 * force. Indexes suppression_active, enrollment_pending_phone, message_phone and opt_out_review_open.
 */
async function insertSuppression(
  tx: Tx,
  input: SuppressInput & { readonly id: Uuid; readonly now: Instant },
): Promise<{ readonly before: readonly SuppressionReason[]; readonly created: boolean; readonly cancelled: number }> {
  const { id, phone, reason, channel, evidence, now } = input;
  const decision = reason === 'wrong_number' ? reason : 'opt_out';
  const skipReason = SKIP_REASON[reason];
  const { rows } = await sql<{ before: readonly SuppressionReason[]; created: boolean; cancelled: number }>`
    with inserted as (
      insert into suppression (id, phone, reason, channel, evidence, created_at)
      values (${id}, ${phone}, ${reason}, ${channel}, ${JSON.stringify(evidence)}, ${now})
      on conflict (phone, reason) where lifted_at is null do nothing returning id
    ), made as (
      select id from inserted where ${reason !== 'invalid_number'}
        and not exists (select from suppression where phone = ${phone} and lifted_at is null and reason <> 'invalid_number')
    ), ${noteOptOutSql({ ...input, how: wayOf(input) })}, ended as (
      update enrollment set state = 'skipped', skip_reason = ${skipReason} where phone = ${phone} and state = 'pending' returning id
    ), reviewed as (
      update opt_out_review set decided_at = ${now}, decision = ${decision}, decided_how = 'suppressed', decided_by = ${recorderOf(input)}
      where phone = ${phone} and decided_at is null and ${reason !== 'invalid_number'} and said_at <= ${input.saidAt ?? now}
    ), cancelled as (
      update message set state = 'cancelled', failure_code = ${skipReason}
      where phone = ${phone} and state = 'pending' and purpose in ('campaign', 'reply', 'opt_in_confirmation', 'opt_in_request')
    )
    select array(select reason from suppression where phone = ${phone} and lifted_at is null) as before,
      exists (select from inserted) as created, (select count(*) from ended) as cancelled`.execute(tx);
  const [row] = rows;
  if (row === undefined) throw new Error(`suppression of ${id} gave no answer`);
  return row;
}

/**
 * Lifts the opt-outs of a number that were made before `saidAt` (when the person's START was sent), also that it was the wrong
 * number: whoever holds the phone decides for it. An opt-out of the same moment or later stays: the strict side wins. A number
 * that cannot receive texts stays so whatever anybody says.
 *
 * `optedIn` is true when something was lifted and nothing is left that forbids texting the number: a confirmation is due.
 */
export async function liftOptOut(
  tx: Tx,
  deps: Deps,
  input: { readonly phone: string; readonly saidAt: Instant; readonly evidence: object },
): Promise<{ readonly optedIn: boolean; readonly reachable: boolean }> {
  const now = deps.clock.now();
  await lockNumber(tx, input.phone);
  const { rows } = await sql<{ reason: string }>`
    update suppression s set lifted_at = ${now}, lifted_evidence = ${JSON.stringify(input.evidence)}
    where phone = ${input.phone} and lifted_at is null and reason in ('opt_out', 'provider_opt_out', 'wrong_number')
      and ${lastSaidAt} <= ${addMs(input.saidAt, -SAME_MOMENT_MS)}
    returning reason`.execute(tx);
  await unmarkBlocked(tx, input);
  const left = await activeReasons(tx, input.phone);
  await recordAudit(tx, {
    id: deps.newUuid(),
    at: now,
    actor: 'contact',
    action: rows.length > 0 ? 'number.opted_in' : 'number.opt_in_without_effect',
    subject: input.phone,
    phone: input.phone,
    detail: { lifted: rows.map((row) => row.reason), stillSuppressed: left, evidence: input.evidence },
  });
  const reachable = left.length === 0;
  const optedIn = rows.length > 0 && reachable;
  if (optedIn) await cancelConfirmation(tx, input.phone);
  return { optedIn, reachable };
}

/** Whoever wants texts again is not told that there will be none; a STOP after that has a confirmation of its own. Index message_phone. */
async function cancelConfirmation(tx: Tx, phone: string): Promise<void> {
  await sql`
    update message set state = 'cancelled', failure_code = 'opted_in'
    where phone = ${phone} and state = 'pending' and purpose = 'opt_out_confirmation'`.execute(tx);
}
