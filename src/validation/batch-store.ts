import { sql } from 'kysely';
import type { Db, Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';
import type { Block } from './decide-budget.ts';
import type { ItemOutcome } from './decide-offline.ts';

export type BatchSource = 'import' | 'contacts' | 'revalidation';
export type BatchState = 'open' | 'completed' | 'cancelled';

/** Why nothing is asked now. `no_validator`: no service has a key. */
export interface BatchWait {
  readonly kind: Block['kind'] | 'no_validator';
  readonly message: string;
  readonly until: Instant;
}

/** Numbers that are asked about together. */
export interface ValidationBatch {
  readonly id: Uuid;
  readonly source: BatchSource;
  readonly importId: Uuid | null;
  readonly state: BatchState;
  readonly total: number;
  readonly wait: BatchWait | null;
  readonly startedBy: string;
  readonly createdAt: Instant;
  readonly finishedAt: Instant | null;
  /** How many there are of each outcome. */
  readonly outcomes: Readonly<Partial<Record<ItemOutcome, number>>>;
  /** How many of them cost a request. */
  readonly asked: number;
}

/** False when another one of the same source is open (validation_batch_once). */
export async function insertBatch(
  tx: Tx,
  batch: Pick<ValidationBatch, 'id' | 'source' | 'importId' | 'startedBy' | 'createdAt'> & {
    readonly freshAfter: Instant;
  },
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    insert into validation_batch (id, source, import_id, state, fresh_after, total, started_by, created_at)
    values (${batch.id}, ${batch.source}, ${batch.importId}, 'open', ${batch.freshAfter}, 0, ${batch.startedBy}, ${batch.createdAt})
    on conflict (source) where state = 'open' and source <> 'import' do nothing`.execute(tx);
  return Number(numAffectedRows ?? 0) > 0;
}

export async function setTotal(tx: Tx, id: Uuid, total: number): Promise<void> {
  await sql`update validation_batch set total = ${total} where id = ${id}`.execute(tx);
}

/** Ends the batch when all of its numbers are settled. Returns whether this call did. Index validation_item_open. */
export async function completeBatch(db: Db | Tx, id: Uuid, now: Instant): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update validation_batch b set state = 'completed', finished_at = ${now}, waiting_kind = null, waiting_message = null, waiting_until = null
    where b.id = ${id} and b.state = 'open'
      and not exists (select from validation_item i where i.batch_id = b.id and i.outcome is null)`.execute(db);
  return Number(numAffectedRows ?? 0) > 0;
}

export async function cancelOpenBatch(tx: Tx, id: Uuid, now: Instant): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update validation_batch set state = 'cancelled', finished_at = ${now}, waiting_kind = null, waiting_message = null, waiting_until = null
    where id = ${id} and state = 'open'`.execute(tx);
  return Number(numAffectedRows ?? 0) > 0;
}

/** `null`: it goes on. */
export async function setWait(db: Db | Tx, id: Uuid, wait: BatchWait | null): Promise<void> {
  await sql`
    update validation_batch set waiting_kind = ${wait?.kind ?? null}, waiting_message = ${wait?.message ?? null},
      waiting_until = ${wait?.until ?? null}
    where id = ${id} and state = 'open' and waiting_until is distinct from ${wait?.until ?? null}::timestamptz`.execute(
    db,
  );
}

/** With other keys or quotas there may be nothing to wait for. */
export async function endWaits(tx: Tx): Promise<void> {
  await sql`
    update validation_batch set waiting_kind = null, waiting_message = null, waiting_until = null
    where state = 'open' and waiting_until is not null`.execute(tx);
}

/** Open batches that need not wait, the oldest first. Index validation_batch_open. */
export async function listDueBatches(db: Db, now: Instant): Promise<readonly Uuid[]> {
  const { rows } = await sql<{ id: Uuid }>`
    select id from validation_batch where state = 'open' and (waiting_until is null or waiting_until <= ${now})
    order by created_at, id`.execute(db);
  return rows.map((row) => row.id);
}

interface BatchRow extends Omit<ValidationBatch, 'wait' | 'outcomes' | 'asked'> {
  readonly waitingKind: BatchWait['kind'] | null;
  readonly waitingMessage: string | null;
  readonly waitingUntil: Instant | null;
  readonly outcomes: ValidationBatch['outcomes'] | null;
  readonly asked: number | null;
}

/** Over `validation_batch b`. The counts of its numbers: primary key of validation_item. */
const SHOWN = sql`
  select b.id, b.source, b.import_id, b.state, b.total, b.waiting_kind, b.waiting_message, b.waiting_until, b.started_by,
    b.created_at, b.finished_at, counted.outcomes, counted.asked
  from validation_batch b cross join lateral (
    select jsonb_object_agg(n.outcome, n.count) as outcomes, sum(n.asked)::int as asked from (
      select i.outcome, count(*) as count, count(*) filter (where i.known_by = 'validator') as asked
      from validation_item i where i.batch_id = b.id and i.outcome is not null group by 1) n) counted`;

export async function getBatch(db: Db | Tx, id: Uuid): Promise<ValidationBatch | undefined> {
  const { rows } = await sql<BatchRow>`${SHOWN} where b.id = ${id}`.execute(db);
  return rows[0] === undefined ? undefined : batchOf(rows[0]);
}

/** Newest first. Index validation_batch_newest, or validation_batch_import. */
export async function listBatches(
  db: Db | Tx,
  query: {
    readonly importId: Uuid | undefined;
    readonly after: { readonly createdAt: string; readonly id: Uuid } | undefined;
    readonly limit: number;
  },
): Promise<readonly ValidationBatch[]> {
  const { importId, after, limit } = query;
  const { rows } = await sql<BatchRow>`${SHOWN}
    where ${importId === undefined ? sql`true` : sql`b.import_id = ${importId}`}
      and ${after === undefined ? sql`true` : sql`(b.created_at, b.id) < (${after.createdAt}::timestamptz, ${after.id}::uuid)`}
    order by b.created_at desc, b.id desc limit ${limit}`.execute(db);
  return rows.map(batchOf);
}

function batchOf({ waitingKind, waitingMessage, waitingUntil, outcomes, asked, ...row }: BatchRow): ValidationBatch {
  const wait =
    waitingKind === null || waitingMessage === null || waitingUntil === null
      ? null
      : { kind: waitingKind, message: waitingMessage, until: waitingUntil };
  return { ...row, wait, outcomes: outcomes ?? {}, asked: asked ?? 0 };
}

/** With its numbers. Index validation_batch_newest. */
export async function deleteOldBatches(
  db: Db,
  { before, limit }: { readonly before: Instant; readonly limit: number },
): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from validation_batch where id in (
      select id from validation_batch where finished_at < ${before} and created_at < ${before}
      order by created_at desc, id desc limit ${limit})`.execute(db);
  return Number(numAffectedRows ?? 0);
}
