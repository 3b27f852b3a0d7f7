import { sql } from 'kysely';
import type { Db, Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';
import type { ProxyDelivery } from './proxy-target.ts';

/** An attempt that begins. */
export interface Forwarding {
  readonly targetId: Uuid;
  readonly eventId: Uuid;
  /** This one included; also says whose attempt it is. */
  readonly attempts: number;
  readonly payload: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Takes what is due, for as long as an attempt may take. Index webhook_proxy_delivery_due. */
export async function claimDue(
  db: Db,
  targetId: Uuid,
  { limit, now, until }: { readonly limit: number; readonly now: Instant; readonly until: Instant },
): Promise<readonly Forwarding[]> {
  const { rows } = await sql<Forwarding>`
    with due as materialized (
      select d.target_id, d.event_id from webhook_proxy_delivery d
      where d.target_id = ${targetId} and d.state = 'waiting' and d.next_at <= ${now}
        and exists (select from webhook_proxy_target t where t.id = d.target_id and t.state = 'active')
      order by d.next_at, d.event_id limit ${limit} for update of d skip locked
    )
    update webhook_proxy_delivery d set attempts = d.attempts + 1, next_at = ${until}
    from due, gateway_event e
    where d.target_id = due.target_id and d.event_id = due.event_id and e.id = d.event_id
    returning d.target_id, d.event_id, d.attempts, e.payload, e.headers`.execute(db);
  return rows;
}

type Claimed = Pick<Forwarding, 'targetId' | 'eventId' | 'attempts'>;
/** What an attempt found is written only while it is the newest one. */
const mine = ({ targetId, eventId, attempts }: Claimed) =>
  sql`target_id = ${targetId} and event_id = ${eventId} and state = 'waiting' and attempts = ${attempts}`;

export async function markForwarded(
  tx: Tx,
  claimed: Claimed,
  { status, ms, now }: { readonly status: number | null; readonly ms: number; readonly now: Instant },
): Promise<void> {
  await sql`
    with done as (
      update webhook_proxy_delivery set state = 'delivered', next_at = null, finished_at = ${now}, last_status = ${status}, error = null,
        ms = ${ms}
      where ${mine(claimed)} returning target_id
    )
    update webhook_proxy_target set delivered_total = delivered_total + 1, last_delivered_at = ${now}, failing_since = null
    where id in (select target_id from done)`.execute(tx);
}

export interface FailedAttempt {
  readonly status: number | null;
  readonly error: string;
  readonly ms: number;
  readonly now: Instant;
  /** `undefined`: that was the last one. */
  readonly nextAt: Instant | undefined;
}

/** Since when its target has been failing; nothing when it is not ours any more. */
export async function markNotForwarded(
  tx: Tx,
  claimed: Claimed,
  { status, error, ms, now, nextAt }: FailedAttempt,
): Promise<Instant | undefined> {
  const { rows } = await sql<{ failingSince: Instant }>`
    with done as (
      update webhook_proxy_delivery set state = ${nextAt === undefined ? 'failed' : 'waiting'}, next_at = ${nextAt ?? null},
        finished_at = ${nextAt === undefined ? now : null}, last_status = ${status}, error = ${error}, ms = ${ms}
      where ${mine(claimed)} returning target_id
    )
    update webhook_proxy_target set failed_total = failed_total + ${nextAt === undefined ? 1 : 0},
      failing_since = coalesce(failing_since, ${now}::timestamptz)
    where id in (select target_id from done) returning failing_since`.execute(tx);
  return rows[0]?.failingSince;
}

/** An attempt that was cut short by a stop of this process does not count. */
export async function giveBack(db: Db, claimed: Claimed, now: Instant): Promise<void> {
  await sql`update webhook_proxy_delivery set attempts = attempts - 1, next_at = ${now} where ${mine(claimed)}`.execute(
    db,
  );
}

/** What waits for a target that is switched off fails. Index webhook_proxy_delivery_due. */
export async function failWaiting(
  tx: Tx,
  targetId: Uuid,
  { error, now }: { error: string; now: Instant },
): Promise<void> {
  await sql`
    update webhook_proxy_delivery set state = 'failed', next_at = null, finished_at = ${now}, error = coalesce(error || '; ', '') || ${error}
    where target_id = ${targetId} and state = 'waiting'`.execute(tx);
}

/** An event of its account once more, or for the first time; false when the account has no such event. */
export async function queueAgain(
  tx: Tx,
  { targetId, eventId, now }: { readonly targetId: Uuid; readonly eventId: Uuid; readonly now: Instant },
): Promise<boolean> {
  const { rows } = await sql`
    insert into webhook_proxy_delivery (target_id, event_id, state, next_at, created_at)
    select t.id, e.id, 'waiting', ${now}, ${now} from webhook_proxy_target t join gateway_event e on e.account_id = t.account_id
    where t.id = ${targetId} and e.id = ${eventId} and e.source in ('webhook', 'spool')
    on conflict (target_id, event_id) do update set state = 'waiting', attempts = 0, next_at = excluded.next_at, finished_at = null,
      last_status = null, error = null, ms = null
    returning event_id`.execute(tx);
  return rows.length === 1;
}

/** The newest event first. Index webhook_proxy_delivery_pkey, or webhook_proxy_delivery_failed and webhook_proxy_delivery_due. */
export async function listDeliveries(
  db: Db | Tx,
  query: {
    readonly targetId: Uuid;
    readonly state: ProxyDelivery['state'] | undefined;
    readonly before: Uuid | undefined;
    readonly limit: number;
  },
): Promise<readonly ProxyDelivery[]> {
  const { targetId, state = null, before = null, limit } = query;
  const { rows } = await sql<ProxyDelivery>`
    select d.event_id, e.type as event_type, e.received_at, d.state, d.attempts, d.next_at, d.last_status, d.error, d.ms, d.finished_at
    from webhook_proxy_delivery d join gateway_event e on e.id = d.event_id
    where d.target_id = ${targetId} and (${before}::uuid is null or d.event_id < ${before})
      ${state === null ? sql`` : sql`and d.state = ${sql.lit(state)}`}
    order by d.event_id desc limit ${limit}`.execute(db);
  return rows;
}

/** Removes the oldest of what is over since before then; how many. Index webhook_proxy_delivery_old. */
export async function deleteOldDeliveries(
  db: Db,
  { before, limit }: { readonly before: Instant; readonly limit: number },
): Promise<number> {
  const { rows } = await sql`
    delete from webhook_proxy_delivery where (target_id, event_id) in (
      select target_id, event_id from webhook_proxy_delivery where state <> 'waiting' and finished_at < ${before}
      order by finished_at limit ${limit})
    returning event_id`.execute(db);
  return rows.length;
}
