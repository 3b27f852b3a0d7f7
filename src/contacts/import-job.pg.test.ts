import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { sql } from 'kysely';
import { afterAll, beforeEach, expect, it } from 'vitest';
import { testDatabase } from '../../test/test-database.ts';
import { testWorld } from '../../test/world.ts';
import { createLog } from '../platform/log.ts';
import { importBlobs, receiveUpload } from './import-files.ts';
import { importJob } from './import-job.ts';
import { getImportRun, markRunning } from './import-run-store.ts';

const dataDir = await mkdtemp(join(tmpdir(), 'textwright-import-job-'));
afterAll(() => rm(dataDir, { recursive: true }));
const database = await testDatabase();
const { db } = database;
const { clock, newUuid } = testWorld();
const config = { dataDir };
const { handle } = importJob({ config, database, clock, newUuid, log: createLog({ level: 'silent' }) });
const by = { actor: 'user:1', name: 'Kim' };
beforeEach(() => sql`truncate contact, import_run cascade`.execute(db));

/** A file whose import was asked for. */
async function asked(): Promise<string> {
  const chunks = Readable.from([Buffer.from('Phone\n6175550123\n')]);
  const upload = { fileName: 'contacts.csv', chunks, by };
  const run = await receiveUpload({ db, blobs: importBlobs(config), clock, newUuid }, upload);
  if (!run.ok) expect.unreachable(run.error.message);
  await markRunning(db, run.value.id);
  return run.value.id;
}

const attempt = (importId: string, signal = new AbortController().signal): Promise<void> =>
  handle({ id: 'job', data: { importId, by }, lastAttempt: false, signal });

/** What a process leaves that is killed while it imports. */
const killedWhileImporting = (id: string) =>
  sql`update import_run set attempts = attempts + 1 where id = ${id}`.execute(db);
const filesLeft = (): Promise<readonly string[]> => readdir(join(dataDir, 'imports'));

it('goes on after its process was killed, and ends with the contacts and without the file', async () => {
  const id = await asked();
  await killedWhileImporting(id);
  await killedWhileImporting(id);
  await attempt(id);
  expect(await getImportRun(db, id)).toMatchObject({ state: 'completed', createdContacts: 1 });
  expect(await filesLeft()).toEqual([]);
});

it('whose process is killed every time ends as interrupted instead of ending that process for ever', async () => {
  const id = await asked();
  for (const _ of [1, 2, 3]) await killedWhileImporting(id);
  await attempt(id);
  expect(await getImportRun(db, id)).toMatchObject({
    state: 'failed',
    error: expect.stringMatching(/interrupted 3 times, and nothing of it was kept; upload the file again/),
  });
  expect(await filesLeft()).toEqual([]);
});

it('that cannot read its file tries again, three times in all', async () => {
  const id = await asked();
  await importBlobs(config).remove(id);
  await expect(attempt(id)).rejects.toThrow('ENOENT');
  await expect(attempt(id)).rejects.toThrow('ENOENT');
  expect(await getImportRun(db, id)).toMatchObject({ state: 'running' });
  await attempt(id);
  expect(await getImportRun(db, id)).toMatchObject({ state: 'failed' });
});

it('is not held against the file when the server is stopped in order, however often', async () => {
  const id = await asked();
  for (const _ of [1, 2, 3, 4])
    await expect(attempt(id, AbortSignal.abort(new Error('shutting down')))).rejects.toThrow('shutting down');
  await attempt(id);
  expect(await getImportRun(db, id)).toMatchObject({ state: 'completed' });
});
