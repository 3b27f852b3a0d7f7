/**
 * Which events a target has not been given yet. Ids of events grow with time, but they are made before an event is stored, and two
 * processes (or two groups of one) commit in any order: a cursor alone would pass by what is stored late. So it stays a little behind
 * the newest, and now and then those before it are looked for that were not there when it passed. Only events of the target's own
 * account are read.
 */
import { type RawBuilder, sql } from 'kysely';
import type { Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';

/** A target in the hands of this transaction. */
export interface TargetCursor {
  readonly id: Uuid;
  readonly accountId: Uuid;
  readonly sinceId: Uuid;
  readonly cursorId: Uuid;
  /** When those that were stored a moment late were last looked for, and those that were stored long after they came. */
  readonly sweptAt: Instant;
  readonly sweptFarAt: Instant;
  /** Deliveries that wait, counted up to the limit that was asked with. */
  readonly waiting: number;
}

/** Nothing when it is off. Another process that looks for events of it waits for this one. Index webhook_proxy_delivery_due. */
export async function takeTargetCursor(tx: Tx, id: Uuid, waitingMax: number): Promise<TargetCursor | undefined> {
  const { rows } = await sql<TargetCursor>`
    select id, account_id, since_id, cursor_id, swept_at, coalesce(swept_far_at, swept_at) as swept_far_at,
      (select count(*) from (select from webhook_proxy_delivery d where d.target_id = t.id and d.state = 'waiting' limit ${waitingMax}) w) as waiting
    from webhook_proxy_target t where id = ${id} and state = 'active' for no key update`.execute(tx);
  return rows[0];
}

/** What was verified when it came in, is of a type that is asked for, and is not in the log. Index webhook_proxy_delivery_pkey. */
const WANTED = sql`e.source in ('webhook', 'spool')
  and (t.event_types = '{}' or e.type = any(t.event_types))
  and not exists (select from webhook_proxy_delivery d where d.target_id = t.id and d.event_id = e.id)
  on conflict do nothing`;

/**
 * Looks at the next events behind the cursor, and moves it past those up to `settledId`, or past all of them when there are more; how
 * many they were. Index gateway_event_account.
 */
export async function takeNext(
  tx: Tx,
  { id, accountId, cursorId }: TargetCursor,
  { limit, settledId, now }: { readonly limit: number; readonly settledId: Uuid; readonly now: Instant },
): Promise<number> {
  const { rows } = await sql<{ looked: number }>`
    with next as materialized (
      select id, type, source from gateway_event where account_id = ${accountId} and id > ${cursorId} order by id limit ${limit}
    ), taken as (
      insert into webhook_proxy_delivery (target_id, event_id, state, next_at, created_at)
      select t.id, e.id, 'waiting', ${now}, ${now} from next e join webhook_proxy_target t on t.id = ${id} where ${WANTED}
    ), passed as (
      select id from next where id <= ${settledId} or (select count(*) from next) = ${limit} order by id desc limit 1
    ), moved as (
      update webhook_proxy_target t set cursor_id = passed.id from passed where t.id = ${id}
    )
    select count(*) as looked from next`.execute(tx);
  return rows[0]?.looked ?? 0;
}

export interface Sweep {
  /** From this id on. */
  readonly fromId: Uuid;
  /** Off the disk, from this one on. */
  readonly spooledFromId: Uuid;
  /** It was one for those that were stored long after they came, too. */
  readonly isFar: boolean;
  readonly now: Instant;
}

/** Takes what was stored after the cursor had passed it. Exported for the test that looks at its plan. Indexes gateway_event_account, gateway_event_spooled. */
export const lateQuery = (
  { id, accountId, sinceId, cursorId }: TargetCursor,
  { fromId, spooledFromId, isFar, now }: Sweep,
): RawBuilder<unknown> => sql`
    with late as (
      select id, type, source from gateway_event
      where account_id = ${accountId} and id >= greatest(${fromId}, ${sinceId}::uuid) and id <= ${cursorId}
      union
      select id, type, source from gateway_event
      where account_id = ${accountId} and source = 'spool' and id >= greatest(${spooledFromId}, ${sinceId}::uuid) and id <= ${cursorId}
    ), taken as (
      insert into webhook_proxy_delivery (target_id, event_id, state, next_at, created_at)
      select t.id, e.id, 'waiting', ${now}, ${now} from late e join webhook_proxy_target t on t.id = ${id}
      where ${WANTED}
    )
    update webhook_proxy_target set swept_at = ${now}, swept_far_at = case when ${isFar} then ${now} else swept_far_at end where id = ${id}`;

export async function takeLate(tx: Tx, target: TargetCursor, sweep: Sweep): Promise<void> {
  await lateQuery(target, sweep).execute(tx);
}
