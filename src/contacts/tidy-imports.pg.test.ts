import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { sql } from 'kysely';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { somebodyWaits } from '../../test/concurrency.ts';
import { testDatabase } from '../../test/test-database.ts';
import { testWorld } from '../../test/world.ts';
import { openDatabase } from '../platform/database.ts';
import { DAY_MS, MINUTE_MS } from '../platform/time.ts';
import { commitImport } from './import-contacts.ts';
import { importBlobs, receiveUpload } from './import-files.ts';
import { getImportRun, insertImportRun, markRunning } from './import-run-store.ts';
import { tidyImports, UPLOAD_KEPT_DAYS } from './tidy-imports.ts';

const dataDir = await mkdtemp(join(tmpdir(), 'textwright-tidy-'));
const database = await testDatabase();
const { db } = database;
const { clock, newUuid } = testWorld();
const services = { config: { dataDir }, database, clock, newUuid };
const other = openDatabase({
  connectionString: database.connectionString,
  applicationName: 'other',
  maxConnections: 1,
}).db;
afterAll(async () => {
  await other.destroy();
  await rm(dataDir, { recursive: true });
});
beforeEach(() => sql`truncate contact, import_run, import_refusal cascade`.execute(db));

const files = (): Promise<readonly string[]> => readdir(join(dataDir, 'imports')).catch(() => []);
const by = { actor: 'user:1', name: 'Kim' };
const CSV = 'Phone\n6175550123\n';

async function uploaded(): Promise<string> {
  const chunks = Readable.from([Buffer.from(CSV)]);
  const run = await receiveUpload(
    { db, blobs: importBlobs(services.config), clock, newUuid },
    { fileName: 'contacts.csv', chunks, by },
  );
  if (!run.ok) expect.unreachable(run.error.message);
  return run.value.id;
}

/** As the command line makes it: the file stays where it is. */
async function runOfCommandLine(): Promise<string> {
  const id = newUuid();
  const run = { id, fileName: 'contacts.csv', fileBytes: 1, blobKey: '', createdBy: 'Kim', createdAt: clock.now() };
  await insertImportRun(db, run);
  return id;
}

const request = (importId: string) => ({ importId, by, open: () => ({ chunks: Readable.from([Buffer.from(CSV)]) }) });

describe('an upload that nobody imports', () => {
  it('is kept for days, then expires with its file and says how to go on', async () => {
    const id = await uploaded();
    await clock.advance(UPLOAD_KEPT_DAYS * DAY_MS);
    await tidyImports(services);
    expect(await getImportRun(db, id)).toMatchObject({ state: 'uploaded', error: null });
    expect(await files()).toEqual([id]);

    await clock.advance(1);
    await tidyImports(services);
    expect(await getImportRun(db, id)).toMatchObject({
      state: 'failed',
      error: expect.stringMatching(/not imported within 7 days.*upload the file again/),
      finishedAt: clock.now(),
    });
    expect(await files()).toEqual([]);
  });

  it('that is being imported keeps its file, however long it waits for a worker', async () => {
    const id = await uploaded();
    await markRunning(db, id);
    await clock.advance(2 * UPLOAD_KEPT_DAYS * DAY_MS);
    await tidyImports(services);
    expect(await getImportRun(db, id)).toMatchObject({ state: 'running' });
    expect(await files()).toEqual([id]);
    await importBlobs(services.config).remove(id);
  });

  it('leaves nothing when its process was killed before it was whole, or before it was known', async () => {
    const blobs = importBlobs(services.config);
    const [cut, unknown] = [newUuid(), newUuid()];
    let stall = (): void => undefined;
    const stalled = new Promise<void>((resolve) => {
      stall = resolve;
    });
    const putting = blobs.put(cut, endless(stall), { bytesMax: 100 });
    await stalled;
    await blobs.put(unknown, Readable.from([Buffer.from(CSV)]), { bytesMax: 100 });
    expect([...(await files())].sort()).toEqual([`${cut}.part`, unknown].sort());
    await clock.advance(UPLOAD_KEPT_DAYS * DAY_MS + MINUTE_MS);
    await tidyImports(services);
    expect(await files()).toEqual([]);
    void putting;
  });
});

it('an upload without an announced length is cut off at the limit, in clear words, and leaves nothing', async () => {
  let asked = 0;
  async function* zeros(): AsyncGenerator<Uint8Array> {
    for (;;) {
      asked += 1;
      yield new Uint8Array(65_536);
    }
  }
  const deps = { db, blobs: importBlobs(services.config), clock, newUuid, bytesMax: 1_000_000 };
  const refused = await receiveUpload(deps, { fileName: 'contacts.csv', chunks: zeros(), by });
  expect(refused).toMatchObject({
    ok: false,
    error: { kind: 'too_large', message: expect.stringContaining('split it and import the parts one after the other') },
  });
  expect(asked).toBeLessThan(30);
  expect(await files()).toEqual([]);
  expect((await sql`select 1 from import_run`.execute(db)).rows).toEqual([]);
});

/** Some bytes, and then nothing more. */
async function* endless(stall: () => void): AsyncGenerator<Uint8Array> {
  yield Buffer.from('x');
  stall();
  await new Promise(() => undefined);
}

describe('an import of the command line', () => {
  it('whose process is gone is interrupted and names the remedy, which imports everything once', async () => {
    const id = await runOfCommandLine();
    await markRunning(db, id);
    await tidyImports(services);
    expect(await getImportRun(db, id)).toMatchObject({
      state: 'failed',
      error: expect.stringMatching(/^interrupted: .*nothing of it was kept; run it again/),
    });
    const again = await commitImport({ database, clock, newUuid }, request(await runOfCommandLine()));
    expect(again).toMatchObject({ ok: true, value: { created: 1 } });
  });

  it('that runs is left alone, however long it takes', async () => {
    const id = await runOfCommandLine();
    await sql`begin`.execute(other);
    await sql`lock table contact in exclusive mode`.execute(other);
    const importing = commitImport({ database, clock, newUuid }, request(id));
    await somebodyWaits(db);
    await clock.advance(2 * UPLOAD_KEPT_DAYS * DAY_MS);
    await tidyImports(services);
    expect(await getImportRun(db, id)).toMatchObject({ state: 'running' });
    await sql`rollback`.execute(other);
    expect(await importing).toMatchObject({ ok: true, value: { created: 1 } });
  });
});
