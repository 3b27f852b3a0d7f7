import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { testDatabase } from '../../test/test-database.ts';
import { type CliRun, jsonLines, runCli } from './cli.fixture.ts';

const { db, connectionString } = await testDatabase();
const cli = (...args: readonly string[]): Promise<CliRun> => runCli(args, { env: { DATABASE_URL: connectionString } });

beforeAll(async () => {
  await sql`
    insert into gateway_account (id, kind, name, base_url, environment, api_key_sealed, state, created_at, updated_at)
    values ('00000000-0000-7000-8000-000000000001', 'quo', 'Office', 'http://127.0.0.1:1', 'sandbox', 'sealed', 'active',
      '2026-01-01Z', '2026-01-01Z')`.execute(db);
  await sql`
    insert into lane (id, account_id, gateway_ref, phone, name, zone, state, created_at, updated_at)
    select ('00000000-0000-7000-8000-00000000001' || n)::uuid, '00000000-0000-7000-8000-000000000001', 'PN' || n,
      '+1617555900' || n, 'Line ' || n, 'America/New_York', 'active', '2026-01-01Z', '2026-01-01Z'
    from generate_series(1, 2) n`.execute(db);
});

describe('settings sending-policy', () => {
  it('is shown, changed in parts, and shown again', async () => {
    expect((await cli('settings', 'sending-policy', 'show')).out).toContain(
      'standard: weekdays 09:00-20:00, Saturday 09:00-20:00, Sunday 12:00-20:00\n',
    );
    const blackout = ['--blackout', 'TX 2026-12-24..2099-12-26 Ice storm'];
    const hours = ['--business-hours', 'Mon-Fri 09:00-17:00'];
    const set = await cli('settings', 'sending-policy', 'set', '--preset', 'strict', ...hours, ...blackout);
    expect(set).toMatchObject({ code: 0 });
    expect(set.out).toMatch(/Business hours +Monday 09:00-17:00, .* \(America\/New_York\)\n/);
    const run = await cli('settings', 'sending-policy', 'set', '--texts-per-person', '2', '--json');
    expect(jsonLines(run)).toMatchObject([
      {
        preset: 'strict',
        messagesPerDay: 2,
        businessHours: { zone: 'America/New_York' },
        blackouts: [{ state: 'TX' }],
      },
    ]);
    const { rows } = await sql<{ actor: string }>`
      select actor from audit_entry where action = 'sending_policy.changed'`.execute(db);
    expect(rows).toEqual([{ actor: expect.stringMatching(/^cli:/) }, { actor: expect.stringMatching(/^cli:/) }]);
  });

  it('is refused with what, value and remedy', async () => {
    const run = await cli('settings', 'sending-policy', 'set', '--texts-per-person', '0');
    expect(run).toMatchObject({ code: 1, out: '' });
    expect(run.err).toContain('expected 1 to 20 texts to one person in 24 hours, got 0; to text nobody, pause sending');
    expect(await cli('settings', 'sending-policy', 'set')).toMatchObject({ code: 2 });
  });

  it('decides what explain quiet-hours says, when it is asked for', async () => {
    const ask = ['explain', 'quiet-hours', '--state', 'Ohio', '--at', '2026-11-17T14:30:00Z', '--json'];
    expect(jsonLines(await cli(...ask))).toMatchObject([{ open: true, rule: { code: 'standard' }, states: ['OH'] }]);
    expect(jsonLines(await cli(...ask, '--settings'))).toMatchObject([
      { open: false, opensAt: '2026-11-17T15:00:00Z', rule: { code: 'strict' }, tableVersion: '2026-01' },
    ]);
  });
});

