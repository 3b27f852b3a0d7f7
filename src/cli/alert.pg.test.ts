import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, describe, expect, it } from 'vitest';
import { mailReceiver, pagerDutyReceiver } from '../../test/alert-receivers.ts';
import { testDatabase } from '../../test/test-database.ts';
import { type CliRun, jsonLines, runCli } from './cli.fixture.ts';

const KEY = 'R0123456789abcdef0123456789abcde';
const { db, connectionString } = await testDatabase();
const mail = await mailReceiver();
const pagerDuty = await pagerDutyReceiver();
const dataDir = await mkdtemp(join(tmpdir(), 'textwright-alert-'));
afterAll(() => rm(dataDir, { recursive: true, force: true }));

const bare = { DATABASE_URL: connectionString, TEXTWRIGHT_DATA_DIR: dataDir };
const env = { ...bare, SMTP_URL: mail.url, MAIL_FROM: 'texts@example.com', PAGERDUTY_URL: pagerDuty.url };
const cli = (args: readonly string[], options: { readonly stdin?: string } = {}): Promise<CliRun> =>
  runCli(args, { env, ...options });

describe('alert settings', () => {
  it('are shown, changed in parts, and never show the key', async () => {
    const set = await cli(
      ['alert', 'settings', '--recipient', 'dana@example.com', '--quiet-hours', '22:00-07:00', '--pagerduty-key'],
      { stdin: `${KEY}\n` },
    );
    expect(set).toMatchObject({ code: 0, err: '' });
    const severity = await cli(['alert', 'settings', '--minimum-severity', 'error', '--json']);
    expect(jsonLines(severity)).toMatchObject([
      {
        recipients: ['dana@example.com'],
        quietHours: { startMinute: 1_320, endMinute: 420 },
        minimumSeverity: 'error',
        pagerDutyKeySet: true,
      },
    ]);
    const shown = await cli(['alert', 'settings']);
    expect(shown.out).toContain('from texts@example.com to dana@example.com');
    expect(shown.out).toContain('22:00 to 07:00, but for critical');
    expect(`${set.out}${severity.out}${shown.out}`).not.toContain(KEY);
  });

  it.each([
    ['an address', ['--recipient', 'dana'], 1, 'got "dana"'],
    ['hours', ['--quiet-hours', 'night'], 2, 'got "night"'],
    ['hours of another day', ['--quiet-hours', '25:00-07:00'], 1, 'got 1500 and 420'],
    ['both at once', ['--owners', '--recipient', 'a@example.com'], 2, 'goes without --recipient'],
  ])('refuse %s that makes no sense', async (_, flags, code, words) => {
    const run = await cli(['alert', 'settings', ...flags]);
    expect(run).toMatchObject({ code, out: '' });
    expect(run.err).toContain(words);
  });
});

describe('alert test', () => {
  it('goes out by mail and to PagerDuty', async () => {
    const run = await cli(['alert', 'test', '--json']);
    expect(jsonLines(run)).toMatchObject([
      { channel: 'mail', ok: true, detail: 'dana@example.com' },
      { channel: 'pagerduty', ok: true },
    ]);
    expect([mail.mails.length, pagerDuty.events.length]).toEqual([1, 2]);
  });

  it('fails when a channel fails, and says why', async () => {
    mail.refuse = { code: 550, text: 'No such mailbox' };
    const run = await cli(['alert', 'test']);
    mail.refuse = undefined;
    expect(run).toMatchObject({ code: 1, err: expect.stringContaining('did not go out by mail') });
    expect(run.out).toMatch(/mail +FAILED .*No such mailbox/);
  });

  it('names what to do while no channel is set up', async () => {
    await sql`delete from setting where key = 'alerts'`.execute(db);
    const run = await runCli(['alert', 'test'], { env: bare });
    expect(run).toMatchObject({ code: 1, err: expect.stringContaining('SMTP_URL and MAIL_FROM') });
  });
});

describe('alert list', () => {
  it('shows what is open with whom it has reached, and what is over when asked', async () => {
    expect(await cli(['alert', 'list'])).toMatchObject({ code: 0, out: '', err: 'Nothing is wrong\n' });
    await sql`
      insert into alert (id, kind, subject, severity, headline, summary, link, detail, opened_at, last_seen_at, resolved_at)
      select ('00000000-0000-7000-8000-00000000000' || n)::uuid, 'lane_paused', 'lane:' || n, 'error', 'Office ' || n, 'x', '/', '{}',
        '2026-11-17T15:00:00Z', '2026-11-17T15:00:00Z', case n when 2 then '2026-11-17T16:00:00Z'::timestamptz end
      from generate_series(1, 2) n`.execute(db);
    await sql`
      insert into alert_delivery (alert_id, channel, event, opening, state, next_at, error, created_at)
      values ('00000000-0000-7000-8000-000000000001', 'pagerduty', 'trigger', 1, 'failed', '2026-11-17Z', 'answered 400', '2026-11-17Z')`.execute(
      db,
    );
    const open = await cli(['alert', 'list']);
    expect(open.out).toMatch(/error +Tue, Nov 17, .* open +Office 1 +pagerduty failed: answered 400\n/);
    expect(jsonLines(await cli(['alert', 'list', '--state', 'all', '--json']))).toHaveLength(2);
    expect((await cli(['alert', 'list', '--state', 'resolved'])).out).toMatch(/over Tue, Nov 17, .*Office 2 +nobody\n/);
  });
});
