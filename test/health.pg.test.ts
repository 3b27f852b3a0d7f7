import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { listAlertRows } from '../src/alerts/alert-store.ts';
import { REFUSALS } from '../src/gateways/sandbox/options.ts';
import { checkText } from '../src/health/health-check.ts';
import { type HealthServices, lookAfterHealth } from '../src/health/health-job.ts';
import { settleChecks } from '../src/health/settle-checks.ts';
import { watchAccount } from '../src/health/watch-events.ts';
import type { Health } from '../src/http/contract/health.ts';
import type { Account } from '../src/http/contract/operations.ts';
import { parseId, type Uuid } from '../src/platform/ids.ts';
import { addMs, HOUR_MS, MINUTE_MS, SECOND_MS } from '../src/platform/time.ts';
import { runningWorld } from './running-world.ts';
import { API_KEY, NUMBERS } from './sending-world.ts';
import { testDatabase } from './test-database.ts';

/** The whole program checks whether events come in, with the sandbox as the world outside. */
const database = await testDatabase();
const world = await runningWorld(database, { factor: 60 });
const { client, sandbox } = world;
const { db } = database;
const [ONE, TWO] = NUMBERS;

let account: Account;
let accountId: Uuid;
let services: HealthServices;
let settings: Record<string, unknown>;
beforeAll(async () => {
  account = await client.send<Account>(
    'POST',
    '/v1/accounts',
    {
      kind: 'quo',
      name: 'Office',
      apiKey: API_KEY,
      baseUrl: sandbox.url,
      ratePerSecond: 50,
    },
    'connect',
  );
  accountId = parseId('account', account.id) ?? '';
  services = { ...world.running.services, db };
  settings = {
    enabled: false,
    fromLaneId: account.lanes.find(({ phone }) => phone === ONE.phone)?.id,
    toLaneId: account.lanes.find(({ phone }) => phone === TWO.phone)?.id,
    intervalMinutes: 60,
  };
});

const path = (rest = 'health') => `/v1/accounts/${account.id}/${rest}`;
const health = () => client.get<Health>(path());
const set = (change: object = {}) => client.send<Health>('PUT', path('health-settings'), { ...settings, ...change });
let keys = 0;
const check = () => {
  keys += 1;
  return client.send<Health>('POST', path('health-checks'), undefined, `check-${keys}`);
};
const ended = (what: string) =>
  world.until(what, async () => {
    const { last } = await health();
    return last !== null && last.outcome !== null && last;
  });
/** Its time is over. */
const expire = async (): Promise<void> => {
  await sql`update health_check set due_at = started_at where outcome is null`.execute(db);
  await settleChecks(services);
};
const sent = () =>
  world.until('the text is sent', async () => {
    const { rows } = await sql`
      select 1 from health_check c join message m on m.id = c.message_id and m.state in ('sent', 'delivered')
      where c.outcome is null`.execute(db);
    return rows.length === 1;
  });
/** Of the incoming events; that a refused text has paused its number is told elsewhere. */
const openAlerts = async () =>
  (await listAlertRows(db, { state: 'open', after: undefined, limit: 10 }))
    .filter(({ kind }) => kind.startsWith('webhook'))
    .map(({ kind, headline }) => [kind, headline]);
const count = async (table: string) =>
  (await sql<{ n: number }>`select count(*) as n from ${sql.table(table)}`.execute(db)).rows[0]?.n;

