import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { recordAudit } from '../compliance/audit-store.ts';
import type { Clock } from '../platform/clock.ts';
import type { Database, Db, Tx } from '../platform/database.ts';
import { type NewUuid, showId, type Uuid } from '../platform/ids.ts';
import { notifyLive } from '../platform/live.ts';
import { conflict, notFound, type Outcome, type Refusal } from '../platform/refusal.ts';
import { err, ok } from '../platform/result.ts';
import type { ConsentReadings } from './consent-readings.ts';
import { CsvFileError } from './csv-file-error.ts';
import type { CsvFile } from './csv-reader.ts';
import { STAGE_COLUMNS } from './import-copy.ts';
import { tellsOfConsent } from './import-mapping.ts';
import type { ImportPreview, ImportResult } from './import-report.ts';
import { completeRun, getImportRun, type ImportRun, markFailed, markRunning } from './import-run-store.ts';
import {
  countErased,
  countRefused,
  countStage,
  createStage,
  firstRefused,
  firstStaged,
  keepRefusals,
  mergeRepeats,
} from './import-stage-store.ts';
import {
  holdRun,
  type ImportOrigin,
  insertPortion,
  settleContradictions,
  settleStaged,
  waitForOtherImports,
} from './import-store.ts';
import { runImportTx } from './import-transaction.ts';
import {
  noCounts,
  type OpenImport,
  openImport,
  type ReadCounts,
  type ReadRequest,
  readPortions,
} from './read-import.ts';
import { recordImportedConsents } from './record-imported-consents.ts';
import { validateImported } from './validate-imported.ts';

export interface ImportDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly newUuid: NewUuid;
}

export type ImportRequest = ReadRequest;

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
      const opened = await openImport(request);
      if (opened.columns.phoneColumns.length > 0) return previewAll({ tx, client, opened, request });
      await opened.file.close();
      return { ...description(opened), ...NOTHING };
    }),
  );
}

interface Work {
  readonly tx: Tx;
  readonly client: pg.PoolClient;
  readonly opened: OpenImport;
  readonly request: ImportRequest;
}

async function previewAll({ tx, client, opened, request }: Work): Promise<ImportPreview> {
  const counts = noCounts();
  await createStage(tx);
  for await (const portion of readPortions(opened, request, counts)) await copyInto(client, 'import_stage', portion);
  const mergedRows = await mergeRepeats(tx);
  const { contacts, ...staged } = await countStage(tx);
  return {
    ...description(opened, counts),
    ...staged,
    rows: counts.rows,
    unchangedContacts: contacts - staged.newContacts - staged.updatedContacts,
    mergedRows,
    refusedRows: counts.refused,
    refusedByReason: await countRefused(tx),
    sample: await firstStaged(tx, SAMPLE_CONTACTS),
    refused: await firstRefused(tx, SAMPLE_REFUSALS),
  };
}

export interface CommitRequest extends ImportRequest {
  readonly importId: Uuid;
  /** Whether the importer wants the numbers validated; the settings may say so for every import, or for none. */
  readonly validate?: boolean;
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
  const { db } = deps.database;
  const outcome = await refusingBadFiles(() =>
    runImportTx({ database: deps.database, signal: request.signal }, async (tx, client) => {
      await holdRun(tx, request.importId);
      // Not in this transaction: everybody shall see it run.
      if (!(await markRunning(db, request.importId))) return outcomeOfOver(db, request.importId);
      await waitForOtherImports(tx);
      const opened = await openImport(request);
      const result = await importAll({ tx, client, opened, request }, originOf(deps, request));
      await recordImport({ tx, deps, request, result, file: opened.file });
      return ok(result);
    }),
  );
  if (outcome.ok) {
    // Those of an import that is killed here are taken up every minute (contacts/tidy-imports.ts).
    await recordImportedConsents(deps);
    return outcome.value;
  }
  await markFailed(db, { id: request.importId, now: deps.clock.now(), error: outcome.error.message });
  return outcome;
}

