import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { recordAudit } from '../compliance/audit-store.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database, Tx } from '../platform/database.ts';
import { type NewUuid, showId, type Uuid } from '../platform/ids.ts';
import { notifyLive } from '../platform/live.ts';
import { conflict, notFound, type Outcome, type Refusal } from '../platform/refusal.ts';
import { err, ok } from '../platform/result.ts';
import { CsvFileError } from './csv-file-error.ts';
import { type CsvFile, type CsvOptions, type CsvSource, openCsv } from './csv-reader.ts';
import { contactCopyLine, refusalCopyLine, STAGE_COLUMNS } from './import-copy.ts';
import { detectColumns, type ImportColumns, type ImportMapping } from './import-mapping.ts';
import type { ImportPreview, ImportResult } from './import-report.ts';
import { rowReader } from './import-rows.ts';
import { completeRun, getImportRun, type ImportRun, markFailed, markRunning } from './import-run-store.ts';
import {
  countRefused,
  countStage,
  createStage,
  firstRefused,
  firstStaged,
  insertStaged,
  keepRefusals,
  mergeRepeats,
  updateKnown,
  waitForOtherImports,
} from './import-store.ts';
import { runImportTx } from './import-transaction.ts';
import type { CountryCode } from './phone.ts';

export interface ImportDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly newUuid: NewUuid;
}

export interface ImportRequest extends Pick<CsvOptions, 'encoding' | 'delimiter' | 'bytesMax' | 'signal'> {
  /** Opens the file from its beginning; called again when the transaction has to be run again. */
  readonly open: () => CsvSource;
  readonly mapping?: ImportMapping;
  readonly defaultCountry?: CountryCode;
  /** Given to every contact of the file. */
  readonly addTags?: readonly string[];
  /** Called after every 64 KiB of the file. */
  readonly onProgress?: (progress: { readonly rows: number; readonly bytes: number }) => void;
}

const SAMPLE_CONTACTS = 20;
const SAMPLE_REFUSALS = 50;

/**
 * Reads the whole file and says what importing it would do; nothing is kept. A file without a column of phone numbers is described
 * as well (counts zero, the problem among the warnings), so that a person can choose the column.
 */
export async function previewImport(
  deps: Pick<ImportDeps, 'database'>,
  request: ImportRequest,
): Promise<Outcome<ImportPreview>> {
  return refusingBadFiles(() =>
    runImportTx({ database: deps.database, signal: request.signal }, async (tx, client) => {
      const { file, columns } = await openImport(request);
      if (columns.phoneColumns.length === 0) {
        await file.close();
        return { ...description(file, columns), ...NOTHING };
      }
      const staged = await stageFile({ tx, client, file, columns, request });
      const mergedRows = await mergeRepeats(tx);
      const { contacts, ...counts } = await countStage(tx);
      return {
        ...description(file, columns, staged.emailsDropped),
        ...counts,
        rows: staged.rows,
        unchangedContacts: contacts - counts.newContacts - counts.updatedContacts,
        mergedRows,
        refusedRows: staged.refusedRows,
        refusedByReason: await countRefused(tx),
        sample: await firstStaged(tx, SAMPLE_CONTACTS),
        refused: await firstRefused(tx, SAMPLE_REFUSALS),
      };
    }),
  );
}

export interface CommitRequest extends ImportRequest {
  readonly importId: Uuid;
  readonly by: { readonly actor: string; readonly name: string };
}

/**
 * Imports the file of a run: all of it in one transaction, or nothing. May be called again for a run that was interrupted, and for
 * one that is completed, which then answers with its result. A file that cannot be read fails the run; anything else that goes
 * wrong is thrown and leaves it `running`, for another try or `markFailed`.
 *
 * Contacts that exist get what the file knows and differs, never a blank; their tags are united, suppressions are not touched.
 */
export async function commitImport(deps: ImportDeps, request: CommitRequest): Promise<Outcome<ImportResult>> {
  const run = await getImportRun(deps.database.db, request.importId);
  if (run === undefined) return notFound('import', showId('import', request.importId));
  if (run.state === 'completed') return ok(resultOf(run));
  if (!(await markRunning(deps.database.db, run.id)))
    return conflict(`import ${showId('import', run.id)} is ${run.state}: upload the file again`, {
      state: run.state,
      allowed: [],
    });
  const outcome = await refusingBadFiles(() =>
    runImportTx({ database: deps.database, signal: request.signal }, (tx, client) =>
      importAll({ tx, client, deps, request }),
    ),
  );
  if (!outcome.ok)
    await markFailed(deps.database.db, { id: run.id, now: deps.clock.now(), error: outcome.error.message });
  return outcome;
}

interface Work {
  readonly tx: Tx;
  readonly client: pg.PoolClient;
}

