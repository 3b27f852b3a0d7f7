import { createServer } from 'node:http';
import { sql } from 'kysely';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import {
  enrollmentStates,
  insertAccount,
  insertContacts,
  launchTestCampaign,
  testPhones,
} from '../../test/fixtures.ts';
import { API_KEY, NUMBERS, type SendingWorld, sendingWorld } from '../../test/sending-world.ts';
import { testDatabase } from '../../test/test-database.ts';
import { cancelCampaign } from '../campaigns/control-campaign.ts';
import { suppressNumber } from '../compliance/suppress.ts';
import type { Gateway } from '../gateways/gateway.ts';
import { quoGateway } from '../gateways/quo/quo-gateway.ts';
import { parseTemplate } from '../messages/template-parser.ts';
import { type Clock, manualClock } from '../platform/clock.ts';
import { type Database, newConnection, runTx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import { notifyLive } from '../platform/live.ts';
import { addMs, type Instant, instant } from '../platform/time.ts';
import { type CampaignClaim, claimCampaign, type Prepared } from './claim.ts';
import { holdRunningCampaign } from './claim-store.ts';
import type { Verdict } from './decide-outcome.ts';
import type { OpenGroup } from './decide-turn.ts';
import { DEFAULT_ENGINE_OPTIONS, startEngine } from './engine.ts';
import { knownLong } from './known-long.ts';
import { acquireLease, type Lease, readHolds } from './lease-store.ts';
import { record } from './record.ts';
import { resumeDueLanes } from './record-store.ts';
import { settleUnknown } from './settle.ts';
import { readVariants } from './turn-store.ts';

let database: Database;
beforeEach(async () => {
  database = await testDatabase();
});

const LANES = NUMBERS.map((number) => ({ gatewayRef: number.id, phone: number.phone, dailyCap: 1000 }));
const ZONE = 'America/New_York';
const NEVER = new AbortController().signal;

const reach = (): void => undefined;
const openGroup = (zoneGroup: string, notAfter: Instant): OpenGroup => ({
  zoneGroup,
  notAfter,
  closesAt: notAfter,
  messagesPerDay: 3,
  rule: 'test',
  tableVersion: 'test',
});

interface UnderWay {
  readonly accountId: Uuid;
  readonly campaignId: Uuid;
  readonly lease: Lease;
  readonly claim: CampaignClaim;
  readonly texts: readonly Prepared[];
}

/** A campaign whose people are all between their intent and the gateway's answer. */
async function underWay(world: SendingWorld, people: number): Promise<UnderWay> {
  await insertContacts(
    database.db,
    world,
    testPhones(people).map((phone) => ({ phone })),
  );
  const account = await insertAccount(database.db, world, {
    baseUrl: world.sandbox.url,
    apiKey: API_KEY,
    lanes: LANES,
  });
  const campaignId = await launchTestCampaign(database.db, world, { laneIds: account.laneIds });
  const now = world.clock.now();
  const lease = await acquireLease(database.db, {
    accountId: account.id,
    owner: 'test',
    now,
    latestEnd: addMs(now, 7_200_000),
    expiresAt: addMs(now, 3_600_000),
  });
  const [laneId] = account.laneIds;
  if (lease === undefined || laneId === undefined) throw new Error('expected a free account with a lane');
  const { rows } = await sql<{ zoneGroup: string }>`select zone_group from campaign_zone_group`.execute(database.db);
  const variants = await readVariants(database.db, campaignId);
  const templates = new Map(
    variants.flatMap(({ id, body }) => {
      const template = parseTemplate(body);
      return template.ok ? [[id, template.value] as const] : [];
    }),
  );
  const claim: CampaignClaim = {
    campaignId,
    laneId,
    servesLaneIds: [laneId],
    removedLaneIds: [],
    day: '2026-11-17',
    takesNewPeople: true,
    notTextedForDays: null,
    openGroups: rows.map(({ zoneGroup }) => openGroup(zoneGroup, addMs(now, 3_600_000))),
    templates,
    businessName: 'Test',
    limit: people,
  };
  const { prepared } = await claimCampaign({ ...world, reach }, lease, claim, now);
  return { accountId: account.id, campaignId, lease, claim, texts: prepared };
}

const answerAll = (
  world: Pick<SendingWorld, 'db' | 'newUuid'> & { readonly clock: Clock },
  { lease, texts }: UnderWay,
  verdict: Verdict,
): Promise<void> =>
  record({ ...world, reach }, lease, {
    from: 'handing_over',
    results: texts.map((text) => ({
      ...text,
      outcome: verdict.to === 'unknown' ? 'unknown' : 'throttled',
      verdict,
      at: world.clock.now(),
    })),
  });

interface WireAnswer {
  readonly status: number;
  readonly body: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A gateway's address at which every request gets the answer that is given for its path. */
async function answering(answer: (path: string) => WireAnswer): Promise<string> {
  const server = createServer((request, response) => {
    const { status, body, headers } = answer(request.url ?? '');
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  });
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}

/** So few people are taken off by the cancelling itself. */
const noJobs = { enqueue: () => Promise.reject(new Error('expected no job')) };

const notSent = (world: SendingWorld): Verdict => ({ to: 'pending', notBefore: world.clock.now(), detail: 'test' });

const laneStates = async (): Promise<readonly string[]> =>
  (await sql<{ state: string }>`select distinct state from lane`.execute(database.db)).rows.map((row) => row.state);

const texts = async (): Promise<readonly string[]> =>
  (await sql<{ state: string }>`select state from message order by state`.execute(database.db)).rows.map(
    (row) => row.state,
  );

describe('a lease', () => {
  it('of a clock that was set back is free, one that is held is not', async () => {
    const world = await sendingWorld(database);
    const account = await insertAccount(database.db, world, {
      baseUrl: world.sandbox.url,
      apiKey: API_KEY,
      lanes: LANES,
    });
    const now = world.clock.now();
    const at = (hours: number, owner: string) => ({
      accountId: account.id,
      owner,
      now: addMs(now, hours * 3_600_000),
      latestEnd: addMs(now, hours * 3_600_000 + 30_000),
      expiresAt: addMs(now, hours * 3_600_000 + 15_000),
    });
    const heldUntil = async (hours: number, owner: string) =>
      (await readHolds(database.db, at(hours, owner))).map((hold) => hold.heldUntil?.toString());
    expect(await acquireLease(database.db, at(11, 'early'))).toMatchObject({ epoch: 1 });
    expect(await heldUntil(0, 'one')).toEqual([undefined]);
    expect(await acquireLease(database.db, at(0, 'one'))).toMatchObject({ epoch: 2 });
    expect(await heldUntil(0, 'two')).toEqual([at(0, 'one').expiresAt.toString()]);
    expect(await acquireLease(database.db, at(0, 'two'))).toBeUndefined();
  });

  it('is taken anew at once by the process whose holder is gone, under another epoch', async () => {
    const world = await sendingWorld(database);
    const started = await underWay(world, 1);
    const { lease } = started;
    const now = world.clock.now();
    const moment = { owner: lease.owner, now, latestEnd: addMs(now, 7_200_000) };
    expect(await readHolds(database.db, moment)).toEqual([{ accountId: lease.accountId, heldUntil: undefined }]);
    const again = { ...moment, accountId: lease.accountId, expiresAt: addMs(now, 3_600_000) };
    expect(await acquireLease(database.db, again)).toMatchObject({ epoch: lease.epoch + 1 });
    await expect(answerAll(world, started, notSent(world))).rejects.toThrow(/is over/);
  });
});

describe('a text that was not sent', () => {
  it('waits by the hours of the place to which its person moved meanwhile', async () => {
    const world = await sendingWorld(database);
    const started = await underWay(world, 1);
    await sql`update contact set zone_group = 'HI|Pacific/Honolulu'`.execute(database.db);
    await answerAll(world, started, notSent(world));
    const { rows } = await sql`
      select e.state, e.zone_group, exists (select 1 from campaign_zone_group g where g.campaign_id = e.campaign_id
        and g.zone_group = e.zone_group) as seen_by_the_engine from enrollment e`.execute(database.db);
    expect(rows).toEqual([{ state: 'pending', zoneGroup: 'HI|Pacific/Honolulu', seenByTheEngine: true }]);
  });

  it('has an end when its campaign was cancelled meanwhile', async () => {
    const world = await sendingWorld(database);
    const started = await underWay(world, 3);
    const { campaignId } = started;
    await runTx(database.db, (tx) =>
      cancelCampaign(
        tx,
        { ...world, jobs: noJobs },
        { id: campaignId, shownId: 'cmp_test', reason: undefined, actor: 'test' },
      ),
    );
    await answerAll(world, started, notSent(world));
    expect(await enrollmentStates(database.db, campaignId)).toEqual({ skipped: 3 });
    expect(await texts()).toEqual(['cancelled', 'cancelled', 'cancelled']);
    const { rows } = await sql`select skipped, pending, handing_over, parts from campaign_totals`.execute(database.db);
    expect(rows).toEqual([{ skipped: 3, pending: 0, handingOver: 0, parts: 0 }]);
  });

  it('has an end when it would be pointless by now and such ones are dropped', async () => {
    const world = await sendingWorld(database);
    const started = await underWay(world, 3);
    await sql`update campaign set pointless_after = ${world.clock.now()}, pointless_action = 'drop'`.execute(
      database.db,
    );
    await answerAll(world, started, notSent(world));
    const { rows } = await sql`select state, skip_reason, count(*) as n from enrollment group by 1, 2`.execute(
      database.db,
    );
    expect(rows).toEqual([{ state: 'skipped', skipReason: 'pointless', n: 3 }]);
    expect(await texts()).toEqual(['cancelled', 'cancelled', 'cancelled']);
    const usage = await sql`select sum(reserved) as reserved from lane_usage`.execute(database.db);
    expect(usage.rows).toEqual([{ reserved: 0 }]);
  });

  it('ends with its enrollment when the campaign is cancelled while it waits again', async () => {
    const world = await sendingWorld(database);
    const started = await underWay(world, 2);
    await answerAll(world, started, notSent(world));
    await runTx(database.db, (tx) =>
      cancelCampaign(
        tx,
        { ...world, jobs: noJobs },
        { id: started.campaignId, shownId: 'cmp_test', reason: undefined, actor: 'test' },
      ),
    );
    expect(await texts()).toEqual(['cancelled', 'cancelled']);
  });

  it('that meets the carriers’ daily limit in the evening goes on when the carriers’ day begins, at midnight Pacific', async () => {
    // 00:10 in New York: the limit of the day before still holds for almost three hours.
    const world = await sendingWorld(database);
    const started = await underWay(world, 1);
    const clock = manualClock(instant('2026-11-18T05:10:00Z'));
    const sender = { scope: 'account', reason: 'daily limit', until: 'next_day' } as const;
    const verdict = { to: 'pending', notBefore: clock.now(), detail: 'test', sender } as const;
    await answerAll({ ...world, clock }, started, verdict);
    const { rows } = await sql<{ until: Instant }>`select distinct paused_until as until from lane`.execute(
      database.db,
    );
    expect(rows.map(({ until }) => until.toString())).toEqual(['2026-11-18T08:00:00Z']);
  });

  it('waits until the carriers’ next day when their daily limit was reached, then goes on by itself', async () => {
    const world = await sendingWorld(database);
    const started = await underWay(world, 1);
    const sender = { scope: 'account', reason: 'daily limit', until: 'next_day' } as const;
    await answerAll(world, started, { to: 'pending', notBefore: world.clock.now(), detail: 'test', sender });
    const { rows } = await sql`select state from gateway_account`.execute(database.db);
    expect(rows).toEqual([{ state: 'active' }]);
    expect(await laneStates()).toEqual(['paused']);
    await runTx(database.db, (tx) => resumeDueLanes(tx, started.accountId, addMs(world.clock.now(), 24 * 3_600_000)));
    expect(await laneStates()).toEqual(['active']);
  });

  it.each([
    ['all numbers', { scope: 'account', reason: 'daily limit', until: 'next_day' }],
    ['one number', { scope: 'lane', reason: 'daily limit of the number', until: 'next_day' }],
  ] as const)('drains again where it drained before (%s refused)', async (_, sender) => {
    const world = await sendingWorld(database);
    const started = await underWay(world, 1);
    await sql`update lane set state = 'draining', state_reason = 'test'`.execute(database.db);
    await answerAll(world, started, { to: 'pending', notBefore: world.clock.now(), detail: 'test', sender });
    expect(await laneStates()).toContain('paused');
    await runTx(database.db, (tx) => resumeDueLanes(tx, started.accountId, addMs(world.clock.now(), 24 * 3_600_000)));
    expect(await laneStates()).toEqual(['draining']);
  });
});

describe('an opt-out', () => {
  it('is not held up by a launch that is just enrolling the same person', async () => {
    const world = await sendingWorld(database);
    const [phone = ''] = testPhones(1);
    const [contactId] = await insertContacts(database.db, world, [{ phone }]);
    const { laneIds } = await insertAccount(database.db, world, {
      baseUrl: world.sandbox.url,
      apiKey: API_KEY,
      lanes: LANES,
    });
    const campaignId = await launchTestCampaign(database.db, world, { laneIds });
    await sql`delete from enrollment`.execute(database.db);
    await runTx(database.db, async (enrolling) => {
      await sql`
        insert into enrollment (id, campaign_id, contact_id, phone, zone_group, state, not_before, created_at)
        values (${world.newUuid()}, ${campaignId}, ${contactId}, ${phone}, 'x', 'pending', ${world.clock.now()}, ${world.clock.now()})`.execute(
        enrolling,
      );
      await runTx(database.db, (tx) =>
        suppressNumber(tx, world, { phone, reason: 'opt_out', channel: 'sms', evidence: {}, actor: 'contact' }),
      );
    });
    const { rows } = await sql`select reason from suppression`.execute(database.db);
    expect(rows).toEqual([{ reason: 'opt_out' }]);
  });
});

describe('a worker that stands still in the middle of a claim', () => {
  it('does not keep its locks for as long as an opt-out of the same person would wait', async () => {
    const world = await sendingWorld(database);
    const [phone = ''] = testPhones(1);
    await insertContacts(database.db, world, [{ phone }]);
    const { connectionString } = database;
    const frozen = newConnection({ connectionString, applicationName: 'test-frozen' });
    frozen.on('error', () => undefined);
    await frozen.connect();
    await frozen.query('begin');
    await frozen.query('select 1 from contact for no key update');
    await runTx(database.db, (tx) =>
      suppressNumber(tx, world, { phone, reason: 'opt_out', channel: 'sms', evidence: {}, actor: 'contact' }),
    );
    await expect(frozen.query('commit')).rejects.toThrow();
  });
});

describe('a campaign whose text cannot be read any more', () => {
  it('is paused with the reason, and holds up no other of its account', async () => {
    const world = await sendingWorld(database);
    await insertContacts(
      database.db,
      world,
      testPhones(3).map((phone) => ({ phone })),
    );
    const { laneIds } = await insertAccount(database.db, world, {
      baseUrl: world.sandbox.url,
      apiKey: API_KEY,
      lanes: LANES,
    });
    const broken = await launchTestCampaign(database.db, world, { laneIds, priority: 9 });
    const other = await launchTestCampaign(database.db, world, { laneIds, priority: 1 });
    await sql`update campaign_variant set body = 'Hi {first_name' where campaign_id = ${broken}`.execute(database.db);
    world.startWorker('one');
    await world.until('the other is completed', () => world.completed(other));
    const { rows } = await sql<{ id: Uuid; state: string; reason: string }>`
      select id, state, state_reason as reason from campaign where id = ${broken}`.execute(database.db);
    expect(rows).toEqual([
      {
        id: broken,
        state: 'paused',
        reason: expect.stringMatching(/^This version of Textwright cannot read its text: /),
      },
    ]);
  });
});

describe('a claim', () => {
  it('leaves a campaign that is just being cancelled for the next turn, so that the account’s other texts go on', async () => {
    const world = await sendingWorld(database);
    const { campaignId } = await underWay(world, 1);
    await runTx(database.db, async (cancelling) => {
      await sql`select 1 from campaign where id = ${campaignId} for update`.execute(cancelling);
      expect(await runTx(database.db, (tx) => holdRunningCampaign(tx, campaignId, world.clock.now()))).toBe(false);
    });
    expect(await runTx(database.db, (tx) => holdRunningCampaign(tx, campaignId, world.clock.now()))).toBe(true);
  });

  it.each([
    ['is paused', sql`update campaign set state = 'paused', state_reason = 'test'`],
    ['is cancelled', sql`update campaign set state = 'cancelled', state_reason = 'test', finished_at = now()`],
    ['has its number switched off', sql`update lane set state = 'off', state_reason = 'test'`],
    ['has its number paused', sql`update lane set state = 'paused', state_reason = 'test'`],
  ])('finds nobody when its campaign %s after the turn has begun', async (_, change) => {
    const world = await sendingWorld(database);
    const { lease, claim } = await underWay(world, 1);
    await sql`update enrollment set state = 'pending'`.execute(database.db);
    await sql`update message set state = 'pending'`.execute(database.db);
    await change.execute(database.db);
    const claimed = await claimCampaign({ ...world, reach }, lease, claim, world.clock.now());
    expect(claimed).toMatchObject({ prepared: [], taken: 0 });
  });
});

describe('a text whose request has not left', () => {
  it('stays here when its campaign is paused meanwhile, and goes out when that goes on', async () => {
    const world = await sendingWorld(database);
    await insertContacts(database.db, world, [{ phone: testPhones(1)[0] ?? '' }]);
    const { laneIds } = await insertAccount(database.db, world, {
      baseUrl: world.sandbox.url,
      apiKey: API_KEY,
      lanes: LANES,
    });
    const campaignId = await launchTestCampaign(database.db, world, { laneIds });
    const real = quoGateway({ ...world, baseUrl: world.sandbox.url, apiKey: API_KEY, requestTimeoutMs: 1_000 });
    const connected = Promise.withResolvers<void>();
    let called = false;
    const slow: Gateway = {
      ...real,
      async send(request) {
        called = true;
        await connected.promise;
        return real.send(request);
      },
    };
    const engine = startEngine({ ...world, openGateway: () => slow }, { ...DEFAULT_ENGINE_OPTIONS, owner: 'one' });
    await world.until('its call has begun', async () => called);
    const set = (state: string) =>
      runTx(database.db, async (tx) => {
        await sql`update campaign set state = ${state}, state_reason = case when ${state} = 'paused' then 'test' end`.execute(
          tx,
        );
        await notifyLive(tx, ['engine']);
      });
    await set('paused');
    // Long enough for the turn that sees it, and shorter than the text may take to begin.
    await world.clock.sleep(240_000);
    connected.resolve();
    await world.until('it waits again', async () => (await texts()).join() === 'pending');
    expect(world.sandbox.accepted()).toEqual([]);
    await set('running');
    await world.until('completed', () => world.completed(campaignId));
    expect(world.sandbox.accepted()).toHaveLength(1);
    await engine.drain();
  });
});

describe('settling', () => {
  it('asks about everyone in turn: numbers that the gateway never answers for hold up nobody else', async () => {
    const world = await sendingWorld(database);
    const started = await underWay(world, 4);
    await answerAll(world, started, { to: 'unknown', detail: 'test' });
    const stuck = new Set(started.texts.slice(0, 2).map((text) => text.phone));
    await sql`update message set attempted_at = attempted_at - interval '1 second' where phone = any(${[...stuck]})`.execute(
      database.db,
    );
    const baseUrl = await answering((path) =>
      stuck.has(new URL(path, 'http://localhost').searchParams.get('participants') ?? '')
        ? { status: 400, body: { message: 'no', code: '0200400', title: 'Bad Request' } }
        : { status: 200, body: { data: [], totalItems: 0, nextPageToken: null } },
    );
    const clock = manualClock(world.clock.now());
    const gateway = quoGateway({ baseUrl, apiKey: API_KEY, clock, random: world.random, requestTimeoutMs: 1_000 });
    const lanes = new Map(started.texts.map((text) => [text.laneId, { gatewayRef: 'PNtest01', zone: ZONE }]));
    const clear = new Set<Uuid>();
    for (let turn = 0; turn < 6; turn += 1) {
      const deps = { ...world, clock, gateway, graceMs: 0, knownLong: knownLong(clock, 0, NEVER), lanes };
      const { results } = await settleUnknown(deps, started.accountId, 2);
      for (const result of results) clear.add(result.messageId);
      await clock.advance(2_000);
    }
    expect(clear.size).toBe(2);
  });

  it('takes no absence for proof before it has known of the text for a while, whatever the clocks say', async () => {
    const world = await sendingWorld(database);
    const started = await underWay(world, 1);
    await answerAll(world, started, { to: 'unknown', detail: 'test' });
    // By a clock that was an hour behind ours.
    await sql`update message set attempted_at = attempted_at - interval '1 hour'`.execute(database.db);
    const baseUrl = await answering(() => ({
      status: 200,
      body: { data: [], totalItems: 0, nextPageToken: null },
    }));
    const clock = manualClock(world.clock.now());
    const gateway = quoGateway({ baseUrl, apiKey: API_KEY, clock, random: world.random, requestTimeoutMs: 1_000 });
    const lanes = new Map(started.texts.map((text) => [text.laneId, { gatewayRef: 'PNtest01', zone: ZONE }]));
    const deps = { ...world, clock, gateway, graceMs: 60_000, knownLong: knownLong(clock, 60_000, NEVER), lanes };
    const outcomes = async () =>
      (await settleUnknown(deps, started.accountId, 1)).results.map((result) => result.outcome);
    expect(await outcomes()).toEqual([]);
    await clock.advance(59_000);
    expect(await outcomes()).toEqual([]);
    await clock.advance(61_000);
    expect(await outcomes()).toEqual(['settled_absent']);
  });
});

describe('a gateway that asks for time', () => {
  it('gets it from the whole account, not only from the text that met the limit', async () => {
    const world = await sendingWorld(database, { factor: 1 });
    let asked = 0;
    const baseUrl = await answering(() => {
      asked += 1;
      return { status: 429, body: {}, headers: { 'retry-after': '30' } };
    });
    await insertContacts(
      database.db,
      world,
      testPhones(60).map((phone) => ({ phone })),
    );
    const { laneIds } = await insertAccount(database.db, world, {
      baseUrl,
      apiKey: API_KEY,
      ratePerSecond: 40,
      lanes: LANES,
    });
    await launchTestCampaign(database.db, world, { laneIds });
    world.startWorker('one');
    await world.until('asked', async () => asked > 0);
    await world.clock.sleep(1_500);
    expect(asked).toBeLessThanOrEqual(16);
  });
});

describe('a gateway that refuses text after text for a cause that nobody knows', () => {
  const refusal = {
    status: 400,
    body: {
      message: 'brandId is required',
      code: '0200400',
      title: 'Bad Request',
      errors: [{ path: '/brandId', message: 'Required' }],
    },
  };
  /** Answers hand-overs; every question before finds nothing. */
  const sending = (answer: (count: number) => WireAnswer): Promise<string> => {
    let count = 0;
    return answering((path) => {
      if (path !== '/v1/messages') return { status: 200, body: { data: [], totalItems: 0, nextPageToken: null } };
      count += 1;
      return answer(count);
    });
  };
  const send = async (people: number, answer: (count: number) => WireAnswer) => {
    const world = await sendingWorld(database);
    await insertContacts(
      database.db,
      world,
      testPhones(people).map((phone) => ({ phone })),
    );
    const baseUrl = await sending(answer);
    const { laneIds } = await insertAccount(database.db, world, { baseUrl, apiKey: API_KEY, lanes: LANES });
    const campaignId = await launchTestCampaign(database.db, world, { laneIds });
    world.startWorker('one');
    return { world, campaignId };
  };
  const account = async () =>
    (
      await sql<{ state: string; reason: string | null }>`
        select state, state_reason as reason from gateway_account`.execute(database.db)
    ).rows[0];

  it('is not given the whole audience: the account stops with the gateway’s words, and its people wait', async () => {
    const { world, campaignId } = await send(60, () => refusal);
    await world.until('the account is paused', async () => (await account())?.state === 'paused');
    await world.until('nothing is under way', async () => {
      const { handing_over: underWay = 0 } = await enrollmentStates(database.db, campaignId);
      return underWay === 0;
    });
    expect(await enrollmentStates(database.db, campaignId)).toEqual({ failed: 4, pending: 56 });
    expect((await account())?.reason).toBe(
      'The gateway refused 5 texts in a row for a cause that is not known here: HTTP 400 0200400 Bad Request: brandId is required (brandId) (unexplained_refusals)',
    );
  });

  it('goes on when other texts are accepted between: those few fail alone', async () => {
    const { world, campaignId } = await send(30, (count) =>
      count % 2 === 0
        ? { status: 202, body: { data: { id: `AC${count}`, status: 'sent', text: 'x', from: 'x', to: ['x'] } } }
        : refusal,
    );
    await world.until('nobody waits', async () => {
      const { pending = 0, handing_over: underWay = 0 } = await enrollmentStates(database.db, campaignId);
      return pending + underWay === 0;
    });
    expect(await enrollmentStates(database.db, campaignId)).toMatchObject({ failed: 15, sent: 15 });
    expect(await account()).toEqual({ state: 'active', reason: null });
  });
});

describe('a reply whose number is refused', () => {
  it('is not tried again and again while its lane is paused', async () => {
    const world = await sendingWorld(database, { factor: 1 });
    let asked = 0;
    const baseUrl = await answering((path) => {
      if (path === '/v1/messages') asked += 1;
      return { status: 404, body: { message: 'unknown number', code: '0200404', title: 'Not Found' } };
    });
    const { id: accountId, laneIds } = await insertAccount(database.db, world, {
      baseUrl,
      apiKey: API_KEY,
      ratePerSecond: 40,
      lanes: LANES,
    });
    const now = world.clock.now();
    await sql`
      insert into message (id, account_id, lane_id, direction, purpose, phone, body, encoding, parts, state, not_before, created_at)
      values (${world.newUuid()}, ${accountId}, ${laneIds[0]}, 'outbound', 'reply', '+16175550123', 'Yes', 'GSM-7', 1, 'pending', ${now}, ${now})`.execute(
      database.db,
    );
    world.startWorker('one');
    await world.until('asked', async () => asked > 0);
    await world.clock.sleep(1_500);
    expect(asked).toBe(1);
  });
});
