import { sql } from 'kysely';
import type { Db } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import { addMs, HOUR_MS, type Instant, instantFromMs } from '../platform/time.ts';

export interface SourceCount {
  readonly accountId: Uuid | null;
  readonly source: string;
  readonly outcome: string;
  readonly count: number;
}

/** In place of addresses that are not told apart. */
export const OTHERS = 'others';

const hourOf = (at: Instant): Instant => instantFromMs(Math.floor(at.epochMilliseconds / HOUR_MS) * HOUR_MS);

/** Adds to the counts of this hour. In one order, so that two processes cannot wait for each other. */
export async function storeSourceCounts(db: Db, counts: readonly SourceCount[], now: Instant): Promise<void> {
  if (counts.length === 0) return;
  const rows = counts.map(({ accountId, source, outcome, count }) => ({
    account_id: accountId,
    source,
    outcome,
    count,
  }));
  await sql`
    insert into webhook_source as s (hour, account_id, source, outcome, count, last_at)
    select ${hourOf(now)}::timestamptz, account_id, source, outcome, count, ${now}::timestamptz
    from json_to_recordset(${JSON.stringify(rows)}::json) as x (account_id uuid, source text, outcome text, count bigint)
    order by account_id, source, outcome
    on conflict (hour, account_id, source, outcome) do update
      set count = s.count + excluded.count, last_at = greatest(s.last_at, excluded.last_at)`.execute(db);
}

export interface WebhookSource {
  readonly accountId: Uuid | null;
  readonly accountName: string | null;
  readonly source: string;
  readonly accepted: number;
  readonly repeated: number;
  /** By reason. */
  readonly refused: Readonly<Record<string, number>>;
  readonly lastAt: Instant;
}

export interface SourceHour {
  readonly at: Instant;
  readonly accepted: number;
  readonly repeated: number;
  readonly refused: number;
}

const ROWS_MAX = 200;

/** Where webhooks came from in the last hours, the busiest first. Index: the unique one, from its hour on. */
export async function listSources(
  db: Db,
  { now, hours }: { readonly now: Instant; readonly hours: number },
): Promise<readonly WebhookSource[]> {
  const { rows } = await sql<WebhookSource>`
    select o.account_id, a.name as account_name, o.source, o.accepted, o.repeated, o.refused, o.last_at from (
      select account_id, source, coalesce(sum(count) filter (where outcome = 'accepted'), 0) as accepted,
        coalesce(sum(count) filter (where outcome = 'repeated'), 0) as repeated,
        coalesce(jsonb_object_agg(outcome, count) filter (where outcome not in ('accepted', 'repeated')), '{}') as refused,
        sum(count) as total, max(last_at) as last_at
      from (
        select account_id, source, outcome, sum(count) as count, max(last_at) as last_at from webhook_source
        where hour > ${addMs(now, -hours * HOUR_MS)} group by 1, 2, 3
      ) s group by 1, 2 order by total desc, source limit ${ROWS_MAX}
    ) o left join gateway_account a on a.id = o.account_id order by o.total desc, o.source`.execute(db);
  return rows;
}

/** The same hours, one after the other; those without any webhook are left out. */
export async function listSourceHours(
  db: Db,
  { now, hours }: { readonly now: Instant; readonly hours: number },
): Promise<readonly SourceHour[]> {
  const { rows } = await sql<SourceHour>`
    select hour as at, coalesce(sum(count) filter (where outcome = 'accepted'), 0) as accepted,
      coalesce(sum(count) filter (where outcome = 'repeated'), 0) as repeated,
      coalesce(sum(count) filter (where outcome not in ('accepted', 'repeated')), 0) as refused
    from webhook_source where hour > ${addMs(now, -hours * HOUR_MS)} group by 1 order by 1`.execute(db);
  return rows;
}

/** Some of the counts of hours before an instant. Index: the unique one, which begins with the hour. */
export async function deleteOldSources(
  db: Db,
  { before, limit }: { readonly before: Instant; readonly limit: number },
): Promise<number> {
  const { rows } = await sql`
    delete from webhook_source where ctid = any(array(
      select ctid from webhook_source where hour < ${before} order by hour limit ${limit}))
    returning hour`.execute(db);
  return rows.length;
}
