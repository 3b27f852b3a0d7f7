import { sql } from 'kysely';
import type { Db, Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';
import type { ConsentReadings } from './consent-readings.ts';
import type { ImportPreview, ImportResult } from './import-report.ts';
import type { ImportRefusal } from './import-rows.ts';

/** One file on its way into the contacts. The counts are null until it is completed. */
export interface ImportRun {
  readonly id: Uuid;
  readonly fileName: string;
  readonly fileBytes: number;
  /** Where the uploaded bytes are kept; empty for a file that the command line reads where it lies. */
  readonly blobKey: string;
  readonly state: 'uploaded' | 'previewed' | 'running' | 'completed' | 'failed';
  readonly preview: ImportPreview | null;
  readonly rows: number | null;
  readonly createdContacts: number | null;
  readonly updatedContacts: number | null;
  readonly unchangedContacts: number | null;
  readonly mergedRows: number | null;
  readonly refusedRows: number | null;
  /** Also null of runs from before it was counted. */
  readonly erasedContacts: number | null;
  readonly consentReadings: ConsentReadings | null;
  readonly progressRows: number;
  readonly progressBytes: number;
  readonly error: string | null;
  readonly createdAt: Instant;
  readonly finishedAt: Instant | null;
}

/** Of `import_run`, as an `ImportRun` has them. */
export const importRunColumns = sql`id, file_name, file_bytes, blob_key, state, preview, rows, created_contacts, updated_contacts, unchanged_contacts,
  merged_rows, refused_rows, erased_contacts, consent_readings, progress_rows, progress_bytes, error, created_at, finished_at`;

export async function insertImportRun(
  tx: Tx | Db,
  run: Pick<ImportRun, 'id' | 'fileName' | 'fileBytes' | 'blobKey' | 'createdAt'> & { readonly createdBy: string },
): Promise<void> {
  await sql`
    insert into import_run (id, file_name, file_bytes, blob_key, state, created_by, created_at)
    values (${run.id}, ${run.fileName}, ${run.fileBytes}, ${run.blobKey}, 'uploaded', ${run.createdBy}, ${run.createdAt})`.execute(
    tx,
  );
}

export async function getImportRun(tx: Tx | Db, id: Uuid): Promise<ImportRun | undefined> {
  const { rows } = await sql<ImportRun>`select ${importRunColumns} from import_run where id = ${id}`.execute(tx);
  return rows[0];
}

/** A preview may be made again, with another mapping, until the import runs. */
export async function savePreview(
  tx: Tx | Db,
  run: { readonly id: Uuid; readonly preview: ImportPreview; readonly mapping: object },
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update import_run set state = 'previewed', preview = ${JSON.stringify(run.preview)}, mapping = ${JSON.stringify(run.mapping)}
    where id = ${run.id} and state in ('uploaded', 'previewed')`.execute(tx);
  return numAffectedRows === 1n;
}

/** False when the run is over. A run that was interrupted is begun again: nothing of it was kept. */
export async function markRunning(tx: Tx | Db, id: Uuid): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update import_run set state = 'running', progress_rows = 0, progress_bytes = 0
    where id = ${id} and state in ('uploaded', 'previewed', 'running')`.execute(tx);
  return numAffectedRows === 1n;
}

/** How often a worker has begun this run, this time counted; `undefined` when it is over. */
export async function countAttempt(tx: Tx | Db, id: Uuid): Promise<number | undefined> {
  const { rows } = await sql<{ attempts: number }>`
    update import_run set attempts = attempts + 1 where id = ${id} and state = 'running' returning attempts`.execute(
    tx,
  );
  return rows[0]?.attempts;
}

/** For a try that was broken off by an orderly stop of the process: that says nothing about the file. */
export async function forgetAttempt(tx: Tx | Db, id: Uuid): Promise<void> {
  await sql`update import_run set attempts = attempts - 1 where id = ${id} and state = 'running'`.execute(tx);
}

export async function recordProgress(
  tx: Tx | Db,
  run: { readonly id: Uuid; readonly rows: number; readonly bytes: number },
): Promise<void> {
  await sql`
    update import_run set progress_rows = ${run.rows}, progress_bytes = ${run.bytes}
    where id = ${run.id} and state = 'running'`.execute(tx);
}

/** In the transaction of the contacts. False when another process has completed the run meanwhile: then nothing may be kept. */
export async function completeRun(
  tx: Tx,
  run: { readonly id: Uuid; readonly now: Instant; readonly detected: object; readonly result: ImportResult },
): Promise<boolean> {
  const { result } = run;
  const { numAffectedRows } = await sql`
    update import_run set state = 'completed', finished_at = ${run.now}, detected = ${JSON.stringify(run.detected)}, rows = ${result.rows},
      created_contacts = ${result.created}, updated_contacts = ${result.updated}, unchanged_contacts = ${result.unchanged},
      merged_rows = ${result.merged}, refused_rows = ${result.refused}, erased_contacts = ${result.erased},
      consent_readings = ${result.consents === null ? null : JSON.stringify(result.consents)}, progress_rows = ${result.rows}, progress_bytes = file_bytes
    where id = ${run.id} and state = 'running'`.execute(tx);
  return numAffectedRows === 1n;
}

export async function markFailed(
  tx: Tx | Db,
  run: { readonly id: Uuid; readonly now: Instant; readonly error: string },
): Promise<void> {
  await sql`
    update import_run set state = 'failed', finished_at = ${run.now}, error = ${run.error}
    where id = ${run.id} and state = 'running'`.execute(tx);
}

/** In the order of the file. Index import_refusal_pkey. */
export async function listRefusals(
  tx: Tx | Db,
  page: { readonly importId: Uuid; readonly afterLine: number; readonly limit: number },
): Promise<readonly ImportRefusal[]> {
  const { rows } = await sql<ImportRefusal>`
    select line, value, reason from import_refusal
    where import_id = ${page.importId} and line > ${page.afterLine} order by line limit ${page.limit}`.execute(tx);
  return rows;
}
