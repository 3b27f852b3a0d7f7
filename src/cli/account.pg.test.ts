import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FakeTwilio, startFakeTwilio } from '../../test/fake-twilio.ts';
import { testDatabase } from '../../test/test-database.ts';
import { systemClock } from '../platform/clock.ts';
import { type CliRun, jsonLines, runCli } from './cli.fixture.ts';

const { db, connectionString } = await testDatabase();
const folder = await mkdtemp(join(tmpdir(), 'textwright-account-'));
const env = { DATABASE_URL: connectionString, TEXTWRIGHT_DATA_DIR: folder, PORT: '7999' };
const cli = (stdin: string, ...args: readonly string[]): Promise<CliRun> =>
  runCli(['account', ...args], { env, stdin });

describe('account', () => {
  let twilio: FakeTwilio;
  beforeAll(async () => {
    twilio = await startFakeTwilio({
      clock: systemClock,
      accountSid: 'ACtest0001',
      authTokens: ['the-primary-token', 'the-secondary-token', 'a-third-token'],
      numbers: [{ sid: 'PNtest0001', phone: '+16175550100', name: 'Main' }],
    });
  });
  afterAll(async () => {
    await twilio.close();
    await rm(folder, { recursive: true });
  });
  const connect = (token: string, ...more: readonly string[]) =>
    cli(token, 'connect', 'twilio', '--account-sid', 'ACtest0001', '--base-url', twilio.url, '--stdin', ...more);

  it('is refused with a wrong token, and nothing is written', async () => {
    const run = await connect('a-token-of-nobody\n');
    expect(run).toMatchObject({ code: 1, out: '' });
    expect(run.err).toContain('refused the Account SID with its Auth Token');
    expect((await cli('', 'list')).err).toContain('No account is connected');
  });

  it('is connected with its token on standard input, and shown without it', async () => {
    const run = await connect(
      'the-primary-token\n',
      '--name',
      'Office',
      '--rate',
      '2',
      '--history-days',
      '7',
      '--json',
    );
    expect(run).toMatchObject({ code: 0, err: '' });
    expect(jsonLines(run)).toMatchObject([
      { kind: 'twilio', name: 'Office', ratePerSecond: 2, lanes: [{ phone: '+16175550100', state: 'active' }] },
    ]);
    expect(run.out).not.toContain('the-primary-token');
    expect((await cli('', 'list')).out).toMatch(/Office +twilio \(sandbox\) +1 number +2 texts\/s +active\n/);
    const { rows } = await sql<{ actor: string }>`
      select actor from audit_entry where action = 'account.connected'`.execute(db);
    expect(rows).toEqual([{ actor: expect.stringMatching(/^cli:/) }]);
    const { rows: runs } = await sql`
      select kind, (until - since) < interval '8 days' as short from reconciliation_run`.execute(db);
    expect(runs).toEqual([{ kind: 'history', short: true }]);
  });

  it('gets a new token, and keeps the one before for what is on its way', async () => {
    expect(await cli('the-secondary-token\n', 'set-key', 'office', '--stdin')).toMatchObject({ code: 0 });
    expect(await cli('', 'refresh', 'Office')).toMatchObject({ code: 0 });
    const { rows } = await sql<{ secrets: number; action: string }>`
      select cardinality(webhook_secrets_sealed) as secrets,
        (select string_agg(action, ' ' order by at, id) from audit_entry) as action from gateway_account`.execute(db);
    expect(rows).toEqual([{ secrets: 2, action: 'account.connected account.key_replaced account.refreshed' }]);
    const wrong = await cli('a-token-of-nobody\n', 'set-key', 'Office', '--stdin');
    expect(wrong).toMatchObject({ code: 1, err: expect.stringContaining('refused the Account SID') });
    expect(await cli('', 'refresh', 'Office')).toMatchObject({ code: 0 });
  });

  it('is led through a change of tokens, of which both are taken until the new one has signed', async () => {
    const rotate = (stdin: string, ...more: readonly string[]): Promise<CliRun> =>
      runCli(['webhook', 'rotate', 'Office', ...more], { env, stdin });
    const same = await rotate('the-secondary-token\n', '--stdin');
    expect(same).toMatchObject({ code: 1, out: '', err: expect.stringContaining('goes on with this key already') });
    const given = await rotate('a-third-token\n', '--stdin');
    expect(given).toMatchObject({
      code: 0,
      err: expect.stringMatching(/1\. In Twilio's console[\s\S]*3\. .*Promote the new one/),
    });
    expect(given.out.match(/number +signs/g)).toHaveLength(1);
    expect(given.out.match(/number +taken until the new one signs/g)).toHaveLength(2);
    expect(given.out).not.toContain('a-third-token');
    expect(await rotate('', '--retire')).toMatchObject({ code: 1, err: expect.stringContaining('can be retired yet') });
    expect(await rotate('')).toMatchObject({ code: 2, err: expect.stringContaining('add --stdin') });
  });

  it.each([
    [2, ['connect', 'twilio', '--stdin'], '--account-sid'],
    [2, ['connect', 'quo', '--history-days', '361'], 'Expected 0 to 360 days'],
    [2, ['connect', 'twilio', '--account-sid', 'SKtest', '--stdin'], 'Expected AC'],
    [2, ['connect', 'quo'], 'add --stdin'],
    [1, ['connect', 'quo', '--stdin'], 'API key: expected the whole of it, got nothing'],
    [1, ['refresh', 'Home'], 'no account is called "Home"; there are Office'],
  ])('ends with %i for %j', async (code, args, words) => {
    expect(await cli('', ...args)).toMatchObject({ code, out: '', err: expect.stringContaining(words) });
  });
});
