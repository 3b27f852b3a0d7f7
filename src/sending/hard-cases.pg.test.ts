import { sql } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';
import { answerTexts } from '../../test/claimed.ts';
import {
  enrollmentStates,
  insertAccount,
  insertContacts,
  launchTestCampaign,
  testPhones,
} from '../../test/fixtures.ts';
import { answering, type WireAnswer } from '../../test/local-gateway.ts';
import { API_KEY, type SendingWorld, sendingWorld } from '../../test/sending-world.ts';
import { testDatabase } from '../../test/test-database.ts';
import { LANES, underWay } from '../../test/under-way.ts';
import type { Gateway } from '../gateways/gateway.ts';
import { quoGateway } from '../gateways/quo/quo-gateway.ts';
import { manualClock } from '../platform/clock.ts';
import type { Database } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import { addMs, type Instant, MINUTE_MS } from '../platform/time.ts';
import type { Verdict } from './decide-outcome.ts';
import { knownLong } from './known-long.ts';
import { acquireLease, LeaseLost, readHolds } from './lease-store.ts';
import { settleUnknown } from './settle.ts';

let database: Database;
beforeEach(async () => {
  database = await testDatabase();
});

const ZONE = 'America/New_York';

const NEVER = new AbortController().signal;

const notSent = (world: SendingWorld): Verdict => ({ to: 'pending', notBefore: world.clock.now(), detail: 'test' });

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
      (await readHolds(database.db, { ...at(hours, owner), presenceMs: 1 })).accounts.map((hold) =>
        hold.heldUntil?.toString(),
      );
    expect(await acquireLease(database.db, at(11, 'early'))).toMatchObject({ epoch: 1 });
    expect(await heldUntil(0, 'one')).toEqual([undefined]);
    expect(await acquireLease(database.db, at(0, 'one'))).toMatchObject({ epoch: 2 });
    expect(await heldUntil(0, 'two')).toEqual([at(0, 'one').expiresAt.toString()]);
    expect(await acquireLease(database.db, at(0, 'two'))).toBeUndefined();
  });

  it('is taken anew at once by the process whose holder is gone, under another epoch', async () => {
    const world = await sendingWorld(database);
    const started = await underWay(database.db, world, 1);
    const { lease } = started;
    const now = world.clock.now();
    const moment = { owner: lease.owner, now, latestEnd: addMs(now, 7_200_000) };
    expect(await readHolds(database.db, { ...moment, presenceMs: 1 })).toEqual({
      accounts: [{ accountId: lease.accountId, owner: lease.owner, heldUntil: undefined }],
      workers: [],
    });
    const again = { ...moment, accountId: lease.accountId, expiresAt: addMs(now, 3_600_000) };
    expect(await acquireLease(database.db, again)).toMatchObject({ epoch: lease.epoch + 1 });
    await expect(answerTexts(database.db, world, { ...started, verdict: notSent(world) })).rejects.toThrow(/is over/);
  });
});

describe('settling', () => {
  it('by a holder that has lost its account moves no question', async () => {
    const world = await sendingWorld(database);
    const started = await underWay(database.db, world, 1);
    await answerTexts(database.db, world, { ...started, verdict: { to: 'unknown', detail: 'test' } });
    const baseUrl = await answering(() => ({ status: 200, body: { data: [], totalItems: 0, nextPageToken: null } }));
    const gateway = quoGateway({ ...world, baseUrl, apiKey: API_KEY, requestTimeoutMs: 1_000 });
    const lanes = new Map(started.texts.map((text) => [text.laneId, { gatewayRef: 'PNtest01' }]));
    const clock = manualClock(world.clock.now());
    const deps = { ...world, clock, gateway, graceMs: MINUTE_MS, knownLong: knownLong(clock, 0, NEVER), lanes };
    const asked = async () =>
      (await sql<{ outcome: string | null }>`select ask_outcome as outcome from message`.execute(database.db)).rows;
    const lost = { ...started.lease, epoch: started.lease.epoch - 1 };
    await expect(settleUnknown(deps, lost, 1)).rejects.toThrow(LeaseLost);
    expect(await asked()).toEqual([{ outcome: null }]);
    await settleUnknown(deps, started.lease, 1);
    expect(await asked()).toEqual([{ outcome: 'not_listed' }]);
  });

  it('asks about everyone in turn: numbers that the gateway never answers for hold up nobody else', async () => {
    const world = await sendingWorld(database);
    const started = await underWay(database.db, world, 4);
    await answerTexts(database.db, world, { ...started, verdict: { to: 'unknown', detail: 'test' } });
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
      const { results } = await settleUnknown(deps, started.lease, 2);
      for (const result of results) clear.add(result.messageId);
      await clock.advance(2_000);
    }
    expect(clear.size).toBe(2);
  });

  it('asks since the oldest attempt to a number, though a younger text to it is due before', async () => {
    const world = await sendingWorld(database);
    const started = await underWay(database.db, world, 2);
    await answerTexts(database.db, world, { ...started, verdict: { to: 'unknown', detail: 'test' } });
    const now = world.clock.now();
    const [older, younger] = started.texts;
    const set = (text: typeof older, minutesAgo: number, dueSecondsAgo: number) =>
      sql`update message set phone = ${older?.phone}, attempted_at = ${addMs(now, -minutesAgo * MINUTE_MS)},
        not_before = ${addMs(now, -dueSecondsAgo * 1_000)} where id = ${text?.messageId}`.execute(database.db);
    await set(older, 180, 5);
    await set(younger, 5, 10);
    const asked: Instant[] = [];
    const gateway: Pick<Gateway, 'listSent'> = {
      async listSent({ since }) {
        asked.push(since);
        return { ok: false, error: { kind: 'unavailable', message: 'HTTP 503' } };
      },
    };
    const clock = manualClock(now);
    const lanes = new Map(started.texts.map((text) => [text.laneId, { gatewayRef: 'PNtest01' }]));
    const deps = { ...world, clock, gateway, graceMs: 0, knownLong: knownLong(clock, 0, NEVER), lanes };
    await settleUnknown(deps, started.lease, 2);
    expect(asked).toHaveLength(1);
    expect(asked[0]?.epochMilliseconds).toBeLessThan(addMs(now, -180 * MINUTE_MS).epochMilliseconds);
  });

  it('takes no absence for proof before it has known of the text for a while, whatever the clocks say', async () => {
    const world = await sendingWorld(database);
    const started = await underWay(database.db, world, 1);
    await answerTexts(database.db, world, { ...started, verdict: { to: 'unknown', detail: 'test' } });
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
    const outcomes = async () => (await settleUnknown(deps, started.lease, 1)).results.map((result) => result.outcome);
    expect(await outcomes()).toEqual([]);
    await clock.advance(59_000);
    expect(await outcomes()).toEqual([]);
    await clock.advance(61_000);
    expect(await outcomes()).toEqual(['settled_absent']);
  });
});

