import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, describe, expect, it } from 'vitest';
import { demoClient } from '../src/demo/demo-client.ts';
import { startSandbox } from '../src/gateways/sandbox/sandbox.ts';
import { CHECK_WITHIN_MS } from '../src/health/health-check.ts';
import { lookAfterHealth } from '../src/health/health-job.ts';
import type { Health } from '../src/http/contract/health.ts';
import type { Account } from '../src/http/contract/operations.ts';
import { start } from '../src/main.ts';
import { manualClock, systemClock } from '../src/platform/clock.ts';
import { parseConfig } from '../src/platform/config.ts';
import { parseId } from '../src/platform/ids.ts';
import { createLog } from '../src/platform/log.ts';
import { addMs, type Instant, instant, MINUTE_MS, msBetween, SECOND_MS } from '../src/platform/time.ts';
import { mailReceiver, pagerDutyReceiver } from './alert-receivers.ts';
import { insertContacts, launchTestCampaign, testPhones } from './fixtures.ts';
import { OWNER } from './running-world.ts';
import { API_KEY, NUMBERS } from './sending-world.ts';
import { testDatabase } from './test-database.ts';

/**
 * How long an outage of the webhooks goes unnoticed, from the first one that is lost to the mail and the PagerDuty event. The whole
 * program on a clock that stands still between two steps: the minutes of this test are those of the promise, however slow the machine.
 * The passive watch is asked when its job would: three times a minute, and when a check must be over.
 */
const NOTICED_WITHIN_MS = 5 * MINUTE_MS;
/** What the test does not play: waiting in the queues of jobs, on the way to a look and from it to the mail server. */
const QUEUES_MS = 10 * SECOND_MS;
const LOOK_EVERY_MS = 20 * SECOND_MS;
const PAGERDUTY_KEY = 'R0123456789abcdef0123456789abcde';
const REAL_MS_MAX = 30_000;
const REST_REAL_MS = 20;
const MOMENT_MS = 25;
const STEP_MS = 2 * SECOND_MS;
const TEST_MS_MAX = 300_000;
const [ONE, TWO] = NUMBERS;

/** Polls the world outside and the tables; time stands still meanwhile. */
async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const giveUpAt = performance.now() + REAL_MS_MAX;
  while (!(await holds())) {
    if (performance.now() > giveUpAt) throw new Error(`still not true after ${REAL_MS_MAX} ms: ${what}`);
    await systemClock.sleep(5);
  }
}

