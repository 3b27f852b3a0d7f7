import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, expect, it } from 'vitest';
import { insertContacts } from '../../test/fixtures.ts';
import { testDatabase } from '../../test/test-database.ts';
import { testWorld } from '../../test/world.ts';
import { type CliRun, jsonLines, runCli } from './cli.fixture.ts';

const { db, connectionString } = await testDatabase();
const folder = await mkdtemp(join(tmpdir(), 'scrub-'));
afterAll(() => rm(folder, { recursive: true }));
const env = { DATABASE_URL: connectionString, TEXTWRIGHT_DATA_DIR: folder };
const cli = (stdin: string, ...args: readonly string[]): Promise<CliRun> => runCli(['scrub', ...args], { env, stdin });
await insertContacts(db, testWorld(), [{ phone: '+16175550123' }]);

it('a service is chosen with a key that is never shown, a batch begun, told and cancelled', async () => {
  expect((await cli('', 'status')).out).toContain('No service is asked');
  expect(await cli('', 'start', '--all')).toMatchObject({
    code: 1,
    err: expect.stringContaining('no service is chosen'),
  });
  expect(await cli('', 'service', 'dncscrub')).toMatchObject({ code: 2, err: expect.stringContaining('add --stdin') });
  expect(await cli('', 'service', 'nobody', '--stdin')).toMatchObject({
    code: 2,
    err: expect.stringContaining('service'),
  });
  const chosen = await cli(
    'a-long-key-of-ours\n',
    'service',
    'dncscrub',
    '--monthly-quota',
    '500',
    '--nightly',
    '--stdin',
  );
  expect(chosen).toMatchObject({ code: 0, err: '' });
  expect(chosen.out).toMatch(
    /DNCScrub: 0 of 500 numbers asked this month, .*, every night\n1 of 1 contact have no answer/,
  );
  const { rows } = await sql`select value from setting where key = 'scrubbing'`.execute(db);
  expect(JSON.stringify(rows)).not.toContain('a-long-key-of-ours');
  expect((await cli('', 'service', 'dncscrub', '--no-nightly', '--keep-key')).out).not.toContain('every night');
  const [batch] = jsonLines(await cli('', 'start', '--all', '--json')) as readonly { id: string }[];
  expect(batch).toMatchObject({ state: 'open', total: 1 });
  expect((await cli('', 'status')).out).toMatch(/open +all contacts +0 listed, 0 clean, 0 unknown of 1/);
  expect((await cli('', 'cancel', batch?.id ?? '')).out).toContain('cancelled');
  expect(await cli('', 'cancel', 'val_1')).toMatchObject({ code: 2 });
});
