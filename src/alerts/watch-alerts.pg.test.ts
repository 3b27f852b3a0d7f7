import { sql } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';
import { mailReceiver, pagerDutyReceiver } from '../../test/alert-receivers.ts';
import { dncWorld } from '../../test/dnc-world.ts';
import { insertAccount, insertContacts, launchTestCampaign, testPhones } from '../../test/fixtures.ts';
import { testDatabase } from '../../test/test-database.ts';
import { testWorld } from '../../test/world.ts';
import { pauseCampaign, resumeCampaign } from '../campaigns/control-campaign.ts';
import { retireList } from '../compliance/dnc-lists.ts';
import { sealWaiting } from '../compliance/seal-audit.ts';
import { suppressNumber } from '../compliance/suppress.ts';
import { changeAccount, changeLane } from '../gateways/change-account.ts';
import { systemClock } from '../platform/clock.ts';
import { parseConfig } from '../platform/config.ts';
import { runTx } from '../platform/database.ts';
import { showId, type Uuid } from '../platform/ids.ts';
import { openJobs } from '../platform/jobs.ts';
import { openLive } from '../platform/live.ts';
import { createLog } from '../platform/log.ts';
import { secretsWithKey } from '../platform/secrets.ts';
import { addMs, DAY_MS, MINUTE_MS } from '../platform/time.ts';
import { markRefused, pauseSender } from '../sending/aftermath.ts';
import { saveBreaker } from '../sending/breaker-store.ts';
import { resumeDueLanes } from '../sending/record-store.ts';
import { discardEvents } from '../webhooks/discard-events.ts';
import { listAlertRows } from './alert-store.ts';
import { deliveryQueues } from './deliver-alerts.ts';
import { startAlertWatch, watchAlerts } from './watch-alerts.ts';

const database = await testDatabase();
const { db } = database;
const world = testWorld();
const { clock } = world;
const secrets = secretsWithKey(new Uint8Array(32).fill(7), world.random);
const services = { ...world, database, secrets, config: parseConfig({}, '/'), jobs: { enqueue: async () => {} } };
const PERSON = { actor: 'user:1', actorName: 'Max', reason: undefined };

let accountId: Uuid;
let laneId: Uuid;
let campaignId: Uuid;
const account = await insertAccount(
  db,
  { ...world, secrets },
  {
    baseUrl: 'http://127.0.0.1:1',
    apiKey: 'key',
    lanes: [{ gatewayRef: 'PN1', phone: '+16175550001' }],
  },
);
await insertContacts(
  db,
  world,
  testPhones(2).map((phone) => ({ phone })),
);
accountId = account.id;
laneId = account.laneIds[0] ?? '';
campaignId = await launchTestCampaign(db, world, { laneIds: account.laneIds });

/** The alerts, with an audit log that is looked after. */
const open = async () => {
  await sealWaiting({ db, clock });
  return openNow();
};
const openNow = async () => {
  await watchAlerts(services);
  const rows = await listAlertRows(db, { state: 'open', after: undefined, limit: 50 });
  return rows.map(({ kind, headline }) => `${kind}: ${headline}`).toSorted();
};
const refuse = (scope: 'account' | 'lane', until: 'fixed' | 'next_day' = 'fixed') =>
  runTx(db, (tx) =>
    pauseSender(tx, services, { sender: { scope, reason: 'Not enough credits (0200402)', until }, accountId, laneId }),
  );
const switchAccount = (state: 'active' | 'paused') =>
  changeAccount({ ...services, db }, { id: accountId, change: { state }, ...PERSON });
const switchLane = (state: 'active' | 'paused') =>
  changeLane({ ...services, db }, { id: laneId, change: { state }, ...PERSON });
const control = (act: typeof pauseCampaign, by: string) =>
  runTx(db, (tx) =>
    act(tx, services, { id: campaignId, shownId: showId('campaign', campaignId), reason: 'Filtered', actor: by }),
  );
const breaker = (since: ReturnType<typeof clock.now> | undefined) =>
  runTx(db, (tx) =>
    saveBreaker(tx, accountId, {
      open: since === undefined ? undefined : { since, detail: 'HTTP 503' },
      heldUntil: undefined,
    }),
  );

beforeEach(async () => {
  await sql`truncate alert, alert_delivery`.execute(db);
  await sql`update gateway_account set state = 'active', paused_by_engine = false, breaker_open_since = null`.execute(
    db,
  );
  await sql`update lane set state = 'active', paused_by_engine = false, paused_until = null`.execute(db);
  await sql`update campaign set state = 'running', paused_by_engine = false`.execute(db);
});