async function office() {
  const database = await testDatabase();
  const { db } = database;
  const mail = await mailReceiver();
  const pagerDuty = await pagerDutyReceiver();
  const clock = manualClock(instant('2026-11-17T15:00:00Z'));
  const sandbox = await startSandbox({
    clock,
    seed: 7,
    accounts: [{ apiKey: API_KEY, numbers: NUMBERS }],
    people: { landlineShare: 0, unreachableShare: 0, replyShare: 0 },
    faults: {},
  });
  const dataDir = await mkdtemp(join(tmpdir(), 'textwright-outage-'));
  const config = parseConfig(
    {
      DATABASE_URL: database.connectionString,
      TEXTWRIGHT_DATA_DIR: dataDir,
      PORT: '0',
      LOG_LEVEL: process.env['TEST_LOG_LEVEL'] ?? 'silent',
      SMTP_URL: mail.url,
      MAIL_FROM: 'Textwright <texts@example.com>',
      PAGERDUTY_URL: pagerDuty.url,
    },
    dataDir,
  );
  const running = await start({ config, role: 'all', clock, log: createLog({ level: config.logLevel }) });
  afterAll(async () => {
    await running.close();
    await sandbox.close();
    await rm(dataDir, { recursive: true, force: true });
  });
  const client = demoClient(running.url ?? '');
  await client.send('POST', '/v1/setup', { ...OWNER, businessName: 'Acme Concrete', zone: 'America/New_York' });
  const account = await client.send<Account>(
    'POST',
    '/v1/accounts',
    { kind: 'quo', name: 'Office', apiKey: API_KEY, baseUrl: sandbox.url, ratePerSecond: 0.15, historyDays: 0 },
    'connect',
  );
  const accountId = parseId('account', account.id) ?? '';
  const laneOf = (phone: string) => account.lanes.find((lane) => lane.phone === phone)?.id ?? '';
  await client.send('PATCH', `/v1/lanes/${laneOf(ONE.phone)}`, { dailyCap: 1_000 });
  await client.send('PUT', `/v1/accounts/${account.id}/health-settings`, {
    enabled: true,
    fromLaneId: laneOf(ONE.phone),
    toLaneId: laneOf(TWO.phone),
    intervalMinutes: 60,
  });
  await client.send('PUT', '/v1/alert-settings', {
    recipients: ['dana@example.com'],
    minimumSeverity: 'warning',
    quietHours: null,
    pagerDutyKey: PAGERDUTY_KEY,
  });
  const services = { ...running.services, db };
  const settled = async (): Promise<void> => {
    // The engine's loops know no signal for having come to rest.
    await systemClock.sleep(REST_REAL_MS);
    await sandbox.quiet();
    await until('what came in is applied, and nothing is being handed over', async () => {
      const { rows } = await sql<{ open: boolean }>`
        select exists (select from gateway_event where state in ('received', 'retrying'))
          or exists (select from message where state = 'handing_over') as open`.execute(db);
      if (rows[0]?.open === false) return true;
      // Answers and events are gathered for moments of the clock.
      await clock.advance(MOMENT_MS);
      return false;
    });
  };
  let lookAt = clock.now();
  const health = () => client.get<Health>(`/v1/accounts/${account.id}/health`);
  const look = async (): Promise<void> => {
    await lookAfterHealth(services);
    const { last } = await health();
    const over =
      last === null || last.outcome !== null ? undefined : addMs(instant(last.startedAt), CHECK_WITHIN_MS + SECOND_MS);
    const next = addMs(clock.now(), LOOK_EVERY_MS);
    lookAt = over !== undefined && msBetween(over, next) > 0 && msBetween(clock.now(), over) > 0 ? over : next;
    // Whatever it has told is out before time goes on.
    await until('notices are sent', async () => {
      const { rows } = await sql`select 1 from alert_delivery where state in ('waiting', 'sending')`.execute(db);
      return rows.length === 0;
    });
  };
  /** Lets time pass in steps, each until the world has come to rest, while the watch looks at its times; ends early when `done`. */
  const pass = async (
    ms: number,
    each: (passedMs: number) => Promise<unknown>,
    done: () => boolean = () => false,
  ): Promise<void> => {
    for (let passedMs = 0; passedMs < ms && !done(); passedMs += STEP_MS) {
      await each(passedMs);
      await clock.advance(STEP_MS);
      await settled();
      if (msBetween(lookAt, clock.now()) >= 0) await look();
    }
  };
  const told = () => ({
    mails: mail.mails.map(({ raw }) => /^Subject: (.*)$/m.exec(raw)?.[1]?.trim()),
    pages: pagerDuty.events.map(({ event_action, dedup_key }) => [event_action, dedup_key]),
  });
  return { db, clock, sandbox, services, accountId, laneOf, health, pass, told, pagerDuty };
}

type Office = Awaited<ReturnType<typeof office>>;

const BROKEN = '[Textwright] Office: replies, opt-outs and receipts do not arrive';
const OVER = '[Textwright] Over: Office: replies, opt-outs and receipts do not arrive';