async function importAll({
  tx,
  client,
  deps,
  request,
}: Work & { readonly deps: ImportDeps; readonly request: CommitRequest }): Promise<ImportResult> {
  const { file, columns } = await openImport(request);
  if (columns.phoneColumns.length === 0) {
    await file.close();
    throw new CsvFileError('no_phone_column', columns.problems[0] ?? 'no column holds phone numbers');
  }
  const { rows } = await stageFile({ tx, client, file, columns, request });
  const merged = await mergeRepeats(tx);
  await waitForOtherImports(tx);
  const origin = { importId: request.importId, firstId: deps.newUuid(), now: deps.clock.now() };
  const refused = await keepRefusals(tx, request.importId);
  const created = await insertStaged(tx, origin);
  const known = rows - merged - refused - created;
  const updated = known === 0 ? 0 : await updateKnown(tx, origin);
  const result = { rows, created, updated, unchanged: known - updated, merged, refused };
  await recordImport({ tx, deps, request, result, file });
  return result;
}

async function recordImport(done: {
  readonly tx: Tx;
  readonly deps: ImportDeps;
  readonly request: CommitRequest;
  readonly result: ImportResult;
  readonly file: CsvFile;
}): Promise<void> {
  const { tx, deps, request, result, file } = done;
  const now = deps.clock.now();
  const detected = { encoding: file.encoding, delimiter: file.delimiter };
  if (!(await completeRun(tx, { id: request.importId, now, detected, result })))
    throw new Error(
      `import ${showId('import', request.importId)} was finished by another process meanwhile; nothing of this try was kept`,
    );
  await recordAudit(tx, {
    id: deps.newUuid(),
    at: now,
    actor: request.by.actor,
    action: 'import.completed',
    subject: showId('import', request.importId),
    detail: { ...result, by: request.by.name },
  });
  await notifyLive(tx, ['contacts', `import:${request.importId}`]);
}

async function openImport(request: ImportRequest): Promise<{ file: CsvFile; columns: ImportColumns }> {
  const file = await openCsv(request.open(), request);
  const columns = detectColumns(file.head, request.mapping);
  if (columns.ok) return { file, columns: columns.value };
  await file.close();
  throw columns.error;
}

interface Staged {
  readonly rows: number;
  readonly refusedRows: number;
  readonly emailsDropped: number;
}

/** Reads, checks and copies in one stream: the database stores one chunk while the next is read. */
async function stageFile(
  work: Work & { readonly file: CsvFile; readonly columns: ImportColumns; readonly request: ImportRequest },
): Promise<Staged> {
  const { tx, client, file, columns, request } = work;
  await createStage(tx);
  const readRow = rowReader(columns, request);
  const headerLine = columns.hasHeader ? file.head[0]?.line : undefined;
  let rows = 0;
  let refusedRows = 0;
  let emailsDropped = 0;
  async function* copyLines(): AsyncGenerator<Buffer> {
    for await (const batch of file.batches) {
      let lines = '';
      for (const record of batch) {
        if (record.line === headerLine) continue;
        const row = readRow(record);
        rows += 1;
        if (!row.ok) refusedRows += 1;
        else if (row.value.emailDropped) emailsDropped += 1;
        lines += row.ok ? contactCopyLine(row.value) : refusalCopyLine(row.error);
      }
      request.onProgress?.({ rows, bytes: file.bytesRead });
      if (lines !== '') yield Buffer.from(lines);
    }
  }
  await pipeline(copyLines, client.query(copyFrom(`copy import_stage (${STAGE_COLUMNS}) from stdin`)));
  if (rows === 0)
    throw new CsvFileError(
      'no_rows',
      `this file has a header on line ${headerLine} and no row below it: export the contacts again`,
    );
  request.signal?.throwIfAborted();
  return { rows, refusedRows, emailsDropped };
}

const NOTHING = {
  rows: 0,
  newContacts: 0,
  updatedContacts: 0,
  unchangedContacts: 0,
  mergedRows: 0,
  refusedRows: 0,
  refusedByReason: {},
  suppressedKept: 0,
  outsideUs: 0,
  sample: [],
  refused: [],
};

function description(file: CsvFile, columns: ImportColumns, emailsDropped = 0) {
  const dropped =
    emailsDropped === 0
      ? []
      : [
          `${emailsDropped} e-mail ${emailsDropped === 1 ? 'address is' : 'addresses are'} not valid and will be left out`,
        ];
  return {
    encoding: file.encoding,
    delimiter: file.delimiter,
    hasHeader: columns.hasHeader,
    columns: columns.columns.map(({ index, header, target, samples }) => ({ index, header, field: target, samples })),
    warnings: [...columns.problems, ...dropped],
  };
}

const resultOf = (run: ImportRun): ImportResult => ({
  rows: run.rows ?? 0,
  created: run.createdContacts ?? 0,
  updated: run.updatedContacts ?? 0,
  unchanged: run.unchangedContacts ?? 0,
  merged: run.mergedRows ?? 0,
  refused: run.refusedRows ?? 0,
});

/** What is wrong with the file is the answer; what is wrong with the world is thrown. */
async function refusingBadFiles<T>(work: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return ok(await work());
  } catch (error) {
    if (!(error instanceof CsvFileError)) throw error;
    const kind: Refusal['kind'] = error.problem === 'file_too_large' ? 'too_large' : 'invalid';
    return err({ kind, message: error.message });
  }
}