describe('lane', () => {
  it('is set by its name, and listed with what it may send', async () => {
    const set = await cli('lane', 'set', 'line 1', '--messages-per-second', '0.5', '--parts-per-day', '900', '--json');
    expect(jsonLines(set)).toMatchObject([
      { id: 'lane_00000000000070008000000000000011', messagesPerSecond: 0.5, partsPerSecond: null, partsPerDay: 900 },
    ]);
    await cli('lane', 'set', '(617) 555-9002', '--state', 'draining', '--reason', 'Moving offices');
    const { out } = await cli('lane', 'list');
    expect(out).toMatch(
      /\+16175559001 +Line 1 +0 of 125 texts, 0 of 900 parts +0\.5 texts\/s +America\/New_York +active\n/,
    );
    expect(out).toMatch(
      /\+16175559002 +Line 2 +0 of 125 texts +as the account +America\/New_York +draining: Moving offices \(/,
    );
  });

  it('is refused with what, value and remedy, and nothing changes', async () => {
    const zero = await cli('lane', 'set', 'Line 1', '--daily-cap', '0', '--name', 'Other');
    expect(zero).toMatchObject({ code: 1, out: '' });
    expect(zero.err).toContain(
      'dailyCap: expected 1 to 1,000,000 campaign texts a day, got 0; to send nothing from it',
    );
    expect((await cli('lane', 'set', 'Line 9', '--daily-cap', '5')).err).toContain(
      'no number is called "Line 9"; there are Line 1 +16175559001, Line 2 +16175559002',
    );
    expect(await cli('lane', 'set', 'Line 1', '--parts-per-day', 'many')).toMatchObject({ code: 2, out: '' });
    expect(await cli('lane', 'set', 'Line 1', '--reason', 'because')).toMatchObject({ code: 2, out: '' });
    const { rows } = await sql`select name, daily_cap from lane order by phone limit 1`.execute(db);
    expect(rows).toEqual([{ name: 'Line 1', dailyCap: 125 }]);
  });
});

it('settings opt-out-wording is shown and changed in parts', async () => {
  expect((await cli('settings', 'opt-out-wording', 'show')).out).toMatch(/Added to first texts +no\nWords +Reply STOP/);
  const set = await cli('settings', 'opt-out-wording', 'set', '--add', 'yes', '--json');
  expect(jsonLines(set)).toEqual([{ adds: true, wording: 'Reply STOP to opt out.' }]);
  expect(await cli('settings', 'opt-out-wording', 'set', '--wording', 'Bye')).toMatchObject({ code: 1, out: '' });
  expect(await cli('settings', 'opt-out-wording', 'set')).toMatchObject({ code: 2 });
});

it('settings default-consent is shown and changed', async () => {
  expect((await cli('settings', 'default-consent', 'show')).out).toMatch(/New campaigns ask for +marketing\n/);
  const set = await cli('settings', 'default-consent', 'set', 'express,express_written', '--json');
  expect(jsonLines(set)).toEqual([{ policy: 'custom', kinds: ['express', 'express_written'] }]);
  expect(await cli('settings', 'default-consent', 'set', 'none')).toMatchObject({ code: 2, out: '' });
});

it('the state of compliance and the report of opt-outs are told, for people and as JSON', async () => {
  expect((await cli('optout', 'add', '617-555-0123', '--note', 'Called')).code).toBe(0);
  const status = await cli('compliance', 'status');
  expect(status).toMatchObject({ code: 0, err: '' });
  expect(status.out).toMatch(
    /Opt-outs of 30 days +0 of 0 texts; carriers: 5 % flags, 10 % stops\n +by api +1, half within/,
  );
  expect(jsonLines(await cli('compliance', 'status', '--json'))).toMatchObject([
    { days: 30, optOuts: { byWay: [{ how: 'api' }] } },
  ]);
  const report = await cli('optout', 'report', '--by', 'state', '--state', 'ma', '--lane', 'Line 1', '--json');
  expect(jsonLines(report)).toMatchObject([{ total: { texts: 0, optOuts: 0, alarm: 'few' }, rates: [], byWay: [] }]);
  const file = (await cli('optout', 'export', '--days', '7')).out.split('\r\n');
  expect(file).toEqual([
    expect.stringMatching(/^phone,reason,.*,state$/),
    expect.stringMatching(/^\+16175550123,opt_out,api,.*,$/),
    '',
  ]);
  expect(await cli('optout', 'report', '--campaign', 'None')).toMatchObject({ code: 1, out: '' });
});
