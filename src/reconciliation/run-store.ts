import { sql } from 'kysely';
import type { Db, Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';
import {
  BEGINNING,
  type Checkpoint,
  checkpointSchema,
  type Diff,
  type DiffKind,
  type Run,
  type RunKind,
} from './run.ts';

const columns = sql`r.id, r.account_id, a.name as account_name, r.kind, r.state, r.since, r.until, r.checkpoint, r.progress, r.requests,
  r.seen_texts, r.seen_calls, r.compared_numbers, r.opt_out_differences, r.missing_here, r.stale_here, r.missing_there, r.differs, r.unreadable, r.failures, r.retry_at, r.error, r.created_by,
  r.created_at, r.started_at, r.finished_at`;
const joined = sql`reconciliation_run r join gateway_account a on a.id = r.account_id`;

const runOf = (row: Omit<Run, 'checkpoint'> & { readonly checkpoint: unknown }): Run => ({
  ...row,
  checkpoint: checkpointSchema.parse(row.checkpoint),
});
type StoredRun = Parameters<typeof runOf>[0];

export interface NewRun {
  readonly id: Uuid;
  readonly accountId: Uuid;
  readonly kind: RunKind;
  readonly since: Instant;
  readonly until: Instant;
  readonly createdBy: string;
  readonly createdAt: Instant;
}

/** False while another run of the account is open. Index reconciliation_run_open. */
export async function insertRun(tx: Tx, run: NewRun): Promise<boolean> {
  const { rows } = await sql`
    insert into reconciliation_run (id, account_id, kind, state, since, until, checkpoint, created_by, created_at)
    values (${run.id}, ${run.accountId}, ${run.kind}, 'waiting', ${run.since}, ${run.until}, ${JSON.stringify(BEGINNING)},
      ${run.createdBy}, ${run.createdAt})
    on conflict (account_id) where state in ('waiting', 'running') do nothing returning id`.execute(tx);
  return rows.length === 1;
}

export async function getRun(db: Db | Tx, id: Uuid): Promise<Run | undefined> {
  const { rows } = await sql<StoredRun>`select ${columns} from ${joined} where r.id = ${id}`.execute(db);
  return rows[0] === undefined ? undefined : runOf(rows[0]);
}

/** The run of an account whose next step is due. Index reconciliation_run_open. */
export async function findDueRun(db: Db, accountId: Uuid, now: Instant): Promise<Run | undefined> {
  const { rows } = await sql<StoredRun>`
    select ${columns} from ${joined}
    where r.account_id = ${accountId} and r.state in ('waiting', 'running') and (r.retry_at is null or r.retry_at <= ${now})`.execute(
    db,
  );
  return rows[0] === undefined ? undefined : runOf(rows[0]);
}

/** Newest first: ids grow with time. Indexes: primary key, reconciliation_run_account. */
export async function listRunRows(
  db: Db | Tx,
  query: { readonly accountId: Uuid | undefined; readonly before: Uuid | undefined; readonly limit: number },
): Promise<readonly Run[]> {
  const { rows } = await sql<StoredRun>`
    select ${columns} from ${joined}
    where (${query.accountId ?? null}::uuid is null or r.account_id = ${query.accountId ?? null})
      and (${query.before ?? null}::uuid is null or r.id < ${query.before ?? null})
    order by r.id desc limit ${query.limit}`.execute(db);
  return rows.map(runOf);
}

export interface StoredDiff extends Diff {
  readonly nth: number;
  readonly laneName: string | null;
  /** Of the contact that has the number now. */
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly company: string | null;
  /** Where it is shown. */
  readonly conversationId: Uuid | null;
}

/** In the order in which it was found; `settled` leaves out what nobody has repaired, or everything else. Indexes reconciliation_diff_nth, contact_phone_key and unique (lane_id, phone). */
export async function listDiffRows(
  db: Db | Tx,
  query: {
    readonly runId: Uuid;
    readonly settled: boolean | undefined;
    readonly after: number;
    readonly limit: number;
  },
): Promise<readonly StoredDiff[]> {
  const { rows } = await sql<StoredDiff>`
    select d.nth, d.kind, d.what, d.gateway_id, d.phone, d.lane_id, d.at, d.here, d.there, l.name as lane_name, c.first_name,
      c.last_name, c.company, v.id as conversation_id
    from reconciliation_diff d left join lane l on l.id = d.lane_id left join contact c on c.phone = d.phone
      left join conversation v on v.lane_id = d.lane_id and v.phone = d.phone
    where d.run_id = ${query.runId} and d.nth > ${query.after}
      and (${query.settled ?? null}::boolean is null or (d.kind in ('missing_here', 'stale_here')) = ${query.settled ?? null})
    order by d.nth limit ${query.limit}`.execute(db);
  return rows;
}

/** Locks a run that still stands where the step began; false when it was cancelled, or another holder has gone on with it. */
export async function lockRunAt(tx: Tx, run: Pick<Run, 'id' | 'requests' | 'failures'>): Promise<boolean> {
  const { rows } = await sql`
    select 1 from reconciliation_run where id = ${run.id} and state in ('waiting', 'running') and requests = ${run.requests}
      and failures = ${run.failures} for update`.execute(tx);
  return rows.length === 1;
}

/** How many of each kind were new to the run. */
export async function insertDiffs(
  tx: Tx,
  runId: Uuid,
  diffs: readonly Diff[],
): Promise<Readonly<Record<DiffKind, number>>> {
  const rows = diffs.map((diff) => ({ ...diff, at: diff.at.toString() }));
  const { rows: stored } = await sql<{ kind: DiffKind }>`
    insert into reconciliation_diff (run_id, kind, what, gateway_id, phone, lane_id, at, here, there)
    select ${runId}::uuid, kind, what, "gatewayId", phone, "laneId", at, here, there
    from json_to_recordset(${JSON.stringify(rows)}::json) as x (kind text, what text, "gatewayId" text, phone text, "laneId" uuid,
      at timestamptz, here text, there text)
    on conflict do nothing returning kind`.execute(tx);
  const count = (kind: DiffKind): number => stored.filter((row) => row.kind === kind).length;
  return {
    missing_here: count('missing_here'),
    stale_here: count('stale_here'),
    missing_there: count('missing_there'),
    differs: count('differs'),
    unreadable: count('unreadable'),
  };
}

export async function insertSeen(tx: Tx, runId: Uuid, gatewayIds: readonly string[]): Promise<void> {
  await sql`
    insert into reconciliation_seen (run_id, gateway_message_id) select ${runId}::uuid, id from unnest(${gatewayIds}::text[]) as id
    on conflict do nothing`.execute(tx);
}

export interface RunAdvance {
  readonly checkpoint: Checkpoint;
  readonly progress: number;
  readonly requests: number;
  readonly seenTexts: number;
  readonly seenCalls: number;
  readonly found: Readonly<Record<DiffKind, number>>;
  readonly comparedNumbers: number;
  readonly optOutDifferences: number;
  /** What could not be had; the run goes on without it. */
  readonly note: string | undefined;
  readonly now: Instant;
}

export async function advanceRun(tx: Tx, id: Uuid, by: RunAdvance): Promise<void> {
  const { found, now } = by;
  await sql`
    update reconciliation_run set state = 'running', started_at = coalesce(started_at, ${now}),
      checkpoint = ${JSON.stringify(by.checkpoint)}, progress = greatest(progress, ${by.progress}), requests = requests + ${by.requests},
      seen_texts = seen_texts + ${by.seenTexts}, seen_calls = seen_calls + ${by.seenCalls},
      compared_numbers = compared_numbers + ${by.comparedNumbers}, opt_out_differences = opt_out_differences + ${by.optOutDifferences},
      missing_here = missing_here + ${found.missing_here}, stale_here = stale_here + ${found.stale_here},
      missing_there = missing_there + ${found.missing_there}, differs = differs + ${found.differs},
      unreadable = unreadable + ${found.unreadable},
      -- The reason of a retry is over with it; what could not be had stays.
      error = coalesce(${by.note ?? null}, case when failures = 0 then error end), failures = 0, retry_at = null
    where id = ${id}`.execute(tx);
}

export async function retryRun(
  tx: Tx,
  id: Uuid,
  failure: { readonly error: string; readonly retryAt: Instant; readonly now: Instant },
): Promise<void> {
  await sql`
    update reconciliation_run set state = 'running', started_at = coalesce(started_at, ${failure.now}), failures = failures + 1,
      requests = requests + 1, retry_at = ${failure.retryAt}, error = ${failure.error}
    where id = ${id}`.execute(tx);
}

/** False when it was over already. */
export async function endRun(
  tx: Tx,
  id: Uuid,
  end: { readonly state: 'completed' | 'failed' | 'cancelled'; readonly error: string | null; readonly now: Instant },
): Promise<boolean> {
  const { rows } = await sql`
    update reconciliation_run set state = ${end.state}, finished_at = ${end.now}, error = coalesce(${end.error}, error), retry_at = null,
      progress = case when ${end.state} = 'completed' then 1 else progress end
    where id = ${id} and state in ('waiting', 'running') returning id`.execute(tx);
  for (const table of ['reconciliation_seen', 'reconciliation_number'])
    await sql`delete from ${sql.table(table)} where run_id = ${id}`.execute(tx);
  return rows.length === 1;
}

/** Not the newest that the next daily run goes on from. */
const NOT_NEEDED = sql`(r.kind = 'manual' or exists (select from reconciliation_run n
  where n.account_id = r.account_id and n.id > r.id and n.kind <> 'manual' and n.state = 'completed'))`;

interface Old {
  /** They ended before. */
  readonly before: Instant;
  readonly limit: number;
}

/** Some of what runs of long ago found. Indexes reconciliation_run_finished, reconciliation_run_account, reconciliation_diff_nth. */
export async function deleteOldFindings(db: Db, { before, limit }: Old): Promise<number> {
  const { rows } = await sql`
    delete from reconciliation_diff where (run_id, gateway_id, what) in (
      select d.run_id, d.gateway_id, d.what from reconciliation_run r join reconciliation_diff d on d.run_id = r.id
      where r.finished_at < ${before} and ${NOT_NEEDED} limit ${limit})
    returning nth`.execute(db);
  return rows.length;
}

/** Some of these runs themselves, once nothing of what they found is left. The same indexes. */
export async function deleteOldRuns(db: Db, { before, limit }: Old): Promise<number> {
  const { rows } = await sql`
    delete from reconciliation_run where id in (
      select r.id from reconciliation_run r where r.finished_at < ${before} and ${NOT_NEEDED}
        and not exists (select from reconciliation_diff d where d.run_id = r.id) limit ${limit})
    returning id`.execute(db);
  return rows.length;
}
