import { sql } from 'kysely';
import type { Db, Tx } from '../platform/database.ts';
import { firstUuidAt, type Uuid } from '../platform/ids.ts';
import { type Instant, MINUTE_MS } from '../platform/time.ts';
import type { Suspicion, UsualReceipts } from './decide-suspicion.ts';

export type Suspected = Suspicion;

/** The last hour that is counted already; index: primary key of event_hour. */
export async function lastCounted(db: Db, accountId: Uuid): Promise<Instant | undefined> {
  const { rows } = await sql<{ hour: Instant }>`
    select hour from event_hour where account_id = ${accountId} order by hour desc limit 1`.execute(db);
  return rows[0]?.hour;
}

/** The id and the arrival of an event are told apart by less than that. */
const ID_SLACK_MS = MINUTE_MS;

/** The least id that an event which came at this instant can have. */
export const eventIdAt = (at: Instant): Uuid => firstUuidAt(Math.max(0, at.epochMilliseconds - ID_SLACK_MS));

/**
 * Counts the events, other than receipts, of each whole hour between two instants; hours without any are counted too. Index
 * gateway_event_account: one walk over the ids of that time, which grow with it.
 */
export async function countHours(
  tx: Tx,
  range: { readonly accountId: Uuid; readonly from: Instant; readonly until: Instant },
): Promise<void> {
  const { accountId, from, until } = range;
  await sql`
    insert into event_hour (account_id, hour, events)
    select ${accountId}, h.hour, coalesce(counted.events, 0)
    from generate_series(${from}::timestamptz, ${until}::timestamptz - interval '1 hour', interval '1 hour') as h (hour)
    left join (
      select date_bin('1 hour', received_at, ${from}::timestamptz) as hour, count(*) as events from gateway_event
      where account_id = ${accountId} and id >= ${eventIdAt(from)} and received_at >= ${from} and received_at < ${until}
        and order_key is not null and source <> 'reconciliation'
      group by 1) counted on counted.hour = h.hour
    on conflict do nothing`.execute(tx);
}

export async function forgetHours(tx: Tx, accountId: Uuid, before: Instant): Promise<void> {
  await sql`delete from event_hour where account_id = ${accountId} and hour < ${before}`.execute(tx);
}

/** What came in the same hours of the weeks before; hours in which a check failed say nothing about what is usual. */
export async function listHours(
  db: Db | Tx,
  query: { readonly accountId: Uuid; readonly hours: readonly Instant[] },
): Promise<readonly { readonly hour: Instant; readonly events: number }[]> {
  const hours = query.hours.map((hour) => hour.toString());
  const { rows } = await sql<{ hour: Instant; events: number }>`
    select h.hour, h.events from event_hour h
    where h.account_id = ${query.accountId} and h.hour = any(${hours}::timestamptz[]) and not exists (
      select from health_check c where c.account_id = h.account_id and c.outcome like 'failed%'
        and c.started_at >= h.hour and c.started_at < h.hour + interval '1 hour')`.execute(db);
  return rows;
}

export interface LastEvents {
  readonly eventAt: Instant | null;
  readonly receiptAt: Instant | null;
  /** Of the newest that is no receipt. Where there are receipts only, it came no later than the oldest of them. */
  readonly heardAt: Instant | null;
}

/**
 * The newest event of the account, and which of its newest events are receipts: these go on while texts of people do not come in where
 * the two are posted to different addresses. Index gateway_event_account.
 */
export async function lastEvents(db: Db | Tx, accountId: Uuid): Promise<LastEvents> {
  const { rows } = await sql<LastEvents>`
    select max(received_at) as event_at, max(received_at) filter (where order_key is null) as receipt_at,
      coalesce(max(received_at) filter (where order_key is not null), case count(*) when ${LOOKED_AT_MAX} then min(received_at) end) as heard_at
    from (
      select received_at, order_key from gateway_event where account_id = ${accountId} and source <> 'reconciliation'
      order by id desc limit ${LOOKED_AT_MAX}) e`.execute(db);
  return rows[0] ?? { eventAt: null, receiptAt: null, heardAt: null };
}

/** Three reports of eight texts a second, for three minutes. */
const LOOKED_AT_MAX = 5_000;

/** So many texts without a receipt say as much as more. */
const NEWEST = 200;

/** Texts sent since an instant and before another one that have no receipt, and when the first of them was sent. Index message_awaiting_receipt. */
export async function waitingReceipts(
  db: Db,
  query: { readonly accountId: Uuid; readonly since: Instant; readonly before: Instant },
): Promise<{ readonly texts: number; readonly since: Instant | null }> {
  const waiting = sql`message where account_id = ${query.accountId} and state = 'sent' and direction = 'outbound'
    and sent_at > ${query.since} and sent_at <= ${query.before}`;
  const { rows } = await sql<{ texts: number; since: Instant | null }>`
    select (select count(*) from (select from ${waiting} order by sent_at desc limit ${NEWEST}) m) as texts,
      (select min(sent_at) from ${waiting}) as since`.execute(db);
  return rows[0] ?? { texts: 0, since: null };
}

/**
 * What is usual with receipts: the newest texts of a stretch of time, by ids, which grow with time. Primary key of message; the walk ends
 * after so many rows of whichever account.
 */
export async function usualReceipts(
  db: Db | Tx,
  query: { readonly accountId: Uuid; readonly fromId: Uuid; readonly untilId: Uuid },
): Promise<UsualReceipts> {
  const { rows } = await sql<UsualReceipts>`
    select count(*) as texts, count(*) filter (where lag <= 600) as confirmed,
      round(1000 * percentile_cont(0.9) within group (order by lag) filter (where lag <= 600)) as lag_ms
    from (
      select account_id, extract(epoch from coalesce(delivered_at, failed_at) - sent_at)::float8 as lag from message
      where id >= ${query.fromId}::uuid and id < ${query.untilId}::uuid and sent_at is not null and direction = 'outbound'
      order by id desc limit ${SAMPLED}
    ) m where account_id = ${query.accountId}`.execute(db);
  return rows[0] ?? { texts: 0, confirmed: 0, lagMs: null };
}

const SAMPLED = 5_000;

export async function findSuspicion(db: Db | Tx, accountId: Uuid): Promise<Suspected | undefined> {
  const { rows } = await sql<Suspected>`
    select kind, since, detail from event_suspicion where account_id = ${accountId}`.execute(db);
  return rows[0];
}

export async function putSuspicion(tx: Tx, accountId: Uuid, suspicion: Suspicion | undefined): Promise<void> {
  if (suspicion === undefined) {
    await sql`delete from event_suspicion where account_id = ${accountId}`.execute(tx);
    return;
  }
  const { kind, since, detail } = suspicion;
  await sql`
    insert into event_suspicion (account_id, kind, since, detail) values (${accountId}, ${kind}, ${since}, ${detail})
    on conflict (account_id) do update set kind = excluded.kind, since = excluded.since, detail = excluded.detail`.execute(
    tx,
  );
}