async function outcomeOfOver(db: Db, id: Uuid): Promise<Outcome<ImportResult>> {
  const run = await getImportRun(db, id);
  if (run === undefined) return notFound('import', showId('import', id));
  if (run.state === 'completed') return ok(resultOf(run));
  return conflict(`import ${showId('import', id)} is ${run.state}: upload the file again`, {
    state: run.state,
    allowed: [],
  });
}

const originOf = (deps: ImportDeps, request: CommitRequest): ImportOrigin => ({
  importId: request.importId,
  firstId: deps.newUuid(),
  now: deps.clock.now(),
  by: request.by,
});

/** The database adds one portion while the next is read and checked. */
async function importAll({ tx, client, opened, request }: Work, origin: ImportOrigin): Promise<ImportResult> {
  await requirePhoneColumn(opened);
  const counts = noCounts();
  let created = 0;
  let adding = Promise.resolve();
  await createStage(tx);
  for await (const portion of readPortions(opened, request, counts)) {
    await adding;
    await copyInto(client, 'import_portion', portion);
    adding = insertPortion(tx, origin).then((added) => {
      created += added;
    });
    // Whoever awaits it gets the error; reading on meanwhile must not count as nobody having cared.
    adding.catch(() => undefined);
  }
  await adding;
  await settleContradictions(tx, origin.importId);
  await keepRefusals(tx, origin.importId);
  const merged = await mergeRepeats(tx);
  const { repeated, known, updated } = await settleStaged(tx, origin);
  const { rows, refused } = counts;
  const erased = await countErased(tx, origin.importId);
  const consents = tellsOfConsent(opened.columns) ? counts.consents.rows : null;
  return { rows, created, updated, unchanged: known - updated, merged: merged + repeated, refused, erased, consents };
}

async function requirePhoneColumn({ file, columns }: OpenImport): Promise<void> {
  if (columns.phoneColumns.length > 0) return;
  await file.close();
  throw new CsvFileError('no_phone_column', columns.problems[0] ?? 'no column holds phone numbers');
}

const copyInto = (
  client: pg.PoolClient,
  table: 'import_stage' | 'import_portion',
  lines: readonly Buffer[],
): Promise<void> => pipeline(lines, client.query(copyFrom(`copy ${table} (${STAGE_COLUMNS}) from stdin`)));

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
  await validateImported(tx, deps, {
    importId: request.importId,
    actor: request.by.actor,
    wanted: request.validate ?? false,
  });
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

const NOTHING = {
  rows: 0,
  newContacts: 0,
  updatedContacts: 0,
  unchangedContacts: 0,
  mergedRows: 0,
  refusedRows: 0,
  refusedByReason: {},
  suppressedKept: 0,
  erasedKept: 0,
  outsideUs: 0,
  sample: [],
  refused: [],
};

function description({ file, columns }: OpenImport, counts: ReadCounts = noCounts()) {
  const { emailsDropped } = counts;
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
    consents: tellsOfConsent(columns) ? { ...counts.consents.rows, cells: counts.consents.cells } : null,
    warnings: [...columns.problems, ...dropped, ...consentWarnings(counts.consents.rows)],
  };
}

function consentWarnings({ unproven, unclear, refused }: ConsentReadings): readonly string[] {
  const rows = (count: number, one: string, many: string): string =>
    count === 1 ? `1 row ${one}` : `${count} rows ${many}`;
  return [
    refused === 0
      ? ''
      : `${rows(refused, 'says', 'say')} that the person asked to be left alone, which the import records as an opt-out`,
    unclear === 0 ? '' : `${rows(unclear, 'says', 'say')} of a consent what is neither yes nor no: that is no consent`,
    unproven === 0
      ? ''
      : `${rows(unproven, 'with a consent does', 'with a consent do')} not say when, how and to which words the person agreed: that is no proof, and marketing does not rest on it`,
  ].filter((warning) => warning !== '');
}

const resultOf = (run: ImportRun): ImportResult => ({
  rows: run.rows ?? 0,
  created: run.createdContacts ?? 0,
  updated: run.updatedContacts ?? 0,
  unchanged: run.unchangedContacts ?? 0,
  merged: run.mergedRows ?? 0,
  refused: run.refusedRows ?? 0,
  erased: run.erasedContacts ?? 0,
  consents: run.consentReadings,
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
