import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { sql } from 'kysely';
import { from as copyFrom } from 'pg-copy-streams';
import { PLACE_BY_AREA_CODE } from '../src/contacts/area-codes.ts';
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
import { type Random, seededRandom, systemRandom } from '../src/platform/random.ts';

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
const cleaned = join(folder, 'contacts.copy');
let peakBytes = 0;

try {
  await migrateUp(database.db, {
    migrations: await readMigrations(join(import.meta.dirname, '../migrations')),
    now: systemClock.now(),
  });
  await pipeline(csvFile(seededRandom(7)), createWriteStream(csv));
  const bytes = (await stat(csv)).size;
  print(`${ROWS.toLocaleString('en-US')} rows, ${(bytes / 1e6).toFixed(1)} MB`);

  report('import into an empty database', await timed(() => importFile()));
  print(`  peak memory while importing: ${Math.round(peakBytes / 2 ** 20)} MiB`);
  report('the same file again', await timed(() => importFile()));

  await pipeline(cleanedFile(), createWriteStream(cleaned));
  await sql`truncate contact, import_refusal, import_run cascade`.execute(database.db);
  report('reference: bare COPY of cleaned rows, same merge', await timed(() => copyCleaned()));
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

async function copyCleaned(): Promise<void> {
  const origin = { importId: await newRun(), firstId: deps.newUuid(), now: systemClock.now() };
  await runImportTx({ database }, async (tx, client) => {
    await createStage(tx);
    const copy = client.query(copyFrom(`copy import_portion (${STAGE_COLUMNS}) from stdin`));
    await pipeline(createReadStream(cleaned), copy);
    await insertPortion(tx, origin);
    await keepRefusals(tx, origin.importId);
    await mergeRepeats(tx);
    await settleStaged(tx, origin);
  });
}

async function readAll(): Promise<void> {
  for await (const _ of cleanedFile());
}

async function* cleanedFile(): AsyncGenerator<Buffer> {
  const request = { open: () => ({ chunks: createReadStream(csv) }) };
  yield* readPortions(await openImport(request), request, { rows: 0, refused: 0, emailsDropped: 0 });
}

async function newRun(): Promise<Uuid> {
  const id = deps.newUuid();
  const run = { id, fileName: 'contacts.csv', fileBytes: 0, blobKey: 'bench', createdAt: systemClock.now() };
  await insertImportRun(database.db, { ...run, createdBy: 'bench' });
  return id;
}

async function* csvFile(random: Random): AsyncGenerator<string> {
  yield 'First Name,Last Name,Mobile Phone,Email,Company,Street,City,State,Zip,Tags,Notes\r\n';
  const places = [...PLACE_BY_AREA_CODE].map(([areaCode, { state }]) => ({ areaCode, state }));
  for (let from = 0; from < ROWS; from += 1_000) {
    const rows = Array.from({ length: Math.min(1_000, ROWS - from) }, (_, index) =>
      csvRow(random, places, from + index),
    );
    yield rows.join('');
  }
}

function csvRow(random: Random, places: readonly { areaCode: string; state: string }[], row: number): string {
  const number = random.int(1, 100) <= 3 ? random.int(0, row) : row;
  const place = places[number % places.length] ?? { areaCode: '617', state: 'MA' };
  const line = Math.floor(number / places.length);
  const exchange = 200 + (Math.floor(line / 10_000) % 700);
  const digits = `${place.areaCode}${exchange}${String(line % 10_000).padStart(4, '0')}`;
  const phone = random.int(1, 100) <= 2 ? 'call office' : shaped(digits, random.int(0, 5));
  const firstName = random.pick(['Ana', 'Björn', 'Mary Ann', 'José', 'Kim', 'Omar']);
  const lastName = random.pick(['García', 'Smith', '"Brown, Jr."', "O'Brien", 'de la Cruz']);
  const email = row % 2 === 0 ? `person.${row}@example.com` : '';
  const company = row % 3 === 0 ? `"Smith & Sons ${row % 5_000}, LLC"` : '';
  const notes = row % 20 === 0 ? '"said ""call me"",\nthen left"' : '';
  return `${firstName},${lastName},${phone},${email},${company},${row % 900} Elm St,Springfield,${place.state},,lead;estimate,${notes}\r\n`;
}

function shaped(digits: string, shape: number): string {
  const [area, exchange, line] = [digits.slice(0, 3), digits.slice(3, 6), digits.slice(6)];
  const shapes = [
    digits,
    `(${area}) ${exchange}-${line}`,
    `${area}-${exchange}-${line}`,
    `+1${digits}`,
    `1-${area}-${exchange}-${line}`,
    `${area}.${exchange}.${line}`,
  ];
  return shapes[shape] ?? digits;
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
