import { sql } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';
import { MAIL_PASSWORD, mailReceiver, pagerDutyReceiver } from '../../test/alert-receivers.ts';
import { testDatabase } from '../../test/test-database.ts';
import { testWorld } from '../../test/world.ts';
import { parseConfig } from '../platform/config.ts';
import { openDatabase, runTx, type Tx } from '../platform/database.ts';
import { createLog } from '../platform/log.ts';
import { secretsWithKey } from '../platform/secrets.ts';
import { addMs, MINUTE_MS } from '../platform/time.ts';
import type { NewAlert } from './alert.ts';
import type { AlertSettingsInput } from './alert-settings.ts';
import { listAlertRows, listDeliveriesOf } from './alert-store.ts';
import { changeAlertSettings } from './change-alert-settings.ts';
import { deliverDue } from './deliver-alerts.ts';
import { claimDelivery } from './delivery-store.ts';
import { raiseAlert, resolveAlert } from './raise-alert.ts';

const database = await testDatabase();
const mail = await mailReceiver();
const pagerDuty = await pagerDutyReceiver();
const world = testWorld();
const { clock } = world;
const logLines: string[] = [];
const log = createLog({ level: 'debug', destination: { write: (line: string) => void logLines.push(line) } });
const secrets = secretsWithKey(new Uint8Array(32).fill(7), world.random);
const KEY = 'R0123456789abcdef0123456789abcde';
const { db } = database;

const configWith = (env: Readonly<Record<string, string>> = {}) =>
  parseConfig(
    { SMTP_URL: mail.url, MAIL_FROM: 'Textwright <texts@example.com>', PAGERDUTY_URL: pagerDuty.url, ...env },
    '/',
  );
const enqueued: string[] = [];
const jobs = {
  enqueue: async (_tx: unknown, queue: string) => void enqueued.push(queue),
};
let services = {
  ...world,
  database,
  log,
  secrets,
  jobs,
  config: configWith(),
  publicUrl: () => 'https://texts.example.com',
};

const ALERT: NewAlert = {
  kind: 'account_paused',
  subject: 'account:00000000-0000-7000-8000-00000000000a',
  severity: 'error',
  headline: 'Main line: paused: Not enough credits',
  summary: 'The account "Main line" is paused: Not enough credits. Add credit with the provider',
  link: '/settings/numbers',
};
const raise = (alert: Partial<NewAlert> = {}) => runTx(db, (tx) => raiseAlert(tx, services, { ...ALERT, ...alert }));
const resolve = (key: Partial<NewAlert> = {}) => runTx(db, (tx) => resolveAlert(tx, services, { ...ALERT, ...key }));
const deliver = async (): Promise<void> => {
  await deliverDue(services, 'mail');
  await deliverDue(services, 'pagerduty');
};
const alerts = () => listAlertRows(db, { state: 'all', after: undefined, limit: 50 });
const notices = async () =>
  listDeliveriesOf(
    db,
    (await alerts()).map(({ id }) => id),
  );
/** Until another session waits for a lock. */
async function somebodyWaits(): Promise<void> {
  for (let waiting = 0; waiting === 0; ) {
    const { rows } = await sql<{ n: number }>`select count(*) as n from pg_locks where not granted`.execute(db);
    waiting = rows[0]?.n ?? 0;
  }
}
const subjects = () => mail.mails.map(({ raw }) => /^Subject: (.*)$/m.exec(raw)?.[1]?.trim());
const actions = () => pagerDuty.events.map((event) => event.event_action);

async function setUp(settings: Partial<AlertSettingsInput> = {}): Promise<void> {
  const input = {
    recipients: ['dana@example.com'],
    minimumSeverity: 'warning',
    quietHours: null,
    pagerDutyKey: KEY,
    ...settings,
  };
  const changed = await changeAlertSettings(
    { ...services, db },
    { change: () => input as AlertSettingsInput, actor: 'test' },
  );
  if (!changed.ok) throw new Error(changed.error.message);
}

beforeEach(async () => {
  await sql`truncate alert, alert_delivery`.execute(db);
  mail.mails.length = 0;
  pagerDuty.events.length = 0;
  pagerDuty.answer = { status: 202, body: '{}' };
  mail.refuse = undefined;
  enqueued.length = 0;
  services = { ...services, config: configWith() };
  await setUp();
});