describe('the watch', () => {
  it('alerts of nothing while all is well', async () => expect(await open()).toEqual([]));

  it('alerts of an account that is refused, until a person resumes it', async () => {
    await refuse('account');
    expect(await open()).toEqual(['account_paused: Test: paused: Not enough credits (0200402)']);
    await changeAccount({ ...services, db }, { id: accountId, change: { name: 'Test' }, ...PERSON });
    expect(await open()).toHaveLength(1);
    await switchAccount('active');
    expect(await open()).toEqual([]);
  });

  it('alerts for a day of people who had opted out with the provider and not with us, and of nobody whom we knew', async () => {
    const [known = '', unknown = ''] = testPhones(2);
    const refusal = { accountId, code: '21610', message: 'unsubscribed', suppress: 'provider_opt_out' } as const;
    const refuseTo = (phone: string) => runTx(db, (tx) => markRefused(tx, services, { ...refusal, phone }));
    await runTx(db, (tx) =>
      suppressNumber(tx, services, { phone: known, reason: 'opt_out', channel: 'sms', evidence: {}, actor: 'contact' }),
    );
    await refuseTo(known);
    expect(await open()).toEqual([]);
    await refuseTo(unknown);
    expect(await open()).toEqual(['opt_outs_unheard: Test: opted out with the provider, and not with us']);
    const [told] = await listAlertRows(db, { state: 'open', after: undefined, limit: 1 });
    expect(told?.link).toBe('/compliance/opt-out-report/differences');
    await clock.advance(DAY_MS + 1);
    expect(await open()).toEqual([]);
    const now = clock.now();
    await sql`
      insert into opt_out_difference (id, account_id, run_id, kind, gateway_id, phone, at, found_at)
      values (${services.newUuid()}, ${accountId}, ${services.newUuid()}, 'stop', 'SM1', ${unknown}, ${now}, ${now})`.execute(
      db,
    );
    expect(await open()).toEqual([expect.stringContaining('opt_outs_unheard')]);
    await clock.advance(DAY_MS + 1);
    expect(await open()).toEqual([]);
  });

  it('alerts of a number that is refused, although its account stops too', async () => {
    await refuse('lane');
    await refuse('account');
    expect(await open()).toEqual([
      expect.stringContaining('account_paused'),
      'lane_paused: PN1 +16175550001: paused: Not enough credits (0200402)',
    ]);
    await switchAccount('active');
    expect(await open()).toEqual([expect.stringContaining('lane_paused')]);
    await switchLane('active');
    expect(await open()).toEqual([]);
  });

  it('alerts of a number that rests for the day, until it goes on by itself', async () => {
    await refuse('lane', 'next_day');
    expect(await open()).toEqual(['lanes_resting: Test: +16175550001 rests: Not enough credits (0200402)']);
    await clock.advance(36 * 60 * MINUTE_MS);
    await runTx(db, (tx) => resumeDueLanes(tx, accountId, clock.now()));
    expect(await open()).toEqual([]);
  });

  it('alerts of no pause by a person after one of the engine that ended by itself', async () => {
    await refuse('lane', 'next_day');
    await clock.advance(36 * 60 * MINUTE_MS);
    await runTx(db, (tx) => resumeDueLanes(tx, accountId, clock.now()));
    await switchLane('paused');
    expect(await open()).toEqual([]);
  });

  it('alerts of nothing that a person pauses, not even what the engine had paused before', async () => {
    await refuse('lane');
    await refuse('account');
    await control(pauseCampaign, 'system');
    for (const state of ['active', 'paused'] as const) {
      await switchLane(state);
      await switchAccount(state);
      await control(state === 'active' ? resumeCampaign : pauseCampaign, 'user:1');
    }
    expect(await open()).toEqual([]);
  });

  it('alerts of a campaign that the engine pauses, until a person resumes it', async () => {
    await control(pauseCampaign, 'system');
    expect(await open()).toEqual(['campaign_paused: Test campaign: paused: Filtered']);
    await control(resumeCampaign, 'user:1');
    expect(await open()).toEqual([]);
  });

  it('alerts of events that rest as failed, until none is left', async () => {
    const failed = world.newUuid();
    await sql`
      insert into gateway_event (id, account_id, event_id, type, payload, headers, received_at, state, error)
      values (${failed}, ${accountId}, 'EV1', 'message.received', '{}', '{}', ${clock.now()}, 'failed', 'no room')`.execute(
      db,
    );
    expect(await open()).toEqual(['events_failed: Test: events could not be applied: no room']);
    await sql`update gateway_event set state = 'applied', applied_at = ${clock.now()} where id = ${failed}`.execute(db);
    expect(await open()).toEqual([]);
  });

  it('ends the alert about events that can never be applied when they are discarded, and opens one for the next', async () => {
    const fail = (eventId: string, error: string) =>
      sql`
      insert into gateway_event (id, account_id, event_id, type, payload, headers, received_at, state, error)
      values (${world.newUuid()}, ${accountId}, ${eventId}, 'unreadable', '{', '{}', ${clock.now()}, 'failed', ${error})`.execute(
        db,
      );
    await fail('EVdead', 'no JSON');
    expect(await open()).toEqual(['events_failed: Test: events could not be applied: no JSON']);
    const selection = { kind: 'filter', filter: { type: 'unreadable' } } as const;
    const order = { selection, reason: 'a test of the provider', by: { actor: 'user:1', name: 'Olivia' } };
    expect(await runTx(db, (tx) => discardEvents(tx, world, order))).toMatchObject({ ok: true });
    expect(await open()).toEqual([]);
    await fail('EVnext', 'no room');
    expect(await open()).toEqual(['events_failed: Test: events could not be applied: no room']);
    await runTx(db, (tx) => discardEvents(tx, world, order));
  });

  it('alerts of a gateway that has not answered for two minutes, until it does', async () => {
    await breaker(clock.now());
    await clock.advance(2 * MINUTE_MS - 1);
    expect(await open()).toEqual([]);
    await clock.advance(1);
    expect(await open()).toEqual(['breaker_open: Test: the gateway does not answer: HTTP 503']);
    await breaker(undefined);
    expect(await open()).toEqual([]);
  });

  it('leaves alone what others raise', async () => {
    await sql`insert into alert (id, kind, subject, severity, headline, summary, link, detail, opened_at, last_seen_at)
      values (${world.newUuid()}, 'webhooks_unhealthy', 'account:x', 'critical', 'x', 'x', '/', '{}', ${clock.now()}, ${clock.now()})`.execute(
      db,
    );
    expect(await open()).toEqual(['webhooks_unhealthy: x']);
  });

  it('alerts of a registry whose list is soon or already too old, until a newer one is in force or it is retired', async () => {
    const dnc = dncWorld(db, world);
    const listId = await dnc.create('national');
    expect(await open()).toEqual(['dnc_list_stale: national list: too old to rely on']);
    await dnc.upload(listId, '6175550123\n');
    expect(await open()).toEqual([]);
    await clock.advance(25 * DAY_MS);
    expect(await open()).toEqual(['dnc_list_ageing: national list: soon too old']);
    await clock.advance(6 * DAY_MS + 1);
    expect(await open()).toEqual(['dnc_list_stale: national list: too old to rely on']);
    await runTx(db, (tx) => retireList(tx, world, { id: listId, by: { actor: 'user:1', name: 'Max' } }));
    expect(await open()).toEqual([]);
  });

  it('alerts of an audit log that nobody seals, until somebody does', async () => {
    await switchLane('paused');
    await clock.advance(MINUTE_MS);
    expect(await openNow()).toEqual([]);
    await clock.advance(1);
    expect(await openNow()).toEqual(['audit_behind: Audit log: entries are not sealed']);
    expect(await open()).toEqual([]);
  });

  it('by several workers at once opens one', async () => {
    await refuse('account');
    await Promise.all(Array.from({ length: 6 }, () => watchAlerts(services)));
    expect(await open()).toHaveLength(1);
    const { rows } = await sql`select times, openings from alert`.execute(db);
    expect(rows).toEqual([{ times: 1, openings: 1 }]);
  });
});