describe('a text that was attempted by a clock an hour ahead of ours', () => {
  it('is asked about every few minutes, not every few seconds until our clock is there', async () => {
    const world = await sendingWorld(database);
    const started = await underWay(database.db, world, 1);
    await answerTexts(database.db, world, { ...started, verdict: { to: 'unknown', detail: 'test' } });
    await sql`update message set attempted_at = attempted_at + interval '1 hour'`.execute(database.db);
    const baseUrl = await answering(() => ({ status: 200, body: { data: [], totalItems: 0, nextPageToken: null } }));
    const clock = manualClock(world.clock.now());
    const gateway = quoGateway({ baseUrl, apiKey: API_KEY, clock, random: world.random, requestTimeoutMs: 1_000 });
    const lanes = new Map(started.texts.map((text) => [text.laneId, { gatewayRef: 'PNtest01', zone: ZONE }]));
    const graceMs = 3 * MINUTE_MS;
    const deps = { ...world, clock, gateway, graceMs, knownLong: knownLong(clock, graceMs, NEVER), lanes };
    let asked = 0;
    for (let second = 0; second < 600; second += 1) {
      asked += (await settleUnknown(deps, started.lease, 1)).asked;
      await clock.advance(1_000);
    }
    expect(asked).toBe(4);
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

describe('a gateway that asks for time when it is asked about a text', () => {
  const asksForTime: WireAnswer = { status: 429, body: {}, headers: { 'retry-after': '30' } };
  const CASES = [
    ['whose answer was lost', 'unknown'],
    ['whose receipt did not come', 'sent'],
  ] as const;
  it.each(CASES)('%s gets it from the whole account', async (_, state) => {
    const world = await sendingWorld(database, { factor: 1 });
    const calls: string[] = [];
    const baseUrl = await answering((path) => {
      // What its numbers sent last.
      if (path.startsWith('/messages?')) return { status: 200, body: { data: [], nextCursor: null } };
      calls.push(path);
      return asksForTime;
    });
    const { id, laneIds } = await insertAccount(database.db, world, { baseUrl, apiKey: API_KEY, lanes: LANES });
    const text = (purpose: string, as: string, at: Instant) =>
      sql`
      insert into message (id, account_id, lane_id, direction, purpose, phone, body, encoding, parts, state, attempts, lease_epoch,
        not_before, created_at, attempted_at, sent_at, gateway_message_id)
      values (${world.newUuid()}, ${id}, ${laneIds[0]}, 'outbound', ${purpose}, '+16175550100', ${purpose}, 'GSM-7', 1, ${as}, 1, 1,
        ${at}, ${at}, ${at}, ${as === 'sent' ? at : null}, ${as === 'sent' ? 'AC1' : null})`.execute(database.db);
    await text('reply', state, addMs(world.clock.now(), -30 * MINUTE_MS));
    world.startWorker('one');
    await world.until('asked', async () => calls.length > 0);
    await world.clock.sleep(500);
    await text('reply', 'pending', world.clock.now());
    await sql`select pg_notify('textwright_live', 'engine')`.execute(database.db);
    await world.clock.sleep(1_500);
    expect(calls).toHaveLength(1);
    // That is how a question begins; texts are handed over at the path itself.
    expect(calls[0]).toMatch(/^\/v1\/messages[?/]/);
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