describe('an alert', () => {
  it('is told once however often it is raised, and once that it is over', async () => {
    for (let n = 0; n < 5; n += 1) await raise();
    await deliver();
    await resolve();
    await resolve();
    await deliver();
    expect(subjects()).toEqual([
      '[Textwright] Main line: paused: Not enough credits',
      '[Textwright] Over: Main line: paused: Not enough credits',
    ]);
    expect(actions()).toEqual(['trigger', 'resolve']);
    expect(new Set(pagerDuty.events.map((event) => event.dedup_key)).size).toBe(1);
    expect(await alerts()).toMatchObject([{ times: 5, openings: 1, resolvedAt: clock.now() }]);
    expect(enqueued.toSorted()).toEqual(['alert-mail', 'alert-mail', 'alert-pagerduty', 'alert-pagerduty']);
  });

  it('goes to whom the settings name, with the words and the sender', async () => {
    await setUp({ recipients: ['dana@example.com', 'max@example.com'] });
    await raise();
    await deliver();
    expect(mail.mails).toMatchObject([{ from: 'texts@example.com', to: ['dana@example.com', 'max@example.com'] }]);
    expect(mail.mails[0]?.raw).toContain('Open it: https://texts.example.com/settings/numbers');
    expect(pagerDuty.events[0]).toMatchObject({
      routing_key: KEY,
      payload: { severity: 'error', source: 'texts.example.com', class: 'account_paused' },
    });
  });

  it('goes to all owners while nobody is named', async () => {
    await setUp({ recipients: [] });
    const owner = (email: string, active: boolean, role = 'owner') =>
      sql`
      insert into auth_user (id, name, email, role, active, created_at, updated_at)
      values (${world.newUuid()}, 'x', ${email}, ${role}, ${active}, ${clock.now()}, ${clock.now()})`.execute(db);
    await owner('olivia@example.com', true);
    await owner('gone@example.com', false);
    await owner('mia@example.com', true, 'manager');
    await raise();
    await deliver();
    expect(mail.mails.map(({ to }) => to)).toEqual([['olivia@example.com']]);
  });

  it('leaves nothing behind when its transaction does not commit', async () => {
    const failing = runTx(db, async (tx: Tx) => {
      await raiseAlert(tx, services, ALERT);
      throw new Error('what it tells of did not happen');
    });
    await expect(failing).rejects.toThrow('did not happen');
    await deliver();
    expect([await alerts(), mail.mails, pagerDuty.events]).toEqual([[], [], []]);
  });

  it('is one although two raise it at the same instant', async () => {
    let second: Promise<void> = Promise.resolve();
    await runTx(db, async (tx) => {
      await raiseAlert(tx, services, ALERT);
      second = raise();
      await somebodyWaits();
    });
    await second;
    await deliver();
    expect(await alerts()).toMatchObject([{ times: 2 }]);
    expect([mail.mails.length, pagerDuty.events.length]).toEqual([1, 1]);
  });

  it('below the least severity is shown and told to nobody, nor is its end', async () => {
    await setUp({ minimumSeverity: 'critical' });
    await raise();
    await resolve();
    expect(await alerts()).toHaveLength(1);
    expect(await notices()).toEqual([]);
  });

  it('that was not worth telling is told, once, when it gets worse while it is open', async () => {
    await raise({ severity: 'info', headline: 'Events arrive twice' });
    await deliver();
    expect([subjects(), actions()]).toEqual([[], []]);
    for (let n = 0; n < 3; n += 1) await raise({ severity: 'error', headline: 'Events do not arrive' });
    await raise({ severity: 'info', headline: 'Events arrive twice' });
    await raise({ severity: 'error', headline: 'Events do not arrive' });
    await deliver();
    expect([subjects(), actions()]).toEqual([['[Textwright] Events do not arrive'], ['trigger']]);
    await resolve();
    await deliver();
    expect(actions()).toEqual(['trigger', 'resolve']);
  });

  it('in the quiet hours waits for their end in the mail, and is not told at all when it is over by then', async () => {
    await setUp({ quietHours: { startMinute: 9 * 60, endMinute: 11 * 60 } });
    await raise();
    await raise({ subject: 'account:b' });
    await raise({ subject: 'account:c', severity: 'critical', headline: 'Critical' });
    await deliver();
    expect([subjects(), actions()]).toEqual([['[Textwright] Critical'], ['trigger', 'trigger', 'trigger']]);
    await resolve({ subject: 'account:b' });
    await clock.advance(61 * MINUTE_MS);
    await deliver();
    expect(subjects()).toHaveLength(2);
    expect(actions()).toEqual(['trigger', 'trigger', 'trigger', 'resolve']);
  });
});