describe('a worker', () => {
  it('sends the mail as soon as the engine has paused an account, and another when it goes on', async () => {
    const mail = await mailReceiver();
    const pagerDuty = await pagerDutyReceiver();
    const log = createLog({ level: 'silent' });
    const config = parseConfig(
      { SMTP_URL: mail.url, MAIL_FROM: 'texts@example.com', PAGERDUTY_URL: pagerDuty.url },
      '/',
    );
    await sql`insert into setting (key, value, updated_at)
      values ('alerts', '{"version":1,"recipients":["dana@example.com"]}', ${clock.now()})`.execute(db);
    const real = { ...services, config, log, clock: systemClock, publicUrl: () => 'https://texts.example.com' };
    const { connectionString } = database;
    const jobs = await openJobs({ connectionString, queues: deliveryQueues(real), log });
    const live = await openLive({ connectionString, log });
    const watch = startAlertWatch({ ...real, jobs, live });
    // Nobody seals the audit log here, which is told, too.
    const told = () =>
      mail.mails
        .map(({ raw }) => /^Subject: (.*)$/m.exec(raw)?.[1]?.trim())
        .filter((subject) => subject?.includes('paused'));
    const arrived = async (count: number): Promise<void> => {
      for (let tries = 0; told().length < count && tries < 200; tries += 1) await systemClock.sleep(100);
    };
    const begun = systemClock.now();
    await refuse('account');
    await arrived(1);
    await switchAccount('active');
    await arrived(2);
    await watch.drain();
    await jobs.close();
    await live.close();
    expect(told()).toEqual([
      '[Textwright] Test: paused: Not enough credits (0200402)',
      '[Textwright] Over: Test: paused: Not enough credits (0200402)',
    ]);
    // Sooner than the look of every minute: the pause itself woke the watch.
    expect(addMs(begun, MINUTE_MS).epochMilliseconds).toBeGreaterThan(systemClock.now().epochMilliseconds);
  }, 60_000);
});
