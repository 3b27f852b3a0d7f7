import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { insertAccount } from '../../test/fixtures.ts';
import { testDatabase } from '../../test/test-database.ts';
import { testWorld } from '../../test/world.ts';
import { secretsWithKey } from '../platform/secrets.ts';
import { type CliRun, jsonLines, runCli } from './cli.fixture.ts';

const { db, connectionString } = await testDatabase();
const world = testWorld();
const folder = await mkdtemp(join(tmpdir(), 'textwright-cli-'));
afterAll(() => rm(folder, { recursive: true }));
const key = Buffer.alloc(32, 7);
await insertAccount(
  db,
  { ...world, secrets: secretsWithKey(key, world.random) },
  { baseUrl: 'http://127.0.0.1:1', apiKey: 'key', lanes: [] },
);
const cli = (...args: readonly string[]): Promise<CliRun> =>
  runCli(['webhook', 'proxy', ...args], {
    env: {
      DATABASE_URL: connectionString,
      TEXTWRIGHT_DATA_DIR: folder,
      TEXTWRIGHT_SECRET_KEY: key.toString('base64'),
    },
  });
const URL_HERE = 'http://127.0.0.1:3000/hook';

it('adds, lists, tells of and removes targets', async () => {
  expect(await cli('list')).toMatchObject({ code: 0, out: '', err: expect.stringContaining('Nothing is forwarded') });
  expect(await cli('add', URL_HERE)).toMatchObject({
    code: 1,
    out: '',
    err: 'textwright: url: 127.0.0.1 is this machine: add 127.0.0.1 to the allowed networks if it is meant\n',
  });
  const added = await cli('add', URL_HERE, '--allow', '127.0.0.1', '--type', 'message.received');
  expect(added).toMatchObject({ code: 0, err: expect.stringContaining('Events of "Test" are forwarded to') });
  expect(added.out).toMatch(/^twp_[\w-]{32}\n$/);
  const [target] = jsonLines(await cli('list', '--json'));
  expect(target).toMatchObject({ url: URL_HERE, allowedCidrs: ['127.0.0.1/32'], eventTypes: ['message.received'] });
  expect((await cli('list')).out).toMatch(
    /ptg_\w{32} +Test +\S+hook +message.received +0, 0 waiting, 0 failed +active\n$/,
  );
  expect(await cli('log', URL_HERE, '--failed')).toMatchObject({ code: 0, out: '', err: '' });
  expect(await cli('log', 'http://127.0.0.1:4000')).toMatchObject({
    code: 1,
    err: expect.stringContaining('no target is'),
  });
  expect(await cli('remove', URL_HERE)).toMatchObject({
    code: 0,
    err: `Nothing is forwarded to ${URL_HERE} any more\n`,
  });
  expect(jsonLines(await cli('list', '--json'))).toEqual([]);
});

it('does not seal a token with a key that is not the key of the server', async () => {
  const env = { DATABASE_URL: connectionString, TEXTWRIGHT_DATA_DIR: folder };
  const run = await runCli(['webhook', 'proxy', 'add', URL_HERE, '--allow', '127.0.0.1'], { env });
  expect(run).toMatchObject({ out: '', err: expect.stringContaining('TEXTWRIGHT_SECRET_KEY') });
  expect(run.code).not.toBe(0);
  expect(jsonLines(await cli('list', '--json'))).toEqual([]);
});
