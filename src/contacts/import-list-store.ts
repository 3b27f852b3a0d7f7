import { sql } from 'kysely';
import type { Db, Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';
import { type ImportRun, importRunColumns } from './import-run-store.ts';

/** Newest first. Index import_run_newest. */
export async function listImportRuns(
  db: Db | Tx,
  page: { readonly after: { readonly createdAt: string; readonly id: Uuid } | undefined; readonly limit: number },
): Promise<readonly ImportRun[]> {
  const { after } = page;
  const { rows } = await sql<ImportRun>`
    select ${importRunColumns} from import_run
    where ${after === undefined ? sql`true` : sql`(created_at, id) < (${after.createdAt}::timestamptz, ${after.id}::uuid)`}
    order by created_at desc, id desc limit ${page.limit}`.execute(db);
  return rows;
}

/** Runs without a stored file, which only the process that began them can finish. Index import_run_open. */
export async function listRunsOfOneProcess(db: Db | Tx): Promise<readonly Uuid[]> {
  const { rows } = await sql<{ id: Uuid }>`
    select id from import_run where state = 'running' and blob_key = ''`.execute(db);
  return rows.map((row) => row.id);
}

/** Of these runs, those that still need their file. Index import_run_pkey. */
export async function listRunning(db: Db | Tx, ids: readonly Uuid[]): Promise<readonly Uuid[]> {
  const { rows } = await sql<{ id: Uuid }>`
    select id from import_run where id = any(${ids}::uuid[]) and state = 'running'`.execute(db);
  return rows.map((row) => row.id);
}

/** Ends the runs that were made before `before` and never begun; returns them. Index import_run_open. */
export async function expireRuns(
  tx: Tx | Db,
  which: { readonly before: Instant; readonly now: Instant; readonly error: string },
): Promise<readonly Uuid[]> {
  const { rows } = await sql<{ id: Uuid }>`
    update import_run set state = 'failed', finished_at = ${which.now}, error = ${which.error}
    where state in ('uploaded', 'previewed') and created_at < ${which.before} returning id`.execute(tx);
  return rows.map((row) => row.id);
}

/** Locked until the transaction ends: of two commits of one file, the second finds it running. */
export async function lockImportRun(tx: Tx, id: Uuid): Promise<void> {
  await sql`select 1 from import_run where id = ${id} for update`.execute(tx);
}
