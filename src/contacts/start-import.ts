import type { Blobs } from '../platform/blobs.ts';
import { makeCursor, type Page, readCursor, toPage } from '../platform/cursor.ts';
import type { Database, Db, Tx } from '../platform/database.ts';
import { showId, type Uuid } from '../platform/ids.ts';
import type { Jobs } from '../platform/jobs.ts';
import { notifyLive } from '../platform/live.ts';
import { conflict, invalid, type Outcome } from '../platform/refusal.ts';
import { err, ok } from '../platform/result.ts';
import { previewImport } from './import-contacts.ts';
import { csvSource, getImport } from './import-files.ts';
import { IMPORT_QUEUE, type ImportJobData } from './import-job.ts';
import { listImportRuns, lockImportRun } from './import-list-store.ts';
import type { ImportMapping } from './import-mapping.ts';
import { importMappingSchema } from './import-mapping-schema.ts';
import type { ImportRefusal } from './import-rows.ts';
import { type ImportRun, listRefusals, markRunning, savePreview } from './import-run-store.ts';

/** Newest first. */
export async function listImports(
  db: Db | Tx,
  query: { readonly cursor: string | undefined; readonly limit: number },
): Promise<Outcome<Page<ImportRun>>> {
  const cursor = readCursor(query.cursor, ['instant', 'uuid']);
  if (!cursor.ok) return cursor;
  const after = cursor.value === undefined ? undefined : { createdAt: cursor.value[0], id: cursor.value[1] };
  const rows = await listImportRuns(db, { after, limit: query.limit + 1 });
  return ok(toPage(rows, query.limit, (last) => makeCursor(last.createdAt.toString(), last.id)));
}

/** Refused rows in the order of the file. */
export async function listImportRefusals(
  db: Db | Tx,
  query: { readonly id: Uuid; readonly cursor: string | undefined; readonly limit: number },
): Promise<Outcome<Page<ImportRefusal>>> {
  const cursor = readCursor(query.cursor, ['number']);
  if (!cursor.ok) return cursor;
  const run = await getImport(db, query.id);
  if (!run.ok) return run;
  const rows = await listRefusals(db, {
    importId: query.id,
    afterLine: Number(cursor.value?.[0] ?? 0),
    limit: query.limit + 1,
  });
  return ok(toPage(rows, query.limit, (last) => makeCursor(String(last.line))));
}

/** Reads the whole file, keeps what would happen with the run, and changes no contact. */
export async function previewUpload(
  deps: { readonly database: Database; readonly blobs: Blobs },
  request: { readonly id: Uuid; readonly mapping: ImportMapping | undefined; readonly signal: AbortSignal },
): Promise<Outcome<ImportRun>> {
  const { db } = deps.database;
  const run = await getImport(db, request.id);
  if (!run.ok) return run;
  if (!isOpen(run.value)) return begunAlready(run.value);
  const preview = await previewImport(deps, {
    open: () => csvSource(deps.blobs, run.value),
    signal: request.signal,
    ...(request.mapping === undefined ? {} : { mapping: request.mapping }),
  });
  if (!preview.ok) return err({ ...preview.error, message: `${run.value.fileName}: ${preview.error.message}` });
  const kept = await savePreview(db, { id: request.id, preview: preview.value, mapping: request.mapping ?? {} });
  const after = await getImport(db, request.id);
  return kept || !after.ok ? after : begunAlready(after.value);
}

export interface StartImportRequest {
  readonly id: Uuid;
  /** Without one, that of the newest preview; without a preview, what the file suggests. */
  readonly mapping: ImportMapping | undefined;
  readonly addTags: readonly string[] | undefined;
  readonly validate?: boolean | undefined;
  readonly by: { readonly actor: string; readonly name: string };
}

/** Marks the run as running and enqueues its job, both in `tx`. */
export async function startImport(
  tx: Tx,
  deps: { readonly jobs: Jobs },
  request: StartImportRequest,
): Promise<Outcome<ImportRun>> {
  await lockImportRun(tx, request.id);
  const run = await getImport(tx, request.id);
  if (!run.ok) return run;
  if (!isOpen(run.value)) return begunAlready(run.value);
  const mapping = request.mapping ?? previewedMapping(run.value);
  if (mapping !== undefined && !Object.values(mapping).includes('phone')) return noPhoneColumn();
  await markRunning(tx, request.id);
  const data: ImportJobData = {
    importId: request.id,
    by: { actor: request.by.actor, name: request.by.name },
    ...(mapping === undefined ? {} : { mapping }),
    ...(request.addTags === undefined ? {} : { addTags: request.addTags }),
    ...(request.validate === undefined ? {} : { validate: request.validate }),
  };
  await deps.jobs.enqueue(tx, IMPORT_QUEUE, [{ data }]);
  await notifyLive(tx, [`import:${request.id}`]);
  return getImport(tx, request.id);
}

const isOpen = (run: ImportRun): boolean => run.state === 'uploaded' || run.state === 'previewed';

const begunAlready = (run: ImportRun): Outcome<never> =>
  conflict(
    `import ${showId('import', run.id)} of "${run.fileName}" is ${run.state}${run.state === 'running' ? '' : ': upload the file again to import it once more'}`,
    { state: run.state, allowed: [] },
  );

const previewedMapping = (run: ImportRun): ImportMapping | undefined =>
  run.preview === null
    ? undefined
    : importMappingSchema.parse(Object.fromEntries(run.preview.columns.map(({ index, field }) => [index, field])));

function noPhoneColumn(): Outcome<never> {
  const message = 'no column holds phone numbers: choose the one that does';
  return invalid(message, { errors: [{ pointer: '/mapping', message }] });
}
