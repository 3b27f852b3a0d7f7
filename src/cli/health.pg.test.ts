import { hostname } from 'node:os';
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { runningWorld, SECRET_KEY } from '../../test/running-world.ts';
import { API_KEY } from '../../test/sending-world.ts';
import { testDatabase } from '../../test/test-database.ts';
import { keepLocalAddress } from '../business/local-address.ts';
import { systemClock } from '../platform/clock.ts';
import { type CliRun, jsonLines, runCli } from './cli.fixture.ts';

const database = await testDatabase();
// The command line has a clock of its own: both go at the speed of the world.
const world = await runningWorld(database, { factor: 1, startsAt: systemClock.now().toString() });
const { dataDir } = world.running.services.config;
const env = {
  DATABASE_URL: database.connectionString,
  TEXTWRIGHT_DATA_DIR: dataDir,
  TEXTWRIGHT_SECRET_KEY: SECRET_KEY,
};
const cli = (...args: readonly string[]): Promise<CliRun> => runCli(args, { env });

beforeAll(async () => {
  await world.client.send(
    'POST',
    '/v1/accounts',
    { kind: 'quo', name: 'Office', apiKey: API_KEY, baseUrl: world.sandbox.url },
    'connect',
  );
});

describe('webhook', () => {
  it('check says that all is well, or what is not, by its exit code', async () => {
    const run = await cli('webhook', 'check');
    expect(run).toMatchObject({ code: 0, err: '' });
    expect(run.out).toMatch(/^Office: all events are asked for, and come here\n/);
    expect(run.out.match(/ {2}key [0-9a-f]{12}/g)).toHaveLength(1);
    const machine = hostname();
    await keepLocalAddress(database.db, { url: 'http://127.0.0.1:7990', machine }, world.clock.now());
    const elsewhere = await cli('webhook', 'check', 'Office', '--json');
    await keepLocalAddress(database.db, { url: world.url, machine }, world.clock.now());
    expect(elsewhere).toMatchObject({ code: 1, err: expect.stringContaining('1 account of 1 not as it should be') });
    expect(jsonLines(elsewhere)).toMatchObject([
      { name: 'Office', generation: 'newest', fallback: null, findings: [{ kind: 'elsewhere' }] },
    ]);
  });

  it('repair moves an older account to the newest events, and rotate changes the key', async () => {
    await sql`update gateway_account set webhook_generation = 'proven', webhook_fallback = 'Forbidden: ask us'`.execute(
      database.db,
    );
    expect((await cli('webhook', 'check')).out).toContain(
      'The newest events were refused to this key (Forbidden: ask us)',
    );
    expect(jsonLines(await cli('webhook', 'repair', 'Office', '--newest', '--json'))).toMatchObject([
      { generation: 'newest', fallback: null, findings: [] },
    ]);
    const rotated = await cli('webhook', 'rotate', 'office');
    expect(rotated).toMatchObject({ code: 0, err: '' });
    expect(rotated.out.match(/ {2}all +signs/g)).toHaveLength(1);
    expect(rotated.out.match(/ends \d{4}-/g)).toHaveLength(1);
    expect(await cli('webhook', 'rotate', 'Office', '--retire')).toMatchObject({
      code: 1,
      err: expect.stringContaining('no old key of "Office" can be retired yet'),
    });
  });
});

describe('health', () => {
  it('is not checked until two numbers are chosen', async () => {
    expect((await cli('health', 'status')).out).toMatch(/Office +not checked +- +- +-/);
    expect(await cli('health', 'run', 'Office')).toMatchObject({
      code: 1,
      err: expect.stringContaining('no two numbers'),
    });
    expect(await cli('health', 'settings', 'Office', '--from', 'One', '--to', 'One')).toMatchObject({ code: 1 });
    const set = await cli('health', 'settings', 'Office', '--from', 'One', '--to', 'Two', '--every', '30', '--off');
    expect(set).toMatchObject({ code: 0, out: 'Office: from +16175550001 to +16175550002, off\n' });
  });

  it('runs a check, and shows it in its history', async () => {
    const run = await cli('health', 'run', 'Office', '--json');
    expect(run).toMatchObject({ code: 0 });
    expect(jsonLines(run)).toMatchObject([{ outcome: 'healthy', detail: null }]);
    expect((await cli('health', 'history', 'Office')).out).toMatch(/ healthy .* \(command line\)/);
    expect(jsonLines(await cli('health', 'status', '--json'))).toMatchObject([
      { name: 'Office', uptime: { day: { checks: 1, good: 1, share: 1 } } },
    ]);
  }, 60_000);

  it.each([
    [2, ['settings', 'Office', '--from', 'One'], '--to'],
    [2, ['settings', 'Office', '--from', 'One', '--to', 'Two', '--every', '5'], 'Expected 15 to 1440'],
    [1, ['history', 'Home'], 'no account is called "Home"; there are Office'],
  ])('ends with %i for %j', async (code, args, words) => {
    expect(await cli('health', ...args)).toMatchObject({ code, out: '', err: expect.stringContaining(words) });
  });
});