describe('a health check', () => {
  it('needs two numbers, of which the one that receives is of the account', async () => {
    await expect(check()).rejects.toThrow(/no two numbers are chosen/);
    await expect(set({ fromLaneId: settings['toLaneId'] })).rejects.toThrow(/another number/);
    await expect(set({ toLaneId: account.id.replace('acc', 'lane') })).rejects.toThrow(/must be a number of "Office"/);
    expect((await set()).settings).toEqual(settings);
  });

  it('comes back as an event, and is nowhere counted as a text', async () => {
    expect((await check()).last).toMatchObject({ outcome: null, cause: 'Dana Ortiz' });
    await expect(check()).rejects.toThrow(/under way/);
    const last = await ended('the check has come back');
    expect(last).toMatchObject({ outcome: 'healthy', detail: null });
    expect([last.sentAt, last.webhookAt, last.appliedAt]).not.toContain(null);
    expect((await health()).uptime.day).toEqual({ checks: 1, good: 1, share: 1 });
    const { rows } = await sql`
      select purpose, direction, conversation_id, contact_id, cap_day from message`.execute(db);
    expect(rows).toEqual([
      { purpose: 'health_check', direction: 'outbound', conversationId: null, contactId: null, capDay: null },
    ]);
    for (const table of ['conversation', 'contact', 'enrollment'])
      expect([table, await count(table)]).toEqual([table, 0]);
    const home = await client.get<{ today: { sent: number; delivered: number; replied: number } }>('/v1/home');
    expect(home.today).toMatchObject({ sent: 0, delivered: 0, replied: 0 });
  });

  it('fails when no event comes, which is told until one comes again', async () => {
    sandbox.setFaults({ loseWebhookShare: 1 });
    await check();
    await sent();
    await sandbox.idle();
    await expire();
    sandbox.setFaults({});
    expect((await health()).last).toMatchObject({ outcome: 'failed_no_webhook', webhookAt: null });
    expect(await openAlerts()).toEqual([
      ['webhooks_unhealthy', 'Office: replies, opt-outs and receipts do not arrive'],
    ]);
    await check();
    expect((await ended('the next one has come back')).outcome).toBe('healthy');
    await settleChecks(services);
    expect(await openAlerts()).toEqual([]);
    expect((await health()).uptime.day).toEqual({ checks: 3, good: 2, share: 2 / 3 });
  });

  it('fails when the gateway refuses its text', async () => {
    sandbox.setRefusals([{ ...REFUSALS.notPhoneNumberUser, laneRef: ONE.id }]);
    await check();
    await world.until('the text has been tried', async () => {
      const { rows } = await sql`select 1 from message where state in ('failed', 'pending') and attempts > 0`.execute(
        db,
      );
      return rows.length > 0;
    });
    await expire();
    sandbox.setRefusals([]);
    expect((await health()).last?.outcome).toBe('failed_send');
    const lane = account.lanes.find(({ phone }) => phone === ONE.phone);
    await client.send('PATCH', `/v1/lanes/${lane?.id}`, { state: 'active' });
  });

  it('fails when its event says something else than was sent', async () => {
    sandbox.setFaults({ loseWebhookShare: 1 });
    await check();
    await sent();
    await sandbox.idle();
    sandbox.setFaults({});
    const { rows } = await sql<{ token: string }>`select token from health_check where outcome is null`.execute(db);
    await sandbox.personTexts({ from: ONE.phone, to: TWO.phone, text: `${checkText(rows[0]?.token ?? '')} ` });
    expect(await ended('its event has come')).toMatchObject({
      outcome: 'failed_not_applied',
      appliedAt: null,
      detail: expect.stringContaining('another text'),
    });
    expect(await count('conversation')).toBe(0);
  });

  it('with the token of another account is a text like any other', async () => {
    const { rows } = await sql<{ token: string }>`select token from health_check limit 1`.execute(db);
    await sandbox.personTexts({ from: '+16175550142', to: TWO.phone, text: checkText(rows[0]?.token ?? '') });
    await world.until('it is in the inbox', async () => (await count('conversation')) === 1);
  });

  it('is made at once when events come in again after one that failed', async () => {
    await lookAfterHealth(services);
    expect((await health()).last).toMatchObject({ cause: 'recovery' });
    expect((await ended('it has come back')).outcome).toBe('healthy');
    await settleChecks(services);
    expect(await openAlerts()).toEqual([]);
  });

  it('is made when it is due, and soon again after one that failed', async () => {
    await set({ enabled: true });
    await sql`
      update health_check set started_at = ${addMs(world.clock.now(), -9 * MINUTE_MS)}, outcome = 'failed_send', cause = 'recovery'`.execute(
      db,
    );
    const before = await count('health_check');
    await lookAfterHealth(services);
    expect(await count('health_check')).toBe(before);
    await sql`update health_check set started_at = ${addMs(world.clock.now(), -11 * MINUTE_MS)}`.execute(db);
    await lookAfterHealth(services);
    expect((await health()).last).toMatchObject({ cause: 'schedule' });
    expect((await ended('it has come back')).outcome).toBe('healthy');
    await lookAfterHealth(services);
    expect(await openAlerts()).toEqual([]);
  });
});

