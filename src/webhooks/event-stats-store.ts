import { sql } from 'kysely';
import type { Db, Tx } from '../platform/database.ts';
import { firstUuidAt } from '../platform/ids.ts';
import { addMs, type Instant, MINUTE_MS } from '../platform/time.ts';

/** One minute's events, counted by when they came in and how they stand now. */
export interface EventMinute {
  readonly at: Instant;
  readonly received: number;
  readonly applied: number;
  readonly failed: number;
  /** From receipt until applied, milliseconds; null when none was applied. Replays do not count: their wait was a person's. */
  readonly lagP50Ms: number | null;
  readonly lagP95Ms: number | null;
}

export interface EventStats {
  /** The oldest instant that the figures are about: later than asked for when there were too many events. */
  readonly from: Instant;
  readonly minutes: readonly EventMinute[];
  readonly types: readonly { readonly type: string; readonly received: number; readonly failed: number }[];
}

/** Measured: 100,000 rows are read and counted in a fifth of a second. */
export const STATS_EVENTS_MAX = 100_000;

interface Window {
  readonly now: Instant;
  readonly minutes: number;
}

interface Row {
  /** Of the rows by minute. */
  readonly at: Instant | null;
  /** Of the rows by type; the last row has neither, and is about all. */
  readonly type: string | null;
  readonly received: number;
  readonly applied: number;
  readonly failed: number;
  readonly lagP50Ms: number | null;
  readonly lagP95Ms: number | null;
  readonly oldest: Instant | null;
}

/** Of the last minutes. Index: the primary key, from the newest event on. */
export async function readEventStats(db: Db | Tx, { now, minutes }: Window): Promise<EventStats> {
  const asked = addMs(now, -minutes * MINUTE_MS);
  const { rows } = await sql<Row>`
    with recent as (
      select id, type, state, attempts, received_at, applied_at from gateway_event
      where id >= ${firstUuidAt(asked.epochMilliseconds)}::uuid and received_at >= ${asked}
      order by id desc limit ${STATS_EVENTS_MAX}
    ), lagged as (
      select *, date_trunc('minute', received_at) as at, case when state = 'applied' and (attempts = 1 or not exists (
        select from gateway_event_attempt t where t.event_id = recent.id and t.outcome = 'replayed'))
        then extract(epoch from applied_at - received_at) * 1000 end as lag_ms from recent
    )
    select at, type, count(*) as received, count(*) filter (where state = 'applied') as applied,
      count(*) filter (where state = 'failed') as failed, min(received_at) as oldest,
      round(percentile_cont(0.5) within group (order by lag_ms)) as "lagP50Ms",
      round(percentile_cont(0.95) within group (order by lag_ms)) as "lagP95Ms"
    from lagged group by grouping sets ((at), (type), ()) order by at, received desc, type`.execute(db);
  const whole = rows.find(({ at, type }) => at === null && type === null);
  const cutShort = (whole?.received ?? 0) >= STATS_EVENTS_MAX;
  return {
    from: cutShort ? (whole?.oldest ?? asked) : asked,
    minutes: rows.flatMap(({ at, type: _, oldest: __, ...figures }) => (at === null ? [] : [{ at, ...figures }])),
    types: rows.flatMap(({ type, received, failed }) => (type === null ? [] : [{ type, received, failed }])),
  };
}
