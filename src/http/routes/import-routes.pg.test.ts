import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type Client, httpWorld } from '../../../test/http-world.ts';
import { importJob } from '../../contacts/import-job.ts';
import { parseId } from '../../platform/ids.ts';
import { type Jobs, openJobs } from '../../platform/jobs.ts';
import type { Services } from '../../services.ts';
import type { Api } from '../api.ts';
import { registerContactRoutes } from './contact-routes.ts';
import { registerImportRoutes } from './import-routes.ts';

const dataDir = await mkdtemp(join(tmpdir(), 'textwright-imports-'));
let jobs: Jobs | undefined;
const services = (all: Services): Services => ({
  ...all,
  config: { ...all.config, dataDir },
  jobs: { enqueue: async (...job) => jobs?.enqueue(...job), close: async () => {} },
});
const world = await httpWorld({
  registrars: [registerContactRoutes, (api: Api, all: Services) => registerImportRoutes(api, services(all))],
});
const { database, log } = world.services;
const queues = [importJob(services(world.services))];
jobs = await openJobs({ connectionString: database.connectionString, queues, log });
const owner = await world.owner();
afterAll(async () => {
  await jobs?.close();
  await rm(dataDir, { recursive: true, force: true });
});

const upload = (client: Client, text: string, fileName = 'contacts.csv') =>
  client.send('POST', `/v1/imports?fileName=${encodeURIComponent(fileName)}`, {
    body: text,
    headers: { 'content-type': 'application/octet-stream' },
  });

/** Resolves with the import when it is over; every change of it is told over LISTEN/NOTIFY. */
async function finished(client: Client, id: string) {
  for (;;) {
    const told = new Promise<void>((resolve) => {
      const stop = world.services.live.subscribe(`import:${parseId('import', id)}`, () => {
        stop();
        resolve();
      });
    });
    const { json } = await client.get(`/v1/imports/${id}`);
    if (json.state === 'completed' || json.state === 'failed') return json;
    await told;
  }
}

const CSV =
  'Name,Phone,Roof age\nMaria Lopez,617-555-0123,12\nOmar Khan,(617) 555-0124,\nBroken,12,\nMaria L,6175550123,\n';