describe('an alert that comes and goes', () => {
  it('is told at most once in ten minutes, and then as it is', async () => {
    await raise();
    await deliver();
    for (let minute = 1; minute <= 30; minute += 1) {
      await clock.advance(MINUTE_MS);
      // Open for two minutes, away for one.
      if (minute % 3 === 2) await resolve();
      if (minute % 3 === 0) await raise();
      await deliver();
    }
    const openings = actions().filter((action) => action === 'trigger').length;
    expect(openings).toBeGreaterThan(1);
    expect(openings).toBeLessThanOrEqual(4);
    expect(actions().length).toBeLessThanOrEqual(2 * openings);
    expect(await alerts()).toMatchObject([{ openings: 11, resolvedAt: null }]);
    // It stays open now: the last word says so.
    await clock.advance(11 * MINUTE_MS);
    await deliver();
    expect([actions().at(-1), subjects().at(-1)]).toEqual([
      'trigger',
      '[Textwright] Main line: paused: Not enough credits',
    ]);
  });

  it('is a new one after ten quiet minutes, told at once', async () => {
    await raise();
    await resolve();
    await deliver();
    await clock.advance(10 * MINUTE_MS);
    await raise();
    await deliver();
    expect(actions()).toEqual(['trigger', 'resolve', 'trigger']);
    expect(await alerts()).toHaveLength(2);
  });

  it('has to be seen to anew by somebody', async () => {
    await raise();
    await sql`update alert set acknowledged_at = ${clock.now()}, acknowledged_by = 'Dana'`.execute(db);
    await raise();
    expect(await alerts()).toMatchObject([{ acknowledgedBy: 'Dana' }]);
    await resolve();
    await raise();
    expect(await alerts()).toMatchObject([{ acknowledgedBy: null, openings: 2 }]);
  });
});

describe('a mail server', () => {
  it('that is away loses nothing: opening and end come in order when it is back', async () => {
    await mail.goAway();
    await raise();
    await deliver();
    await clock.advance(MINUTE_MS);
    await deliver();
    await resolve();
    await raise({ subject: 'account:b', headline: 'Second' });
    expect(await notices()).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ channel: 'mail', event: 'trigger', state: 'waiting', attempts: 2 }),
      ]),
    );
    await mail.comeBack();
    await clock.advance(2 * MINUTE_MS);
    await deliver();
    expect(subjects().filter((subject) => subject !== '[Textwright] Second')).toEqual([
      '[Textwright] Main line: paused: Not enough credits',
      '[Textwright] Over: Main line: paused: Not enough credits',
    ]);
    expect(mail.mails).toHaveLength(3);
    expect(actions()).toHaveLength(3);
  });

  it('that is back gets at once what had failed, however long that was to wait', async () => {
    await mail.goAway();
    await raise();
    for (let n = 0; n < 8; n += 1) {
      await deliver();
      await clock.advance(15 * MINUTE_MS);
    }
    await deliver();
    await mail.comeBack();
    await raise({ subject: 'account:b', headline: 'Second' });
    await deliver();
    expect(subjects()).toEqual(['[Textwright] Second', '[Textwright] Main line: paused: Not enough credits']);
  });

  it('that refuses a recipient for good is not asked again, and says why', async () => {
    mail.refuse = { code: 550, text: 'No such mailbox' };
    await raise();
    await deliver();
    await clock.advance(60 * MINUTE_MS);
    await deliver();
    const [trigger] = (await notices()).filter(({ channel }) => channel === 'mail');
    expect(trigger).toMatchObject({ state: 'failed', attempts: 1 });
    expect(trigger?.error).toContain('No such mailbox');
    await resolve();
    expect((await notices()).filter(({ channel }) => channel === 'mail')).toHaveLength(1);
  });

  it('that is busy is asked again', async () => {
    mail.refuse = { code: 451, text: 'Greylisted' };
    await raise();
    await deliver();
    mail.refuse = undefined;
    await clock.advance(MINUTE_MS);
    await deliver();
    expect(mail.mails).toHaveLength(1);
  });

  it('that does not let us in is asked again, and its password is said nowhere', async () => {
    services = { ...services, config: configWith({ SMTP_URL: mail.url.replace(MAIL_PASSWORD, 'wrong-horse-mail') }) };
    await raise();
    await deliverDue(services, 'mail');
    const [waiting] = await notices();
    expect(waiting).toMatchObject({ state: 'waiting', attempts: 1 });
    expect(waiting?.error).toContain('Invalid login');
    expect(`${waiting?.error} ${logLines.join('')}`).not.toContain('horse-mail');
  });

  it('that nobody has named gets nothing, and PagerDuty still does', async () => {
    services = { ...services, config: parseConfig({ PAGERDUTY_URL: pagerDuty.url }, '/') };
    await raise();
    await deliver();
    expect([mail.mails.length, actions()]).toEqual([0, ['trigger']]);
  });
});

