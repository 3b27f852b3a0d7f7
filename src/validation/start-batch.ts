import { type RawBuilder, sql } from 'kysely';
import { recordAudit } from '../compliance/audit-store.ts';
import type { Clock } from '../platform/clock.ts';
import type { Tx } from '../platform/database.ts';
import { type NewUuid, showId, type Uuid } from '../platform/ids.ts';
import type { Jobs } from '../platform/jobs.ts';
import { notifyLive } from '../platform/live.ts';
import { conflict, notFound, type Outcome } from '../platform/refusal.ts';
import { ok } from '../platform/result.ts';
import { addMs, DAY_MS, type Instant } from '../platform/time.ts';
import {
  type BatchSource,
  cancelOpenBatch,
  completeBatch,
  getBatch,
  insertBatch,
  setTotal,
  type ValidationBatch,
} from './batch-store.ts';
import { insertItems } from './item-store.ts';
import { getValidationSettings } from './validation-settings-store.ts';

/** Takes a batch up at once; without it the next minute does. */
export const VALIDATION_QUEUE = 'validate-numbers';

export interface StartBatchDeps {
  readonly clock: Clock;
  readonly newUuid: NewUuid;
  /** Absent where no job may be enqueued. */
  readonly jobs?: Pick<Jobs, 'enqueue'>;
}

/** Every contact of whom no answer is known, or only one that is too old. */
export const startContactsBatch = (tx: Tx, deps: StartBatchDeps, actor: string): Promise<Outcome<Uuid>> =>
  startBatch(tx, deps, {
    source: 'contacts',
    importId: null,
    actor,
    phones: (freshAfter) => sql`
      select c.phone from contact c
      where not exists (select from number_validation v where v.phone = c.phone and v.checked_at > ${freshAfter}::timestamptz)`,
  });

/** Of a contact whose answer has become too old, at most this many a night, the oldest first. */
const REVALIDATED_AT_ONCE = 10_000;

/** Index number_validation_oldest. */
export const startRevalidation = (tx: Tx, deps: StartBatchDeps): Promise<Outcome<Uuid>> =>
  startBatch(tx, deps, {
    source: 'revalidation',
    importId: null,
    actor: 'system',
    phones: (freshAfter) => sql`
      select v.phone from number_validation v
      where v.checked_at <= ${freshAfter}::timestamptz and exists (select from contact c where c.phone = v.phone)
      order by v.checked_at limit ${REVALIDATED_AT_ONCE}`,
  });

/** The contacts that an import has made, or those that `phones` chooses of its file. */
export const startImportBatch = (
  tx: Tx,
  deps: StartBatchDeps,
  {
    importId,
    actor,
    phones,
  }: { readonly importId: Uuid; readonly actor: string; readonly phones?: RawBuilder<unknown> },
): Promise<Outcome<Uuid>> =>
  startBatch(tx, deps, {
    source: 'import',
    importId,
    actor,
    phones: () => phones ?? sql`select c.phone from contact c where c.import_id = ${importId}::uuid`,
  });

interface NewBatch {
  readonly source: BatchSource;
  readonly importId: Uuid | null;
  readonly actor: string;
  readonly phones: (freshAfter: Instant) => RawBuilder<unknown>;
}

async function startBatch(tx: Tx, deps: StartBatchDeps, batch: NewBatch): Promise<Outcome<Uuid>> {
  const { source, importId, actor } = batch;
  const now = deps.clock.now();
  const id = deps.newUuid();
  const { maxAgeDays } = await getValidationSettings(tx);
  const freshAfter = addMs(now, -maxAgeDays * DAY_MS);
  if (!(await insertBatch(tx, { id, source, importId, startedBy: actor, createdAt: now, freshAfter })))
    return conflict(
      `numbers of this kind (${source}) are being validated already: wait until that is over, or cancel it`,
      { state: 'open', allowed: ['cancel'] },
    );
  const total = await insertItems(tx, id, batch.phones(freshAfter));
  await setTotal(tx, id, total);
  if (total === 0) await completeBatch(tx, id, now);
  const subject = showId('validation', id);
  const detail = { source, numbers: total, ...(importId === null ? {} : { import: showId('import', importId) }) };
  await recordAudit(tx, { id: deps.newUuid(), at: now, actor, action: 'number_validation.started', subject, detail });
  await deps.jobs?.enqueue(tx, VALIDATION_QUEUE, [{ data: { batchId: id } }]);
  await notifyLive(tx, ['number_validation']);
  return ok(id);
}

/** What was answered until then stays known. */
export async function cancelBatch(
  tx: Tx,
  { clock, newUuid }: Pick<StartBatchDeps, 'clock' | 'newUuid'>,
  { id, actor }: { readonly id: Uuid; readonly actor: string },
): Promise<Outcome<ValidationBatch>> {
  const subject = showId('validation', id);
  const now = clock.now();
  const cancelled = await cancelOpenBatch(tx, id, now);
  const batch = await getBatch(tx, id);
  if (batch === undefined) return notFound('validation', subject);
  if (!cancelled) return conflict(`validation ${subject} is ${batch.state}`, { state: batch.state, allowed: [] });
  await recordAudit(tx, { id: newUuid(), at: now, actor, action: 'number_validation.cancelled', subject, detail: {} });
  await notifyLive(tx, ['number_validation', `number_validation:${id}`]);
  return ok(batch);
}
