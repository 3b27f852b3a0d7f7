/**
 * Which events a target has not been given yet. Ids of events grow with time, but they are made before an event is stored, and two
 * processes (or two groups of one) commit in any order: a cursor alone would pass by what is stored late. So it stays a little behind
 * the newest, and now and then those before it are looked for that were not there when it passed.
 */
import { sql } from 'kysely';
import type { Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';

/** A target in the hands of this transaction. */
export interface TargetCursor {
  readonly id: Uuid;
  readonly accountId: Uuid;
  readonly sinceId: Uuid;
  readonly cursorId: Uuid;
  readonly sweptAt: Instant;
  /** Deliveries that wait, counted up to the limit that was asked with. */
  readonly waiting: number;
}

/** Nothing when it is off. Another process that looks for events of it waits for this one. Index webhook_proxy_delivery_due. */
export async function takeTargetCursor(tx: Tx, id: Uuid, waitingMax: number): Promise<TargetCursor | undefined> {
  const { rows } = await sql<TargetCursor>`
    select id, account_id, since_id, cursor_id, swept_at,
      (select count(*) from (select from webhook_proxy_delivery d where d.target_id = t.id and d.state = 'waiting' limit ${waitingMax}) w) as waiting
    from webhook_proxy_target t where id = ${id} and state = 'active' for no key update`.execute(tx);
  return rows[0];
}

/** What was verified when it came in, is of a type that is asked for, and is not in the log. Index webhook_proxy_delivery_pkey. */
const WANTED = sql`e.account_id = t.account_id and e.source in ('webhook', 'spool')
  and (t.event_types = '{}' or e.type = any(t.event_types))
  and not exists (select from webhook_proxy_delivery d where d.target_id = t.id and d.event_id = e.id)
  on conflict do nothing`;

/**
 * Looks at the next events behind the cursor, of all accounts, and moves it past those up to `settledId`, or past all of them when
 * there are more; how many they were. Index gateway_event_pkey.
 */
export async function takeNext(
  tx: Tx,
  { id, cursorId }: TargetCursor,
  { limit, settledId, now }: { readonly limit: number; readonly settledId: Uuid; readonly now: Instant },
): Promise<number> {
  const { rows } = await sql<{ looked: number }>`
    with next as materialized (
      select id, account_id, type, source from gateway_event where id > ${cursorId} order by id limit ${limit}
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

/**
 * Takes what was stored after the cursor had passed it: with an id from `fromId`, or off the disk with one from `spooledFromId`. Index
 * gateway_event_pkey, gateway_event_spooled.
 */
export async function takeLate(
  tx: Tx,
  { id, accountId, sinceId, cursorId }: TargetCursor,
  { fromId, spooledFromId, now }: { readonly fromId: Uuid; readonly spooledFromId: Uuid; readonly now: Instant },
): Promise<void> {
  await sql`
    with late as (
      select id, account_id, type, source from gateway_event where id >= greatest(${fromId}, ${sinceId}::uuid) and id <= ${cursorId}
      union
      select id, account_id, type, source from gateway_event
      where account_id = ${accountId} and source = 'spool' and id >= greatest(${spooledFromId}, ${sinceId}::uuid) and id <= ${cursorId}
    ), taken as (
      insert into webhook_proxy_delivery (target_id, event_id, state, next_at, created_at)
      select t.id, e.id, 'waiting', ${now}, ${now} from late e join webhook_proxy_target t on t.id = ${id}
      where ${WANTED}
    )
    update webhook_proxy_target set swept_at = ${now} where id = ${id}`.execute(tx);
}
