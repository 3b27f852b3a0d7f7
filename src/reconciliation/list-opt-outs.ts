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
  readonly sentence: string;
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
  const { rows } = await sql<Omit<OptOutDifferenceView, 'sentence'>>`
    select id, account_id, run_id, kind, gateway_id, phone, lane_id, code, at, found_at, known_since, opted_in_at, opted_out_again_at
    from opt_out_difference where ${behind} order by found_at desc, id desc limit ${query.limit + 1}`.execute(db);
  const told = rows.map((row) => ({ ...row, sentence: sayOptOutDifference(row) }));
  return ok(toPage(told, query.limit, (last) => makeCursor(last.foundAt.toString(), last.id)));
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
