import { sql } from 'kysely';
import type { Clock } from '../platform/clock.ts';
import type { Tx } from '../platform/database.ts';
import type { NewUuid, Uuid } from '../platform/ids.ts';
import { addMs, type Instant } from '../platform/time.ts';
import { recordAudit } from './audit-store.ts';
import { latencyOf, noteOptOutSql, type OptOutWay } from './note-opt-out.ts';

interface OptOut {
  readonly phone: string;
  readonly reason: string;
  readonly channel: string;
  readonly evidence: object;
  readonly actor: string;
  readonly saidAt?: Instant;
  readonly heardAt?: Instant;
  readonly enrollmentId?: Uuid | null;
}

/**
 * Nobody knows which of two texts that are closer was said first: a gateway lists whole seconds, another one dates a text by when it brought
 * it, and what a member or another system records has a clock of its own.
 */
export const SAME_MOMENT_MS = 10_000;

/**
 * An opt-out that comes late, after an opt-in that the person said later: texts are lost, spooled, and found again at night, and what a
 * person said last counts, in whatever order it came. Of the same moment the strict side wins. What people record by hand they mean now.
 */
export async function optInAfter(tx: Tx, { phone, channel, saidAt }: OptOut): Promise<object | undefined> {
  if (channel !== 'sms' || saidAt === undefined) return undefined;
  return newestOptIn(tx, { phone, from: addMs(saidAt, SAME_MOMENT_MS) });
}

/** Whether the person has said since that they want texts. */
export const hasOptedInSince = async (
  tx: Tx,
  { phone, at }: { readonly phone: string; readonly at: Instant },
): Promise<boolean> => (await newestOptIn(tx, { phone, from: addMs(at, SAME_MOMENT_MS) })) !== undefined;

/** An opt-in that found nothing to lift is nowhere but in the audit. Index audit_entry_phone. */
async function newestOptIn(
  tx: Tx,
  { phone, from }: { readonly phone: string; readonly from: Instant },
): Promise<object | undefined> {
  const { rows } = await sql<{ evidence: object }>`
    select detail -> 'evidence' as evidence from audit_entry
    where phone = ${phone} and action in ('number.opted_in', 'number.opt_in_without_effect')
      and (detail -> 'evidence' ->> 'saidAt')::timestamptz >= ${from}
    order by (detail -> 'evidence' ->> 'saidAt')::timestamptz desc limit 1`.execute(tx);
  return rows[0]?.evidence;
}

/** Kept as what it was: a suppression that has been lifted. What waits for the number now was made for a person who wants it. */
export async function insertOvertaken(
  tx: Tx,
  deps: { readonly clock: Clock; readonly newUuid: NewUuid },
  optOut: OptOut & { readonly how: OptOutWay; readonly overtakenBy: object },
): Promise<void> {
  const { phone, reason, channel, evidence, actor, overtakenBy } = optOut;
  const now = deps.clock.now();
  await sql`
    with made as (
      insert into suppression (id, phone, reason, channel, evidence, created_at, lifted_at, lifted_evidence)
      values (${deps.newUuid()}, ${phone}, ${reason}, ${channel}, ${JSON.stringify(evidence)}, ${now}, ${now},
        ${JSON.stringify(overtakenBy)}) returning id
    ), ${noteOptOutSql({ ...optOut, now })}
    select from made`.execute(tx);
  await recordAudit(tx, {
    id: deps.newUuid(),
    at: now,
    actor,
    action: 'number.opt_out_overtaken',
    subject: phone,
    phone,
    detail: { reason, channel, evidence, overtakenBy, ...latencyOf({ ...optOut, now }) },
  });
}
