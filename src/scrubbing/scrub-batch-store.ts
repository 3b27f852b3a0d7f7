import { type RawBuilder, sql } from 'kysely';
import type { Db, Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';
import type { Block } from '../validation/decide-budget.ts';
import type { ScrubServiceName } from './scrub-service.ts';

/** Why nothing is asked now. `no_service`: none has a key. */
export interface ScrubWait {
  readonly kind: Block['kind'] | 'no_service';
  readonly message: string;
  readonly until: Instant;
}

export type ScrubOutcome = 'listed' | 'clean' | 'unknown';

export interface ScrubBatch {
  readonly id: Uuid;
  readonly state: 'open' | 'completed' | 'cancelled';
  readonly chosen: string;
  readonly total: number;
  readonly counts: Readonly<Record<ScrubOutcome, number>>;
  readonly wait: ScrubWait | null;
  readonly startedBy: string;
  readonly createdAt: Instant;
  readonly finishedAt: Instant | null;
}

/** False when one is open (scrub_batch_once). */
export async function insertScrubBatch(
  tx: Tx,
  batch: Pick<ScrubBatch, 'id' | 'chosen' | 'startedBy' | 'createdAt'>,
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    insert into scrub_batch (id, state, chosen, total, started_by, created_at)
    values (${batch.id}, 'open', ${batch.chosen}, 0, ${batch.startedBy}, ${batch.createdAt}) on conflict do nothing`.execute(
    tx,
  );
  return Number(numAffectedRows ?? 0) > 0;
}

export interface ScrubbedWanted {
  readonly batchId: Uuid;
  readonly service: ScrubServiceName;
  /** A predicate over `contact c`. */
  readonly audience: RawBuilder<boolean>;
  /** An answer that is newer is taken. */
  readonly freshAfter: Instant;
  readonly outsideUs: readonly string[];
  readonly limit: number;
}

/** Of contacts of the United States, those that the service was never asked about first. Primary key of scrubbed_number. */
export async function insertScrubItems(tx: Tx, wanted: ScrubbedWanted): Promise<number> {
  const { batchId, service, audience, freshAfter, outsideUs, limit } = wanted;
  const { rows } = await sql<{ total: number }>`
    with made as (
      insert into scrub_item (batch_id, phone)
      select ${batchId}::uuid, c.phone from contact c left join scrubbed_number s on s.phone = c.phone and s.service = ${service}
      where ${audience} and (s.checked_at is null or s.checked_at <= ${freshAfter}) and substr(c.phone, 3, 3) <> all(${outsideUs}::text[])
      order by s.checked_at nulls first, c.phone limit ${limit} returning phone
    ), counted as (select count(*)::int as total from made)
    update scrub_batch set total = counted.total from counted where id = ${batchId} returning counted.total`.execute(
    tx,
  );
  return rows[0]?.total ?? 0;
}

/** Numbers of an open batch that nobody works on. Index scrub_item_open. */
export async function holdItems(
  tx: Tx,
  query: { readonly batchId: Uuid; readonly now: Instant; readonly until: Instant; readonly limit: number },
): Promise<readonly string[]> {
  const { batchId, now, until, limit } = query;
  const { rows } = await sql<{ phone: string }>`
    update scrub_item i set held_until = ${until}, attempts = i.attempts + 1
    from (
      select n.batch_id, n.phone from scrub_item n join scrub_batch b on b.id = n.batch_id and b.state = 'open'
      where n.batch_id = ${batchId} and n.outcome is null and (n.held_until is null or n.held_until <= ${now})
      order by n.phone limit ${limit} for update of n skip locked) next
    where i.batch_id = next.batch_id and i.phone = next.phone returning i.phone`.execute(tx);
  return rows.map(({ phone }) => phone);
}

/** Those of these numbers that nobody has settled meanwhile, after their hold ran out; locked. Primary key. */
export async function lockUnsettled(tx: Tx, batchId: Uuid, phones: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ phone: string }>`
    select phone from scrub_item where batch_id = ${batchId} and phone = any(${phones}::text[]) and outcome is null
    order by phone for update`.execute(tx);
  return new Set(rows.map(({ phone }) => phone));
}

/** Who comes second, after the hold ran out, changes nothing. */
export async function settleItems(
  tx: Tx,
  {
    batchId,
    phones,
    outcome,
  }: { readonly batchId: Uuid; readonly phones: readonly string[]; readonly outcome: ScrubOutcome },
): Promise<void> {
  if (phones.length === 0) return;
  await sql`
    update scrub_item set outcome = ${outcome}, held_until = null
    where batch_id = ${batchId} and phone = any(${phones}::text[]) and outcome is null`.execute(tx);
}

/** Gives them back. Those that were answered about so often without an answer stay unknown. */
export async function releaseItems(
  tx: Tx,
  given: {
    readonly batchId: Uuid;
    readonly phones: readonly string[];
    readonly counted: boolean;
    readonly attemptsMax: number;
  },
): Promise<void> {
  const { batchId, phones, counted, attemptsMax } = given;
  if (phones.length === 0) return;
  await sql`
    update scrub_item set held_until = null, attempts = case when ${counted} then attempts else attempts - 1 end,
      outcome = case when ${counted} and attempts >= ${attemptsMax} then 'unknown' end
    where batch_id = ${batchId} and phone = any(${phones}::text[]) and outcome is null`.execute(tx);
}

export async function putScrubbed(
  tx: Tx,
  given: {
    readonly service: ScrubServiceName;
    readonly checkedAt: Instant;
    readonly answers: readonly { readonly phone: string; readonly codes: string }[];
  },
): Promise<void> {
  const { service, checkedAt, answers } = given;
  await sql`
    insert into scrubbed_number (phone, service, checked_at, codes)
    select x.phone, ${service}, ${checkedAt}, x.codes
    from unnest(${answers.map(({ phone }) => phone)}::text[], ${answers.map((answer) => answer.codes)}::text[]) as x (phone, codes)
    order by x.phone
    on conflict (phone, service) do update set checked_at = excluded.checked_at, codes = excluded.codes
    where excluded.checked_at >= scrubbed_number.checked_at`.execute(tx);
}

/** Ends the batch when all of its numbers are settled. Returns whether this call did. */
export async function completeScrubBatch(tx: Tx, id: Uuid, now: Instant): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update scrub_batch b set state = 'completed', finished_at = ${now}, waiting_kind = null, waiting_message = null, waiting_until = null
    where b.id = ${id} and b.state = 'open'
      and not exists (select from scrub_item i where i.batch_id = b.id and i.outcome is null)`.execute(tx);
  return Number(numAffectedRows ?? 0) > 0;
}

export async function cancelOpenScrub(tx: Tx, id: Uuid, now: Instant): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update scrub_batch set state = 'cancelled', finished_at = ${now}, waiting_kind = null, waiting_message = null, waiting_until = null
    where id = ${id} and state = 'open'`.execute(tx);
  return Number(numAffectedRows ?? 0) > 0;
}

/** `null`: it goes on. */
export async function setScrubWait(db: Db | Tx, id: Uuid, wait: ScrubWait | null): Promise<void> {
  await sql`
    update scrub_batch set waiting_kind = ${wait?.kind ?? null}, waiting_message = ${wait?.message ?? null},
      waiting_until = ${wait?.until ?? null}
    where id = ${id} and state = 'open' and waiting_until is distinct from ${wait?.until ?? null}::timestamptz`.execute(
    db,
  );
}

/** With another key or quota there may be nothing to wait for. */
export async function endScrubWaits(tx: Tx): Promise<void> {
  await sql`
    update scrub_batch set waiting_kind = null, waiting_message = null, waiting_until = null
    where state = 'open' and waiting_until is not null`.execute(tx);
}

export async function dueScrubBatch(db: Db, now: Instant): Promise<Uuid | undefined> {
  const { rows } = await sql<{ id: Uuid }>`
    select id from scrub_batch where state = 'open' and (waiting_until is null or waiting_until <= ${now})`.execute(db);
  return rows[0]?.id;
}

/** With their numbers. Index scrub_batch_newest. */
export async function deleteOldScrubs(
  db: Db,
  { before, limit }: { readonly before: Instant; readonly limit: number },
): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from scrub_batch where id in (
      select id from scrub_batch where finished_at < ${before} and created_at < ${before}
      order by created_at desc, id desc limit ${limit})`.execute(db);
  return Number(numAffectedRows ?? 0);
}

