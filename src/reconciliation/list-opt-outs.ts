import { sql } from 'kysely';
import { makeCursor, type Page, readCursor, toPage } from '../platform/cursor.ts';
import type { Db, Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Outcome } from '../platform/refusal.ts';
import { ok } from '../platform/result.ts';
import type { Instant } from '../platform/time.ts';
import type { OptOutDifference } from './decide-opt-outs.ts';
import { sayOptOutDifference } from './opt-out-words.ts';

export interface OptOutDifferenceView extends Omit<OptOutDifference, 'phone'> {
  /** Null for a person who was erased since. */
  readonly phone: string | null;
  readonly id: Uuid;
  readonly accountId: Uuid;
  readonly runId: Uuid;
  readonly foundAt: Instant;
  /** By which it had reached us, when that could not be applied. */
  readonly eventId: Uuid | null;
  readonly sentence: string;
}

/**
 * An event of a difference `d` that came before it was found, and had failed by then; that it was applied since changes nothing of that. Indexes
 * gateway_event_phone, and for receipts without a number gateway_event_troubled.
 */
const failedEvent = sql`(
  select e.id from (
    select id, account_id, payload from gateway_event where phone = d.phone and state <> 'received'
    union all select id, account_id, payload from gateway_event where state in ('failed', 'retrying') and phone is null) e
  where d.kind <> 'accepted' and e.account_id = d.account_id and position(d.gateway_id in e.payload) > 0
    and exists (select from gateway_event_attempt a where a.event_id = e.id and a.outcome = 'failed' and a.at <= d.found_at)
  order by e.id limit 1)`;

type DifferenceRow = Omit<OptOutDifferenceView, 'sentence'>;

/** Over `opt_out_difference d`. */
const columns = sql`id, account_id, run_id, kind, gateway_id, phone, lane_id, code, at, found_at, known_since, opted_in_at, opted_out_again_at,
      ${failedEvent} as event_id`;

const told = (row: DifferenceRow): OptOutDifferenceView => ({ ...row, sentence: sayOptOutDifference(row) });

/** Of one number, the newest first; of who was erased since they name none. Index opt_out_difference_phone. */
export async function readDifferencesOf(
  db: Db | Tx,
  phone: string,
  limit: number,
): Promise<readonly OptOutDifferenceView[]> {
  const { rows } = await sql<DifferenceRow>`
    select ${columns} from opt_out_difference d where phone = ${phone} order by found_at desc, id desc limit ${limit}`.execute(
    db,
  );
  return rows.map(told);
}

/** What comparisons with the gateways' books found of opt-outs, the newest first. Index opt_out_difference_newest. */
export async function listOptOutDifferences(
  db: Db | Tx,
  query: { readonly cursor?: string | undefined; readonly limit: number },
): Promise<Outcome<Page<OptOutDifferenceView>>> {
  const cursor = readCursor(query.cursor, ['instant', 'uuid']);
  if (!cursor.ok) return cursor;
  const behind =
    cursor.value === undefined
      ? sql`true`
      : sql`(found_at, id) < (${cursor.value[0]}::timestamptz, ${cursor.value[1]}::uuid)`;
  const { rows } = await sql<DifferenceRow>`
    select ${columns} from opt_out_difference d where ${behind} order by found_at desc, id desc limit ${query.limit + 1}`.execute(
    db,
  );
  return ok(toPage(rows.map(told), query.limit, (last) => makeCursor(last.foundAt.toString(), last.id)));
}

/** Up to when the opt-outs of an account were compared. */
export interface OptOutComparison {
  readonly accountId: Uuid;
  readonly accountName: string;
  /** Null for an account that was never compared. */
  readonly last: {
    readonly runId: Uuid;
    readonly since: Instant;
    readonly until: Instant;
    readonly comparedAt: Instant;
    readonly texts: number;
    readonly numbers: number;
    readonly differences: number;
  } | null;
}

/** Accounts are few. Index reconciliation_run_account. */
export async function readOptOutComparisons(db: Db | Tx): Promise<readonly OptOutComparison[]> {
  const { rows } = await sql<
    { accountId: Uuid; accountName: string } & {
      [K in keyof NonNullable<OptOutComparison['last']>]: NonNullable<OptOutComparison['last']>[K] | null;
    }
  >`
    select a.id as account_id, a.name as account_name, r.id as run_id, r.since, r.until, r.finished_at as compared_at, r.seen_texts as texts,
      r.compared_numbers as numbers, r.opt_out_differences as differences
    from gateway_account a left join lateral (
      select * from reconciliation_run where account_id = a.id and state = 'completed' order by id desc limit 1) r on true
    order by a.created_at, a.id`.execute(db);
  return rows.map(({ accountId, accountName, runId, since, until, comparedAt, texts, numbers, differences }) => ({
    accountId,
    accountName,
    last:
      runId === null || since === null || until === null || comparedAt === null
        ? null
        : { runId, since, until, comparedAt, texts: texts ?? 0, numbers: numbers ?? 0, differences: differences ?? 0 },
  }));
}
