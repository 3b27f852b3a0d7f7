import { sql } from 'kysely';
import type { Db } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';

export interface AccountPulse {
  readonly id: Uuid;
  readonly name: string;
  readonly paused: boolean;
  readonly breakerOpen: boolean;
  readonly held: boolean;
  readonly failures: number;
  /** Texts whose outcome is not known. */
  readonly unknown: number;
  /** Confirmations and replies that wait. */
  readonly answersWaiting: number;
  /** Of them, those that wait for a person: their number is off, or the account paused. */
  readonly answersHeld: number;
}

/** Indexes message_unsettled and message_direct_pending, each walk bounded; else small tables. */
export async function readAccountPulses(db: Db, now: Instant): Promise<readonly AccountPulse[]> {
  const { rows } = await sql<AccountPulse>`
    select a.id, a.name, a.state = 'paused' as paused, a.breaker_open_since is not null as breaker_open,
      coalesce(l.expires_at > ${now}, false) as held, coalesce(l.failures, 0) as failures,
      (select count(*) from (select from message where account_id = a.id and state = 'unknown' limit ${COUNTED_MAX}) m) as unknown,
      (select count(*) from (select from message where account_id = a.id and state = 'pending' and purpose <> 'campaign'
        limit ${COUNTED_MAX}) m) as answers_waiting,
      (select count(*) from (select from message m join lane n on n.id = m.lane_id and (n.state = 'off' or a.state = 'paused')
        where m.account_id = a.id and m.state = 'pending' and m.purpose <> 'campaign' limit ${COUNTED_MAX}) m) as answers_held
    from gateway_account a left join account_lease l on l.account_id = a.id order by a.id`.execute(db);
  return rows;
}

export const COUNTED_MAX = 10_000;

export interface EventPulse {
  readonly state: 'received' | 'retrying' | 'failed';
  readonly events: number;
  /** When the first of them came in. */
  readonly oldest: Instant;
}

/** Indexes gateway_event_waiting and gateway_event_troubled, each from the newest on: what rests failed hides nothing that waits. */
export async function readEventPulses(db: Db): Promise<readonly EventPulse[]> {
  const { rows } = await sql<EventPulse>`
    select state, count(*) as events, min(received_at) as oldest from (
      (select state, received_at from gateway_event where state = 'received' order by id desc limit ${COUNTED_MAX})
      union all
      (select state, received_at from gateway_event where state in ('failed', 'retrying') order by id desc limit ${COUNTED_MAX})
    ) e group by 1`.execute(db);
  return rows;
}

/** On the disk, indexes and all. */
export async function readDatabaseBytes(db: Db): Promise<number> {
  const { rows } = await sql<{ readonly bytes: number }>`
    select pg_database_size(current_database()) as bytes`.execute(db);
  return rows[0]?.bytes ?? 0;
}

export interface ProxyPulse {
  readonly id: Uuid;
  readonly active: boolean;
  readonly waiting: number;
  readonly delivered: number;
  readonly failed: number;
  /** Of the oldest event that is still to be forwarded. */
  readonly lagSeconds: number;
}

/**
 * Index webhook_proxy_delivery_due, and for what a target has not been given yet gateway_event_account from its cursor on, which follows
 * the newest event closely unless the target does not keep up.
 */
export async function readProxyPulses(db: Db, now: Instant): Promise<readonly ProxyPulse[]> {
  const { rows } = await sql<ProxyPulse>`
    select t.id, t.state = 'active' as active, w.waiting, t.delivered_total as delivered, t.failed_total as failed,
      case when t.state = 'active' then greatest(0, extract(epoch from ${now}::timestamptz - least(w.oldest, n.received_at)))::float8 end as lag_seconds
    from webhook_proxy_target t cross join lateral (
      select count(*) as waiting, min(e.received_at) as oldest from (
        select d.event_id from webhook_proxy_delivery d where d.target_id = t.id and d.state = 'waiting' limit ${COUNTED_MAX}) d
      join gateway_event e on e.id = d.event_id
    ) w left join lateral (
      select e.received_at from gateway_event e where e.id > t.cursor_id and e.account_id = t.account_id and e.source in ('webhook', 'spool')
        and (t.event_types = '{}' or e.type = any(t.event_types))
        and not exists (select from webhook_proxy_delivery d where d.target_id = t.id and d.event_id = e.id)
      order by e.id limit 1
    ) n on t.state = 'active'
    order by t.id`.execute(db);
  return rows.map((row) => ({ ...row, lagSeconds: row.lagSeconds ?? 0 }));
}

export async function countRunning(db: Db): Promise<number> {
  const { rows } = await sql<{
    running: number;
  }>`select count(*) as running from campaign where state = 'running'`.execute(db);
  return rows[0]?.running ?? 0;
}