const WEEK_MS = 7 * 24 * HOUR_MS;

describe('the passive watch', () => {
  const watch = () =>
    watchAccount(services, { id: accountId, name: 'Office', createdAt: addMs(world.clock.now(), -20 * WEEK_MS) });

  it('begins a check as soon as the receipts of many texts in a row do not come', async () => {
    await sql`update health_check set started_at = started_at - interval '1 hour'`.execute(db);
    const lane = parseId('lane', String(settings['fromLaneId'])) ?? '';
    const now = world.clock.now();
    for (let text = 0; text < 20; text += 1) {
      const at = addMs(now, -55 * MINUTE_MS + text * 20 * SECOND_MS);
      await sql`
        insert into message (id, account_id, lane_id, direction, purpose, phone, body, encoding, parts, state, gateway_message_id, not_before,
          created_at, sent_at)
        values (${services.newUuid()}, ${accountId}, ${lane}, 'outbound', 'reply', '+16175550199', 'Hello', 'GSM-7', 1, 'sent', ${`ACw${text}`},
          ${at}, ${at}, ${at})`.execute(db);
    }
    await sql`update gateway_event set received_at = received_at - interval '2 hours'`.execute(db);
    await watch();
    expect((await health()).suspicion).toMatchObject({ kind: 'receipts' });
    expect((await health()).last).toMatchObject({ cause: 'suspicion' });
    expect(await openAlerts()).toEqual([]);
    await ended('the check has come back');
    await sql`delete from message where purpose = 'reply'`.execute(db);
    await watch();
    expect((await health()).suspicion).toBeNull();
  });

  it('suspects a silence that is not usual at this hour, and tells what no check can test', async () => {
    const now = world.clock.now();
    const silentSince = addMs(now, -30 * MINUTE_MS);
    await sql`update gateway_event set received_at = ${silentSince}`.execute(db);
    await sql`delete from event_hour`.execute(db);
    await sql`
      insert into event_hour (account_id, hour, events)
      select ${accountId}::uuid, date_trunc('hour', ${now}::timestamptz) - make_interval(days => 7 * week, hours => hour), 400
      from generate_series(1, 8) as week, generate_series(-1, 2) as hour
      union all select ${accountId}::uuid, date_trunc('hour', ${now}::timestamptz) - interval '1 hour', 0`.execute(db);
    await sql`delete from health_check`.execute(db);
    await sql`delete from health_setting`.execute(db);
    // Receipts go their own way: an address may be lost to which people's texts went, while those still come in.
    await sql`
      insert into gateway_event (id, account_id, event_id, type, payload, headers, received_at, state, attempts, applied_at)
      values (${services.newUuid()}, ${accountId}, 'EVreceipt', 'message.delivered', '{}', '{}', ${now}, 'applied', 1, ${now})`.execute(
      db,
    );
    await watch();
    expect((await health()).suspicion).toMatchObject({ kind: 'silence' });
    const { silence } = (await health()).watch;
    expect([silence.weeks, silence.hours.length, silence.hours[0]?.minutes]).toEqual([8, 24, 3]);
    expect(silence.hours.at(-1)?.minutes).toBeNull();
    expect(await openAlerts()).toEqual([['webhooks_suspicious', 'Office: events may not arrive']]);
    await sandbox.personTexts({ from: '+16175550142', to: TWO.phone, text: 'Hello?' });
    await world.until('it ends with the next event', async () => {
      await watch();
      return (await health()).suspicion === null;
    });
    expect(await openAlerts()).toEqual([]);
  });

  it('counts the hours that are over, and forgets those of long ago', async () => {
    const hours = async () =>
      (
        await sql<{ n: number; span: number }>`
        select count(*) as n, extract(epoch from max(hour) - min(hour)) / 3600 as span from event_hour`.execute(db)
      ).rows[0];
    await sql`delete from event_hour`.execute(db);
    await sql`insert into event_hour (account_id, hour, events)
      values (${accountId}, date_trunc('hour', ${addMs(world.clock.now(), -9 * WEEK_MS)}::timestamptz), 5)`.execute(db);
    await watch();
    expect(await hours()).toEqual({ n: 8 * 7 * 24, span: 8 * 7 * 24 - 1 });
  });
});
