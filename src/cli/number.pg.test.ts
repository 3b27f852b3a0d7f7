import { expect, it } from 'vitest';
import { insertContacts, testPhones } from '../../test/fixtures.ts';
import { testDatabase } from '../../test/test-database.ts';
import { testWorld } from '../../test/world.ts';
import { type CliRun, jsonLines, runCli } from './cli.fixture.ts';

const { db, connectionString } = await testDatabase();
await insertContacts(
  db,
  testWorld(),
  testPhones(3).map((phone) => ({ phone })),
);
const cli = (...args: readonly string[]): Promise<CliRun> =>
  runCli(['number', ...args], { env: { DATABASE_URL: connectionString } });

it('begins a batch, shows it with the quotas, and cancels it', async () => {
  const started = await cli('validate', '--all', '--json');
  expect(started).toMatchObject({ code: 0, err: expect.stringContaining('within a minute') });
  const [batch] = jsonLines(started) as readonly [{ readonly id: string }];
  expect(batch).toMatchObject({ source: 'contacts', state: 'open', total: 3, done: 0 });
  expect(await cli('validate', '--all')).toMatchObject({ code: 1, err: expect.stringContaining('already') });

  const shown = await cli('status');
  expect(shown.code).toBe(0);
  expect(shown.out).toMatch(/numverify +no key/);
  expect(shown.out).toMatch(/left out +landline, toll-free, invalid/);
  expect(shown.out).toMatch(/contacts +3 of 3 unverified/);
  expect(shown.out).toContain(`${batch.id}  contacts, open, 0 of 3 numbers`);

  const waiting = await cli('export', batch.id, '--outcome', 'waiting');
  expect(waiting.out.split(/\r?\n/).map((line) => line.split(',')[0])).toEqual(['phone', ...testPhones(3), '']);
  expect((await cli('export', batch.id, '--outcome', 'landline')).out.trim()).toMatch(/^phone,[^\n]*$/);

  expect((await cli('cancel', batch.id)).out).toContain('cancelled');
  expect(jsonLines(await cli('status', '--json'))).toEqual([
    {
      status: expect.objectContaining({ importMode: 'off' }),
      batches: [expect.objectContaining({ state: 'cancelled' })],
    },
  ]);
});

it.each([
  [['validate'], 'say which numbers'],
  [['validate', '--import', 'x'], 'is no id of an import'],
  [['cancel', 'x'], 'is no id like val_'],
  [['export', 'x'], 'is no id like val_'],
])('refuses %j', async (args, words) => {
  expect(await cli(...args)).toMatchObject({ code: 2, err: expect.stringContaining(words) });
});
