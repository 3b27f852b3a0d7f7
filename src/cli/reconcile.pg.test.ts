import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { insertAccount } from '../../test/fixtures.ts';
import { testDatabase } from '../../test/test-database.ts';
import { testWorld } from '../../test/world.ts';
import { runTx } from '../platform/database.ts';
import { parseId } from '../platform/ids.ts';
import { secretsWithKey } from '../platform/secrets.ts';
import { instant } from '../platform/time.ts';
import { endRun, insertDiffs } from '../reconciliation/run-store.ts';
import { type CliRun, jsonLines, runCli } from './cli.fixture.ts';

const { db, connectionString } = await testDatabase();
const world = testWorld();
await insertAccount(
  db,
  { ...world, secrets: secretsWithKey(world.random.bytes(32), world.random) },
  { baseUrl: 'http://127.0.0.1:1', apiKey: 'key', lanes: [{ gatewayRef: 'PNtest01', phone: '+16175550001' }] },
);
const cli = (...args: readonly string[]): Promise<CliRun> =>
  runCli(['reconcile', ...args], { env: { DATABASE_URL: connectionString } });
const fields = (run: CliRun, ...names: readonly string[]) =>
  jsonLines(run).map((line) => names.map((name) => (line as Record<string, unknown>)[name]));

it('starts a comparison, shows where it stands, and what it found', async () => {
  const started = await cli('run', '--account', 'test', '--since', '2d', '--json');
  expect(started.code).toBe(0);
  const [[id, state] = []] = fields(started, 'id', 'state');
  expect(state).toBe('waiting');
  expect(await cli('run', '--since', '2d')).toMatchObject({
    code: 1,
    err: expect.stringContaining('being reconciled already'),
  });
  expect(fields(await cli('status', '--json'), 'id', 'state')).toEqual([[id, 'waiting']]);

  const runId = parseId('reconciliation', String(id)) ?? '';
  await runTx(db, async (tx) => {
    await insertDiffs(tx, runId, [
      {
        kind: 'missing_here',
        what: 'received',
        gatewayId: 'AC1',
        phone: '+16175550123',
        laneId: null,
        at: instant('2026-11-17T15:00:00Z'),
        here: null,
        there: 'received',
      },
    ]);
    await sql`update reconciliation_run set state = 'running', started_at = created_at where id = ${runId}`.execute(tx);
    await endRun(tx, runId, { state: 'completed', error: null, now: world.clock.now() });
  });
  const read = await cli('history');
  expect(read).toMatchObject({ code: 0, err: '' });
  expect(read.out).toMatch(new RegExp(`^${id}  Test, manual, completed\n  .* to .*: 0 texts and 0 calls read`));
  expect((await cli('history', String(id))).out).toMatch(
    /^Tue, Nov 17, 10:00 EST +\+16175550123 +Missing here: a text from this person, now stored\n$/,
  );
  expect(fields(await cli('history', String(id), '--json'), 'gatewayId', 'kind')).toEqual([['AC1', 'missing_here']]);
});

it.each([
  ['an account that nobody knows', ['run', '--account', 'Paris'], 1, 'no account is called "Paris"; there are Test'],
  ['a time that is none', ['run', '--since', 'yesterday'], 2, '"yesterday" is no time'],
  ['an id of something else', ['history', 'call_1'], 2, 'is no id like rec_'],
] as const)('refuses %s', async (_case, args, code, err) => {
  expect(await cli(...args)).toMatchObject({ code, out: '', err: expect.stringContaining(err) });
});