/** From the moment at which nothing comes any more: suspicion, check, alarm; and its end when events flow again. */
async function expectNoticed(
  { clock, sandbox, accountId, health, pass, told, pagerDuty }: Office,
  { kind, each }: { readonly kind: 'receipts' | 'silence'; readonly each: (passedMs: number) => Promise<unknown> },
): Promise<void> {
  expect(told()).toEqual({ mails: [], pages: [] });
  const stoppedAt: Instant = clock.now();
  sandbox.setFaults({ loseWebhookShare: 1 });
  await pass(NOTICED_WITHIN_MS, each, () => pagerDuty.events.length > 0);
  const noticed = msBetween(stoppedAt, clock.now());
  const { last, suspicion } = await health();
  expect(suspicion?.kind).toBe(kind);
  expect(last).toMatchObject({ cause: 'suspicion', outcome: 'failed_no_webhook' });
  const dedupKey = `textwright webhooks_unhealthy account:${accountId}`;
  expect(told()).toEqual({ mails: [BROKEN], pages: [['trigger', dedupKey]] });
  expect(noticed).toBeLessThanOrEqual(NOTICED_WITHIN_MS - QUEUES_MS);

  // It is not told again, however often it is found.
  await pass(11 * MINUTE_MS, each);
  expect((await health()).uptime.day.checks).toBeGreaterThan(2);
  expect(told().pages).toEqual([['trigger', dedupKey]]);

  sandbox.setFaults({});
  await pass(2 * MINUTE_MS, each, () => pagerDuty.events.length > 1);
  expect(told()).toEqual({
    mails: [BROKEN, OVER],
    pages: [
      ['trigger', dedupKey],
      ['resolve', dedupKey],
    ],
  });
  await pass(MINUTE_MS, each);
  expect((await health()).suspicion).toBeNull();
  expect(told().pages).toHaveLength(2);
}

const texting = await office();
const written = await office();

describe('an outage of the webhooks is noticed within five minutes', () => {
  it(
    'while a campaign of eight texts a minute waits for its receipts, on the first day of the account',
    async () => {
      const { db, services, laneOf, pass, health } = texting;
      await insertContacts(
        db,
        services,
        testPhones(400).map((phone) => ({ phone })),
      );
      await launchTestCampaign(db, services, { laneIds: [parseId('lane', laneOf(ONE.phone)) ?? ''] });
      const nothing = async () => undefined;
      await pass(8 * MINUTE_MS, nothing);
      expect((await health()).last).toMatchObject({ cause: 'schedule', outcome: 'healthy' });
      expect((await health()).suspicion).toBeNull();
      await expectNoticed(texting, { kind: 'receipts', each: nothing });
    },
    TEST_MS_MAX,
  );

  it(
    'when people usually write 600 times in this hour, in weeks that differ by a sixth, and nobody is texted',
    async () => {
      const { db, clock, sandbox, accountId, pass, health } = written;
      const weeks = [600, 690, 540, 620, 500, 580, 710, 560];
      await sql`
      insert into event_hour (account_id, hour, events)
      select ${accountId}::uuid, date_trunc('hour', ${clock.now()}::timestamptz) - make_interval(days => 7 * week::int, hours => h), events
      from unnest(${weeks}::int[]) with ordinality as w (events, week), generate_series(-2, 1) as h`.execute(db);
      await sql`insert into event_hour (account_id, hour, events)
      values (${accountId}, date_trunc('hour', ${clock.now()}::timestamptz) - interval '1 hour', 600)`.execute(db);
      // Ten texts in a minute, from as many people.
      const each = async (passedMs: number): Promise<void> => {
        if (passedMs % (6 * SECOND_MS) !== 0) return;
        const from = `+1617555${String(1_000 + passedMs / SECOND_MS).padStart(4, '0')}`;
        await sandbox.personTexts({ from, to: TWO.phone, text: 'When can you come by?' });
      };
      await pass(3 * MINUTE_MS, each);
      expect((await health()).suspicion).toBeNull();
      await expectNoticed(written, { kind: 'silence', each });
    },
    TEST_MS_MAX,
  );
});
