import { CsvFileError } from '../contacts/csv-file-error.ts';
import { openCsv } from '../contacts/csv-reader.ts';
import { commitImport, type ImportRequest, previewImport } from '../contacts/import-contacts.ts';
import { detectColumns } from '../contacts/import-mapping.ts';
import { type ImportRefusal, rowReader } from '../contacts/import-rows.ts';
import { insertImportRun, listRefusals, markFailed } from '../contacts/import-run-store.ts';
import type { Db } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import { invalid, type Outcome } from '../platform/refusal.ts';
import { ok } from '../platform/result.ts';
import type { FileResult } from './import-summary.ts';
import { actor, type CliServices, withServices } from './open-services.ts';
import { CliError, type Shell } from './shell.ts';

/** Why the head of the file alone forbids to import it, if it does: known before a database is started and a run is kept. */
export async function refuseByHead(request: ImportRequest): Promise<Outcome<undefined>> {
  try {
    const file = await openCsv(request.open(), request);
    await file.close();
    const columns = detectColumns(file.head, request.mapping);
    if (!columns.ok) return invalid(columns.error.message);
    if (columns.value.phoneColumns.length > 0) return ok(undefined);
    return invalid(`${columns.value.problems[0] ?? 'no column holds phone numbers'} with --map "HEADER=phone"`);
  } catch (error) {
    if (error instanceof CsvFileError) return invalid(error.message);
    throw error;
  }
}

/** Reads the whole file and changes nothing. */
export const checkFile = (shell: Shell, request: ImportRequest): Promise<Outcome<FileResult>> =>
  interruptible(shell, () =>
    withServices(shell, async ({ database }) => {
      const preview = await previewImport({ database }, request);
      if (!preview.ok) return preview;
      const { warnings, rows, newContacts, updatedContacts, unchangedContacts, mergedRows } = preview.value;
      return ok({
        rows,
        created: newContacts,
        updated: updatedContacts,
        unchanged: unchangedContacts,
        merged: mergedRows,
        erased: preview.value.erasedKept ?? 0,
        consents: preview.value.consents ?? null,
        refused: preview.value.refusedRows === 0 ? [] : await readRefusals(request),
        warnings,
      });
    }),
  );

/** The preview keeps the first refused rows only; the rest is asked from the file, by the same reader. */
async function readRefusals(request: ImportRequest): Promise<readonly ImportRefusal[]> {
  const file = await openCsv(request.open(), request);
  const columns = detectColumns(file.head, request.mapping);
  if (!columns.ok) throw columns.error;
  const readRow = rowReader(columns.value, request);
  const headerLine = columns.value.hasHeader ? file.head[0]?.line : undefined;
  const refused: ImportRefusal[] = [];
  for await (const batch of file.batches)
    for (const record of batch) {
      if (record.line === headerLine) continue;
      const row = readRow(record);
      if (!row.ok) refused.push(row.error);
    }
  return refused;
}

/** Imports the file in this process: no server has to run. */
export const takeFile = (
  shell: Shell,
  request: ImportRequest & { readonly fileName: string; readonly fileBytes: number },
): Promise<Outcome<FileResult>> =>
  interruptible(shell, () =>
    withServices(shell, async (services) => {
      const by = actor();
      const importId = await beginRun(services, { ...request, createdBy: by.name });
      try {
        const done = await commitImport(services, { ...request, importId, by });
        if (!done.ok) return done;
        const refused = await allRefusals(services.database.db, importId);
        return ok({ ...done.value, refused, warnings: [] });
      } catch (error) {
        // Nobody else would finish this run: it has no job.
        await markFailed(services.database.db, {
          id: importId,
          now: services.clock.now(),
          error: request.signal?.aborted ? 'Interrupted at the command line' : `Stopped by an error: ${String(error)}`,
        });
        throw error;
      }
    }),
  );

async function beginRun(
  { database, clock, newUuid }: CliServices,
  run: { readonly fileName: string; readonly fileBytes: number; readonly createdBy: string },
): Promise<Uuid> {
  const id = newUuid();
  const { fileName, fileBytes, createdBy } = run;
  // The file stays where it is: it is read here and now, and no other process will ask for it.
  await insertImportRun(database.db, { id, fileName, fileBytes, blobKey: '', createdBy, createdAt: clock.now() });
  return id;
}

const PAGE_ROWS = 10_000;

async function allRefusals(db: Db, importId: Uuid): Promise<readonly ImportRefusal[]> {
  const all: ImportRefusal[] = [];
  for (let afterLine = 0; ; ) {
    const page = await listRefusals(db, { importId, afterLine, limit: PAGE_ROWS });
    all.push(...page);
    if (page.length < PAGE_ROWS) return all;
    afterLine = page.at(-1)?.line ?? afterLine;
  }
}

async function interruptible<T>(shell: Shell, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (shell.interruption().aborted) throw new CliError('interrupted: no contact was imported', { cause: error });
    throw error;
  }
}
