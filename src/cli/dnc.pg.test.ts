import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, expect, it } from 'vitest';
import { testDatabase } from '../../test/test-database.ts';
import { zipFile } from '../../test/zip-file.ts';
import { systemClock } from '../platform/clock.ts';
import { addMs, DAY_MS } from '../platform/time.ts';
import { type CliRun, jsonLines, runCli } from './cli.fixture.ts';

const { db, connectionString } = await testDatabase();
const cli = (...args: readonly string[]): Promise<CliRun> =>
  runCli(['dnc', ...args], { env: { DATABASE_URL: connectionString } });
const folder = await mkdtemp(join(tmpdir(), 'dnc-'));
afterAll(() => rm(folder, { recursive: true }));
const file = async (text: string | Buffer): Promise<string> => {
  const path = join(folder, 'list.txt');
  await writeFile(path, text);
  return path;
};
const today = systemClock.now().toString().slice(0, 10);
/** A day of the business begins hours after that of UTC: today's midnight may still be to come. */
const dayBeforeYesterday = addMs(systemClock.now(), -2 * DAY_MS)
  .toString()
  .slice(0, 10);

it('a list is made, filled, asked about, and its age told by the exit code', async () => {
  expect((await cli('status')).out).toContain('There is no do-not-call list');
  expect(await cli('create', 'National', '--kind', 'national')).toMatchObject({ code: 0, err: '' });
  const done = await cli('upload', 'national', await file('6175550123\n6175550124\n'), '--as-of', today);
  expect(done).toMatchObject({ code: 0 });
  expect(done.out).toContain(`"National" has 2 numbers of ${today} now (2 lines read, 0 refused)`);
  expect((await cli('status')).out).toMatch(/National +national +2 numbers +of .* +In force +dnc_/);
  expect((await cli('check', '617-555-0124')).out).toMatch(/is on:\n {2}National/);
  expect((await cli('check', '617-555-0125')).out).toContain('is on no list');
  await sql`update dnc_list set as_of = ${addMs(systemClock.now(), -32 * DAY_MS)}`.execute(db);
  expect(await cli('status')).toMatchObject({ code: 1, err: expect.stringContaining('too old: National') });
});

it('a file with letters in a number changes nothing, and the history says why', async () => {
  const refused = await cli('upload', 'National', await file('6175550125\n617555012X\n'), '--as-of', today);
  expect(refused).toMatchObject({ code: 1, err: expect.stringMatching(/line 2 \("617555012X": more than a number\)/) });
  expect((await cli('check', '6175550125')).out).toContain('is on no list');
  expect(jsonLines(await cli('history', 'National', '--json'))).toMatchObject([
    { state: 'failed', refused: 1 },
    { state: 'in_force', numbers: 2 },
  ]);
});

it('an archive is read as the registry gives it', async () => {
  const done = await cli(
    'upload',
    'National',
    await file(zipFile({ data: '<l c="617"><n>5550123</n><n>5550124</n></l>' })),
    '--as-of',
    today,
  );
  expect(done).toMatchObject({ code: 0, out: expect.stringContaining('has 2 numbers') });
});

it('changes are applied, exemptions recorded, and lists retired', async () => {
  const changed = [
    '--as-of',
    today,
    '--format',
    'changes',
    '--columns',
    'phone,changeType',
    '--may-be-smaller',
    '--json',
  ];
  expect(jsonLines(await cli('upload', 'National', await file('6175550123;D\n'), ...changed))).toMatchObject([
    { mode: 'changes', numbers: 1 },
  ]);
  const exempt = await cli(
    'exempt',
    '6175550124',
    '--reason',
    'Bought a roof',
    '--purchase',
    `${dayBeforeYesterday}T00:00`,
  );
  expect(exempt).toMatchObject({ code: 0, err: '' });
  expect((await cli('check', '6175550124')).out).toContain('exempt (purchase) until');
  expect(await cli('exempt', '6175550124', '--reason', 'abc')).toMatchObject({ code: 2 });
  expect(await cli('retire', 'National', '--yes')).toMatchObject({ code: 0 });
  expect((await cli('check', '6175550124')).out).toContain('is on no list');
});

it('own lists and everybody who must not be called are written as CSV', async () => {
  await cli('create', 'Ours', '--kind', 'internal');
  await cli('upload', 'Ours', await file('6175550177\n'), '--as-of', today);
  expect((await cli('export', 'ours')).out).toBe('phone\r\n+16175550177\r\n');
  expect((await cli('export')).out).toContain(`+16175550177,internal_list,${today}T00:00:00Z,Ours\r\n`);
  expect(await cli('export', 'National')).toMatchObject({ code: 1, err: expect.stringContaining('licensed') });
});

it('what is called wrongly is told with the remedy', async () => {
  expect(await cli('upload', 'Nobody', await file(''), '--as-of', today)).toMatchObject({
    code: 1,
    err: expect.stringContaining('no do-not-call list is called "Nobody"; there are "Ours", "National"'),
  });
  expect(await cli('upload', 'National', await file(''), '--as-of', 'soon')).toMatchObject({ code: 2 });
  expect(await cli('upload', 'National', 'nowhere.txt', '--as-of', today)).toMatchObject({ code: 1 });
});