interface BatchRow extends Omit<ScrubBatch, 'wait' | 'counts'> {
  readonly waitingKind: ScrubWait['kind'] | null;
  readonly waitingMessage: string | null;
  readonly waitingUntil: Instant | null;
  readonly counts: Partial<ScrubBatch['counts']> | null;
}

const SHOWN = sql`
  select b.id, b.state, b.chosen, b.total, b.waiting_kind, b.waiting_message, b.waiting_until, b.started_by, b.created_at, b.finished_at,
    (select jsonb_object_agg(n.outcome, n.count) from (select i.outcome, count(*) as count from scrub_item i
      where i.batch_id = b.id and i.outcome is not null group by 1) n) as counts
  from scrub_batch b`;

export async function getScrubBatch(db: Db | Tx, id: Uuid): Promise<ScrubBatch | undefined> {
  const { rows } = await sql<BatchRow>`${SHOWN} where b.id = ${id}`.execute(db);
  return rows[0] === undefined ? undefined : batchOf(rows[0]);
}

/** Newest first. Index scrub_batch_newest. */
export async function listScrubBatches(db: Db | Tx, limit: number): Promise<readonly ScrubBatch[]> {
  const { rows } = await sql<BatchRow>`${SHOWN} order by b.created_at desc, b.id desc limit ${limit}`.execute(db);
  return rows.map(batchOf);
}

function batchOf({ waitingKind, waitingMessage, waitingUntil, counts, ...row }: BatchRow): ScrubBatch {
  const wait =
    waitingKind === null || waitingMessage === null || waitingUntil === null
      ? null
      : { kind: waitingKind, message: waitingMessage, until: waitingUntil };
  return { ...row, wait, counts: { listed: 0, clean: 0, unknown: 0, ...counts } };
}