describe('PagerDuty', () => {
  const pages = async () => (await notices()).filter(({ channel }) => channel === 'pagerduty');

  it('that refuses the key is not asked again; the refusal is shown, and the key is nowhere', async () => {
    pagerDuty.answer = { status: 400, body: `{"status":"invalid event","errors":["routing_key ${KEY} is wrong"]}` };
    await raise();
    await deliver();
    await clock.advance(60 * MINUTE_MS);
    await deliver();
    const [page] = await pages();
    expect(page).toMatchObject({ state: 'failed', attempts: 1 });
    expect(page?.error).toContain('answered 400');
    const { rows } = await sql<{ everything: string }>`
      select coalesce((select jsonb_agg(to_jsonb(d)) from alert_delivery d)::text, '') || coalesce((select jsonb_agg(to_jsonb(a)) from alert a)::text, '')
        || (select jsonb_agg(to_jsonb(s)) from setting s)::text || (select jsonb_agg(to_jsonb(x)) from audit_entry x)::text as everything`.execute(
      db,
    );
    expect(`${rows[0]?.everything} ${logLines.join('')}`).not.toContain(KEY);
  });

  it.each([429, 500, 503])('that answers %i is asked again', async (status) => {
    pagerDuty.answer = { status, body: 'later' };
    await raise();
    await deliver();
    expect(await pages()).toMatchObject([{ state: 'waiting', attempts: 1 }]);
    pagerDuty.answer = { status: 202, body: '{}' };
    await clock.advance(MINUTE_MS);
    await deliver();
    expect(await pages()).toMatchObject([{ state: 'sent', attempts: 2 }]);
  });

  it('is not told before a trigger that is still on its way', async () => {
    pagerDuty.answer = { status: 503, body: 'later' };
    await raise();
    await deliver();
    await resolve();
    pagerDuty.answer = { status: 202, body: '{}' };
    await deliverDue(services, 'pagerduty');
    expect(actions()).toEqual(['trigger']);
    await clock.advance(MINUTE_MS);
    await deliverDue(services, 'pagerduty');
    expect(actions()).toEqual(['trigger', 'trigger', 'resolve']);
  });
});

describe('two workers', () => {
  it('send each notice once', async () => {
    const other = openDatabase({
      connectionString: database.connectionString,
      applicationName: 'other',
      maxConnections: 4,
    });
    for (let n = 0; n < 12; n += 1) await raise({ subject: `account:${n}`, headline: `Account ${n}` });
    const both = [services, { ...services, database: other }];
    await Promise.all(both.flatMap((worker) => [deliverDue(worker, 'mail'), deliverDue(worker, 'pagerduty')]));
    await other.close();
    expect(new Set(subjects()).size).toBe(12);
    expect([mail.mails.length, pagerDuty.events.length]).toEqual([12, 12]);
  });

  it('claim different ones at the same instant', async () => {
    for (const subject of ['account:a', 'account:b']) await raise({ subject });
    const claim = { channel: 'mail', now: clock.now(), until: addMs(clock.now(), MINUTE_MS) } as const;
    await runTx(db, async (tx) => {
      const first = await claimDelivery(tx, claim);
      const second = await runTx(db, (other) => claimDelivery(other, claim));
      expect(new Set([first?.alertId, second?.alertId]).size).toBe(2);
      expect([first?.state, second?.state]).toEqual(['sending', 'sending']);
    });
  });

  it('take over what one of them left in the middle, when its claim has ended', async () => {
    await raise();
    await sql`update alert_delivery set state = 'sending', attempts = 1,
      claimed_until = ${clock.now()}::timestamptz + interval '2 minutes' where channel = 'mail'`.execute(db);
    await deliverDue(services, 'mail');
    expect(mail.mails).toEqual([]);
    await clock.advance(2 * MINUTE_MS);
    await deliverDue(services, 'mail');
    expect(mail.mails).toHaveLength(1);
  });
});