describe('an import over HTTP', () => {
  it('is uploaded, previewed without any change, imported in the background, and its refused rows can be had as a file', async () => {
    const uploaded = await upload(owner, CSV, 'spring list.csv');
    expect(uploaded.status).toBe(201);
    expect(uploaded.json).toMatchObject({
      fileName: 'spring list.csv',
      fileBytes: CSV.length,
      state: 'uploaded',
      preview: null,
    });
    const { id } = uploaded.json;
    const previewed = await owner.post(`/v1/imports/${id}/preview`, {});
    expect(previewed.json).toMatchObject({
      state: 'previewed',
      preview: {
        rows: 4,
        newContacts: 2,
        mergedRows: 1,
        refusedRows: 1,
        refused: [{ line: 4, value: '12', reason: 'invalid_phone' }],
      },
    });
    expect((await owner.get('/v1/contacts/count')).json.count).toBe(0);

    const mapping = { 0: 'fullName', 1: 'phone', 2: 'attribute:roof_age' };
    const committed = await owner.post(`/v1/imports/${id}/commit`, { mapping, addTags: ['spring'] });
    expect([committed.status, committed.json.state]).toEqual([202, 'running']);
    expect((await owner.post(`/v1/imports/${id}/commit`, {})).status).toBe(409);
    const done = await finished(owner, id);
    expect(done).toMatchObject({
      state: 'completed',
      result: { rows: 4, created: 2, merged: 1, refused: 1 },
      error: null,
    });
    const contacts = await owner.get('/v1/contacts?tag=spring&search=lopez');
    expect(contacts.json.data).toEqual([
      expect.objectContaining({ phone: '+16175550123', lastName: 'Lopez', attributes: { roof_age: '12' } }),
    ]);
    expect((await owner.get(`/v1/imports/${id}/refusals`)).json.data).toEqual([
      { line: 4, value: '12', reason: 'invalid_phone' },
    ]);
    const file = await owner.get(`/v1/imports/${id}/refusals.csv`);
    expect(file.headers.get('content-disposition')).toContain(
      "filename*=UTF-8''refused%20rows%20of%20spring%20list.csv",
    );
    expect(file.json).toMatch(/^line,value,reason,meaning\r\n4,12,invalid_phone,/);
    const timeline = await owner.get(`/v1/contacts/${contacts.json.data[0].id}/timeline`);
    expect(timeline.json.data.at(-1)).toMatchObject({ kind: 'import', title: 'Imported from spring list.csv' });
  });

  it('keeps no file of an import that is over', async () => {
    const { json } = await upload(owner, CSV);
    await owner.post(`/v1/imports/${json.id}/commit`, {});
    await finished(owner, json.id);
    await jobs?.close();
    jobs = await openJobs({ connectionString: database.connectionString, queues, log });
    expect(await readdir(join(dataDir, 'imports'))).toEqual([]);
  });

  it('fails as a whole, in words, when the file is not what it seemed', async () => {
    const { json } = await upload(owner, 'Name,Town\nMaria,Boston\n');
    const refused = await owner.post(`/v1/imports/${json.id}/commit`, { mapping: { 0: 'firstName', 1: 'city' } });
    expect([refused.status, refused.json.errors[0].pointer]).toEqual([422, '/mapping']);
    await owner.post(`/v1/imports/${json.id}/commit`, {});
    const done = await finished(owner, json.id);
    expect(done).toMatchObject({ state: 'failed', result: null, error: expect.stringContaining('phone') });
  });

  it('refuses a file that is announced as too large before a byte of it is sent', async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const sending = request(`${world.server.url}/v1/imports?fileName=big.csv`, {
        method: 'POST',
        headers: { cookie: owner.cookie, 'content-length': 3 * 1024 ** 3 },
      });
      sending.on('error', reject);
      sending.on('response', (response) => {
        resolve(response.statusCode);
        sending.off('error', reject).on('error', () => {});
        sending.destroy();
      });
      sending.flushHeaders();
    });
    expect(status).toBe(413);
  });

  it('refuses an empty file, and keeps nothing of it', async () => {
    expect((await upload(owner, '')).status).toBe(422);
    expect(await readdir(join(dataDir, 'imports'))).toEqual([]);
  });

  it.each([
    ['a quote without a clear meaning', 'Name,Phone\n"Ann,6175550123\n"Bob",6175550124\n', 'line 2 has a quote'],
    ['one line that is longer than any row', 'x'.repeat(1_500_000), 'line 1 is longer than 1 million characters'],
    ['more columns than can be read', `${'x,'.repeat(20_000)}x\n`, 'line 1 has 20,001 columns'],
  ])('names %s with file and line, and changes nothing', async (_, text, words) => {
    const { count: before } = (await owner.get('/v1/contacts/count')).json;
    const { id } = (await upload(owner, text, 'fair leads.csv')).json;
    const previewed = await owner.post(`/v1/imports/${id}/preview`, {});
    expect([previewed.status, previewed.json.detail]).toEqual([422, expect.stringContaining(words)]);
    expect(previewed.json.detail).toMatch(/^fair leads.csv: /);
    expect((await owner.post(`/v1/imports/${id}/commit`, {})).status).toBeLessThan(300);
    expect(await finished(owner, id)).toMatchObject({ state: 'failed', error: expect.stringContaining(words) });
    expect((await owner.get('/v1/contacts/count')).json.count).toBe(before);
  });

  it('takes the sample contacts', async () => {
    const sample = await owner.post('/v1/imports/sample');
    expect(sample.status).toBe(201);
    const previewed = await owner.post(`/v1/imports/${sample.json.id}/preview`, {});
    expect(previewed.json.preview.newContacts).toBeGreaterThan(100);
  });

  it('lists imports newest first, page by page', async () => {
    const ids: string[] = [];
    for (let cursor = ''; ; ) {
      const page = await owner.get(`/v1/imports?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`);
      ids.push(...page.json.data.map((run: { id: string }) => run.id));
      if (page.json.nextCursor === null) break;
      cursor = page.json.nextCursor;
    }
    expect(ids).toEqual([...ids].sort().reverse());
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('is unknown, or has a cursor that is none', async () => {
    const unknown = 'imp_0193f6c2a1b47c3d8e5f60718293a4b5';
    expect((await owner.get(`/v1/imports/${unknown}`)).status).toBe(404);
    expect((await owner.get(`/v1/imports/${unknown}/refusals.csv`)).status).toBe(404);
    expect((await owner.post(`/v1/imports/${unknown}/commit`, {})).status).toBe(404);
    const { json } = await upload(owner, CSV);
    expect((await owner.get(`/v1/imports/${json.id}/refusals?cursor=zzz`)).status).toBe(422);
  });
});
