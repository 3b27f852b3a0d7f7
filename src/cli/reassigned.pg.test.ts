import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { everybodyAgrees, insertContacts } from '../../test/fixtures.ts';
import { testDatabase } from '../../test/test-database.ts';
import { testWorld } from '../../test/world.ts';
import { systemClock } from '../platform/clock.ts';
import { type CliRun, jsonLines, runCli } from './cli.fixture.ts';

const { db, connectionString } = await testDatabase();
const cli = (...args: readonly string[]): Promise<CliRun> =>
  runCli(['reassigned', ...args], { env: { DATABASE_URL: connectionString } });
const folder = await mkdtemp(join(tmpdir(), 'reassigned-'));
afterAll(() => rm(folder, { recursive: true }));
await insertContacts(db, testWorld(), [{ phone: '+16175550123' }, { phone: '+16175550124' }]);
await everybodyAgrees(db);
const today = systemClock.now().toString().slice(0, 10);

it('questions are made, written, answered by a file that is whole, and kept', async () => {
  expect((await cli('list')).out).toContain('Nothing was asked yet');
  expect(await cli('ask')).toMatchObject({ code: 2, err: expect.stringContaining('--all for every contact') });
  const [asked] = jsonLines(await cli('ask', '--all', '--json')) as readonly { id: string; questions: number }[];
  const id = asked?.id ?? '';
  expect(asked).toMatchObject({ questions: 2 });
  const { out } = await cli('questions', id);
  expect(out).toMatch(/^6175550123,\d{4}-\d\d-\d\d\r\n6175550124,\d{4}-\d\d-\d\d\r\n$/);
  const path = join(folder, 'answers.csv');
  await writeFile(path, out.replace('\r\n', ',yes\r\n'));
  const answers = () => cli('answers', id, path, '--as-of', today);
  expect(await answers()).toMatchObject({ code: 1, err: expect.stringMatching(/line 2.*Nothing was changed/s) });
  await writeFile(path, out.replaceAll('\r\n', ',yes\r\n'));
  expect((await answers()).out).toContain('2 numbers given up and left out of campaigns, 0 not, 0 without data');
  expect((await cli('list')).out).toMatch(/2 questions +all contacts +2 numbers given up/);
  expect((await cli('record', id)).out).toMatch(/\+16175550124,\d{4}-\d\d-\d\d,consent,cns_\w+,yes,/);
  expect(await cli('record', 'cmp_1')).toMatchObject({ code: 2 });
});
