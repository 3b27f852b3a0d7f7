import { sql } from 'kysely';
import type { Db, Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { ImportRun } from './import-run-store.ts';

/** Newest first. Index import_run_newest. */
export async function listImportRuns(
  db: Db | Tx,
  page: { readonly after: { readonly createdAt: string; readonly id: Uuid } | undefined; readonly limit: number },
): Promise<readonly ImportRun[]> {
  const { after } = page;
  const { rows } = await sql<ImportRun>`
    select id, file_name, file_bytes, blob_key, state, preview, rows, created_contacts, updated_contacts, unchanged_contacts, merged_rows,
      refused_rows, progress_rows, progress_bytes, error, created_at, finished_at
    from import_run
    where ${after === undefined ? sql`true` : sql`(created_at, id) < (${after.createdAt}::timestamptz, ${after.id}::uuid)`}
    order by created_at desc, id desc limit ${page.limit}`.execute(db);
  return rows;
}

/** Locked until the transaction ends: of two commits of one file, the second finds it running. */
export async function lockImportRun(tx: Tx, id: Uuid): Promise<void> {
  await sql`select 1 from import_run where id = ${id} for update`.execute(tx);
}
