import { execFileSync } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { sql } from 'kysely';
import { from as copyFrom } from 'pg-copy-streams';
import { commitImport, type ImportDeps } from '../src/contacts/import-contacts.ts';
import { STAGE_COLUMNS } from '../src/contacts/import-copy.ts';
import { insertImportRun } from '../src/contacts/import-run-store.ts';
import { createStage, keepRefusals, mergeRepeats } from '../src/contacts/import-stage-store.ts';
import { insertPortion, settleStaged } from '../src/contacts/import-store.ts';
import { runImportTx } from '../src/contacts/import-transaction.ts';
import { openImport, readPortions } from '../src/contacts/read-import.ts';
import { systemClock } from '../src/platform/clock.ts';
import { openDatabase } from '../src/platform/database.ts';
import { startEmbeddedPostgres } from '../src/platform/embedded-postgres.ts';
import { type Uuid, uuidSource } from '../src/platform/ids.ts';
import { migrateUp, readMigrations } from '../src/platform/migrate.ts';
import { systemRandom } from '../src/platform/random.ts';

/**
 * `node bench/import.ts [rows]`: imports a generated file (2 % refused rows, 3 % repeated numbers) into an empty database, then the
 * same file again, and compares the first with the same merge fed by a bare COPY of rows that were cleaned before the clock started.
 */
const ROWS = Number(process.argv[2] ?? 100_000);
const folder = await mkdtemp(join(tmpdir(), 'textwright-bench-'));
const server = await startEmbeddedPostgres({ dataDir: folder });
const database = openDatabase({
  connectionString: server.connectionString,
  applicationName: 'bench-import',
  maxConnections: 3,
});
const deps: ImportDeps = {
  database,
  clock: systemClock,
  newUuid: uuidSource({ clock: systemClock, random: systemRandom }),
};
const csv = join(folder, 'contacts.csv');
let peakBytes = 0;

try {
  await migrateUp(database.db, {
    migrations: await readMigrations(join(import.meta.dirname, '../migrations')),
    now: systemClock.now(),
  });
  // In a process of its own: the memory that is reported below shall be that of the import.
  execFileSync(process.execPath, [join(import.meta.dirname, 'contacts-file.ts'), csv, String(ROWS)]);
  const bytes = (await stat(csv)).size;
  print(`${ROWS.toLocaleString('en-US')} rows, ${(bytes / 1e6).toFixed(1)} MB`);

  report('import into an empty database', await timed(() => importFile()));
  print(`  peak memory while importing: ${Math.round(peakBytes / 2 ** 20)} MiB`);
  report('the same file again', await timed(() => importFile()));

  const portions = await writeCleaned();
  await sql`truncate contact, import_refusal, import_run cascade`.execute(database.db);
  report('reference: bare COPY of cleaned rows, same merge', await timed(() => copyCleaned(portions)));
  report('reading and checking alone', await timed(() => readAll()));
} finally {
  await database.close();
  await server.close();
  await rm(folder, { recursive: true, force: true });
}

async function importFile(): Promise<void> {
  const open = () => ({ chunks: createReadStream(csv) });
  const by = { actor: 'system', name: 'bench' };
  const onProgress = (): void => {
    peakBytes = Math.max(peakBytes, process.memoryUsage.rss());
  };
  const outcome = await commitImport(deps, { open, importId: await newRun(), by, onProgress });
  if (!outcome.ok) throw new Error(outcome.error.message);
  print(`  ${JSON.stringify(outcome.value)}`);
}

async function copyCleaned(portions: readonly string[]): Promise<void> {
  const origin = { importId: await newRun(), firstId: deps.newUuid(), now: systemClock.now() };
  await runImportTx({ database }, async (tx, client) => {
    await createStage(tx);
    for (const portion of portions) {
      await pipeline(
        createReadStream(portion),
        client.query(copyFrom(`copy import_portion (${STAGE_COLUMNS}) from stdin`)),
      );
      await insertPortion(tx, origin);
    }
    await keepRefusals(tx, origin.importId);
    await mergeRepeats(tx);
    await settleStaged(tx, origin);
  });
}

async function readAll(): Promise<void> {
  for await (const _ of cleanedPortions());
}

/** What the import would send to the database, one file per portion. */
async function writeCleaned(): Promise<readonly string[]> {
  const paths: string[] = [];
  for await (const portion of cleanedPortions()) {
    const path = join(folder, `portion-${paths.length}.copy`);
    await writeFile(path, portion);
    paths.push(path);
  }
  return paths;
}

async function* cleanedPortions(): AsyncGenerator<Buffer> {
  const request = { open: () => ({ chunks: createReadStream(csv) }) };
  yield* readPortions(await openImport(request), request, { rows: 0, refused: 0, emailsDropped: 0 });
}

async function newRun(): Promise<Uuid> {
  const id = deps.newUuid();
  const run = { id, fileName: 'contacts.csv', fileBytes: 0, blobKey: 'bench', createdAt: systemClock.now() };
  await insertImportRun(database.db, { ...run, createdBy: 'bench' });
  return id;
}

async function timed(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return (performance.now() - startedAt) / 1000;
}

function report(name: string, seconds: number): void {
  const perSecond = Math.round(ROWS / seconds).toLocaleString('en-US');
  print(`${name}: ${seconds.toFixed(1)} s, ${perSecond} rows/s`);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
