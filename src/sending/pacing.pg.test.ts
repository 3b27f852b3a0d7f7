import type { ServerResponse } from 'node:http';
import { sql } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';
import { answerTexts, claimTexts, takeLease } from '../../test/claimed.ts';
import { insertAccount, insertContacts, launchTestCampaign, testPhones } from '../../test/fixtures.ts';
import { localGateway } from '../../test/local-gateway.ts';
import { API_KEY, NUMBERS, type SendingWorld, sendingWorld } from '../../test/sending-world.ts';
import { testDatabase } from '../../test/test-database.ts';
import type { Gateway, SendOutcome } from '../gateways/gateway.ts';
import { quoGateway } from '../gateways/quo/quo-gateway.ts';
import type { Database, Db } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import { type Instant, MINUTE_MS } from '../platform/time.ts';
import { DEFAULT_ENGINE_OPTIONS, type EngineDeps, startEngine } from './engine.ts';

let database: Database;
beforeEach(async () => {
  database = await testDatabase();
});

const LANES = NUMBERS.map((number) => ({ gatewayRef: number.id, phone: number.phone, dailyCap: 1000 }));

async function people(world: SendingWorld, count: number): Promise<readonly string[]> {
  const phones = testPhones(count);
  await insertContacts(
    database.db,
    world,
    phones.map((phone) => ({ phone })),
  );
  return phones;
}

const account = (world: SendingWorld, change: Partial<Parameters<typeof insertAccount>[2]> = {}) =>
  insertAccount(database.db, world, { baseUrl: world.sandbox.url, apiKey: API_KEY, lanes: LANES, ...change });

const policy = (value: object) =>
  sql`insert into setting (key, value, updated_at) values ('sending_policy', ${JSON.stringify({ version: 1, ...value })}, '2026-11-17T00:00:00Z')`.execute(
    database.db,
  );

const setPace = (campaignId: Uuid, columns: string) =>
  sql`update campaign set ${sql.raw(columns)} where id = ${campaignId}`.execute(database.db);

/** Texts that the gateway took, by a part of the time at which it did. */
const takenBy = (world: SendingWorld, length: number): readonly number[] => {
  const groups = Map.groupBy(world.sandbox.accepted(), (text) => text.acceptedAt.toString().slice(0, length));
  return [...groups.values()].map((texts) => texts.length);
};

describe('the pace of a campaign', () => {
  it('lets at most so many through in an hour of the clock', async () => {
    const world = await sendingWorld(database, { factor: 1_800 });
    await people(world, 25);
    const { laneIds } = await account(world);
    const campaignId = await launchTestCampaign(database.db, world, { laneIds });
    await setPace(campaignId, 'max_per_hour = 10');
    world.startWorker('one');
    world.startWorker('two');
    await world.until('completed', () => world.completed(campaignId));
    // A text that is begun in the last second of an hour may arrive in the next.
    expect(Math.max(...takenBy(world, '2026-11-17T15'.length))).toBeLessThanOrEqual(11);
    expect(world.sandbox.accepted()).toHaveLength(25);
  });

  it('gives back what was not sent', async () => {
    const world = await sendingWorld(database);
    await people(world, 20);
    const { id, laneIds } = await account(world);
    const campaignId = await launchTestCampaign(database.db, world, { laneIds });
    await setPace(campaignId, 'max_per_day = 10, max_per_hour = 10');
    const lease = await takeLease(database.db, world, id);
    const claim = () => claimTexts(database.db, world, { lease, campaignId, laneId: laneIds[0] ?? '' });
    const texts = await claim();
    expect([texts.length, (await claim()).length]).toEqual([10, 0]);
    const notBefore = world.clock.now();
    const verdict = { to: 'pending', notBefore, detail: 'Not enough credits (0200402)' } as const;
    await answerTexts(database.db, world, { lease, texts: texts.slice(0, 4), verdict });
    expect((await claim()).length).toBe(4);
    expect((await claim()).length).toBe(0);
  });

  it('spreads it over the time until it is to be done', async () => {
    const world = await sendingWorld(database, { factor: 1_200 });
    await people(world, 20);
    const { laneIds } = await account(world);
    const campaignId = await launchTestCampaign(database.db, world, { laneIds });
    await setPace(campaignId, `finish_by = '2026-11-17T18:20:00Z'`);
    world.startWorker('one');
    await world.until('completed', () => world.completed(campaignId));
    const at = world.sandbox.accepted().map((text) => text.acceptedAt.epochMilliseconds);
    const minutes = (Math.max(...at) - Math.min(...at)) / 60_000;
    // 20 texts in the 200 minutes from 10:00 to 13:20, not all at once and not after.
    expect(minutes).toBeGreaterThan(120);
    expect(minutes).toBeLessThan(215);
    expect(Math.max(...takenBy(world, '2026-11-17T15:0'.length))).toBeLessThanOrEqual(3);
  });
});

describe('a lane', () => {
  it('keeps its throughput beside a faster account', async () => {
    const world = await sendingWorld(database, { factor: 20 });
    await people(world, 30);
    const { laneIds } = await account(world, { lanes: LANES.slice(0, 1) });
    await sql`update lane set messages_per_second = 1`.execute(database.db);
    const campaignId = await launchTestCampaign(database.db, world, { laneIds });
    world.startWorker('one');
    await world.until('completed', () => world.completed(campaignId));
    const at = world.sandbox.accepted().map((text) => text.acceptedAt.epochMilliseconds);
    expect((Math.max(...at) - Math.min(...at)) / 1_000).toBeGreaterThan(27);
  });

  it('hands nothing of one day’s cap over on the next', async () => {
    // Midnight in Tokyo is ten in the morning in New York.
    const world = await sendingWorld(database, { startsAt: '2026-11-17T14:30:00Z', factor: 20 });
    await people(world, 1);
    const { laneIds } = await account(world, { lanes: LANES.slice(0, 1) });
    await sql`update lane set zone = 'Asia/Tokyo'`.execute(database.db);
    const campaignId = await launchTestCampaign(database.db, world, { laneIds });
    world.startWorker('one');
    await world.until('completed', () => world.completed(campaignId));
    const { rows } = await sql<{ day: string; notAfter: Instant }>`
      select cap_day::text as day, not_after from message`.execute(database.db);
    expect(rows.map(({ day, notAfter }) => ({ day, notAfter: notAfter.toString() }))).toEqual([
      { day: '2026-11-17', notAfter: '2026-11-17T14:59:59.999Z' },
    ]);
  });

  it('stops at its parts of the day and goes on the next', async () => {
    const world = await sendingWorld(database, { factor: 7_200 });
    await people(world, 12);
    const { laneIds } = await account(world, { lanes: LANES.slice(0, 1) });
    await sql`update lane set parts_per_day = 10`.execute(database.db);
    const body = `Hi {first_name|there}! ${'We are in your street next week. '.repeat(6)} Reply STOP to opt out.`;
    const campaignId = await launchTestCampaign(database.db, world, {
      laneIds,
      variants: [{ label: 'A', weight: 1, body }],
    });
    world.startWorker('one');
    await world.until('completed', () => world.completed(campaignId));
    // Two parts each: five a day.
    expect(takenBy(world, '2026-11-17'.length)).toEqual([5, 5, 2]);
    const { rows } = await sql`select parts from lane_usage order by day`.execute(database.db);
    expect(rows).toEqual([{ parts: 10 }, { parts: 10 }, { parts: 4 }]);
  });
});

describe('one person', () => {
  it('gets no more campaign texts in 24 hours than are allowed, whichever campaign they are from', async () => {
    const world = await sendingWorld(database, { factor: 7_200 });
    await policy({ messagesPerDay: 1 });
    await people(world, 5);
    const { laneIds } = await account(world);
    const first = await launchTestCampaign(database.db, world, { laneIds });
    const second = await launchTestCampaign(database.db, world, { laneIds });
    world.startWorker('one');
    await world.until('both completed', async () => (await world.completed(first)) && (await world.completed(second)));
    const perPerson = Map.groupBy(world.sandbox.accepted(), (text) => text.to);
    expect(perPerson.size).toBe(5);
    for (const [, texts] of perPerson) {
      const [a, b] = texts.map((text) => text.acceptedAt.epochMilliseconds);
      expect(texts).toHaveLength(2);
      // Begun a day apart; the answers take a moment, which is minutes by this clock.
      expect((b ?? 0) - (a ?? 0)).toBeGreaterThan(23 * 3_600_000);
    }
  });

  it('has had a text that the gateway took, also when its receipt says that it failed', async () => {
    const world = await sendingWorld(database);
    await policy({ messagesPerDay: 1 });
    await people(world, 1);
    const { laneIds } = await account(world);
    const first = await launchTestCampaign(database.db, world, { laneIds });
    const worker = world.startWorker('one');
    await world.until('completed', () => world.completed(first));
    await worker.drain();
    await sql`update message set state = 'failed', failure_code = '30003', failed_at = ${world.clock.now()}`.execute(
      database.db,
    );
    await launchTestCampaign(database.db, world, { laneIds });
    world.startWorker('two');
    await world.until('decided', async () => {
      const { rows } = await sql`select 1 from enrollment where not_before > ${world.clock.now()}`.execute(database.db);
      return rows.length === 1 || world.sandbox.accepted().length > 1;
    });
    expect(world.sandbox.accepted()).toHaveLength(1);
  });

  it('who was texted by another campaign since is left out of one for people not texted for days', async () => {
    const world = await sendingWorld(database);
    await people(world, 3);
    const { laneIds } = await account(world);
    const audience = { notContactedDays: 30 };
    const first = await launchTestCampaign(database.db, world, { laneIds, audience });
    const second = await launchTestCampaign(database.db, world, { laneIds, audience });
    world.startWorker('one');
    await world.until('both completed', async () => (await world.completed(first)) && (await world.completed(second)));
    const { rows } =
      await sql`select skip_reason, count(*) as n from enrollment where state = 'skipped' group by 1`.execute(
        database.db,
      );
    expect(rows).toEqual([{ skipReason: 'contacted_recently', n: 3 }]);
    expect(world.sandbox.accepted()).toHaveLength(3);
  });
});

describe('a campaign behind one of higher priority', () => {
  it('goes as fast as its account although the other sends from another account', async () => {
    const world = await sendingWorld(database, { factor: 1 });
    await people(world, 16);
    const elsewhere = await insertAccount(database.db, world, {
      baseUrl: world.sandbox.url,
      apiKey: API_KEY,
      lanes: [{ gatewayRef: 'PNother', phone: '+16175550009' }],
    });
    await sql`update gateway_account set state = 'paused', state_reason = 'test' where id = ${elsewhere.id}`.execute(
      database.db,
    );
    await launchTestCampaign(database.db, world, { laneIds: elsewhere.laneIds, priority: 1 });
    const here = await account(world);
    const campaignId = await launchTestCampaign(database.db, world, { laneIds: here.laneIds, priority: 2 });
    world.startWorker('one');
    await world.until('completed', () => world.completed(campaignId));
    const times = world.sandbox.accepted().map((text) => text.acceptedAt.epochMilliseconds);
    // 16 texts at 7 a second; one for each look of an idle holder they take 20 seconds and more.
    const tookMs = Math.max(...times) - Math.min(...times);
    expect(tookMs).toBeLessThan(12_000);
  });
});

describe('a holder whose calls are all under way', () => {
  /** Of the 16 that an account of 8 a second may have under way, campaigns leave a tenth free. */
  const UNDER_WAY = 14;

  /** A gateway that answers each call when the test does. */
  async function waitingForAnswers(count: number, change: (world: SendingWorld) => Partial<EngineDeps>) {
    const world = await sendingWorld(database, { factor: 1 });
    await people(world, count);
    const { laneIds } = await account(world, { lanes: LANES.slice(0, 1) });
    await launchTestCampaign(database.db, world, { laneIds });
    const calls: PromiseWithResolvers<SendOutcome>[] = [];
    const silent: Gateway = {
      ...quoGateway({ ...world, baseUrl: world.sandbox.url, apiKey: API_KEY, requestTimeoutMs: 1_000 }),
      send: () => {
        const call = Promise.withResolvers<SendOutcome>();
        calls.push(call);
        return call.promise;
      },
    };
    const engine = startEngine(
      { ...world, openGateway: () => silent, ...change(world) },
      { ...DEFAULT_ENGINE_OPTIONS, owner: 'one', idleMs: MINUTE_MS },
    );
    await world.until('all are under way', async () => calls.length === UNDER_WAY);
    const end = async () => {
      for (const call of calls) call.resolve({ kind: 'not_called', detail: 'test' });
      await engine.drain();
    };
    return { world, calls, end };
  }

  it('sleeps until one is answered', async () => {
    let sleeps = 0;
    const { world, end } = await waitingForAnswers(40, ({ clock }) => ({
      clock: {
        factor: 1,
        now: () => clock.now(),
        sleep: (ms, signal) => {
          sleeps += 1;
          return clock.sleep(ms, signal);
        },
        rest: (realMs, signal) => clock.rest(realMs, signal),
      },
    }));
    const before = sleeps;
    await world.clock.sleep(1_500);
    expect(sleeps - before).toBeLessThan(20);
    await end();
  });

  it('takes a turn for what is recorded, and none for an accepted text alone', async () => {
    const turns = countTurns();
    const { world, calls, end } = await waitingForAnswers(UNDER_WAY, ({ db }) => ({ db: turns.over(db) }));
    const ANSWERS = 10;
    await world.clock.sleep(200);
    const before = turns.count;
    for (const [nth, call] of calls.slice(0, ANSWERS).entries()) {
      call.resolve({ kind: 'accepted', gatewayMessageId: `ACheld${nth}`, status: 'sent' });
      await world.until('it is recorded', async () => (await countSent()) === nth + 1);
      await world.clock.sleep(100);
    }
    expect(before).toBeGreaterThan(0);
    expect(turns.count - before).toBeLessThanOrEqual(ANSWERS + 2);
    await end();
  });

  async function countSent(): Promise<number> {
    const { rows } = await sql<{ sent: number }>`
      select count(*)::int as sent from message where state = 'sent'`.execute(database.db);
    return rows[0]?.sent ?? 0;
  }
});

describe('a holder', () => {
  it('takes one turn for each text of a slow account, and none because it was recorded', async () => {
    const world = await sendingWorld(database, { factor: 1 });
    const TEXTS = 8;
    await people(world, TEXTS);
    const { laneIds } = await account(world, { lanes: LANES.slice(0, 1), ratePerSecond: 4 });
    const campaignId = await launchTestCampaign(database.db, world, { laneIds });
    const turns = countTurns();
    const engine = startEngine(
      {
        ...world,
        db: turns.over(database.db),
        openGateway: () =>
          quoGateway({ ...world, baseUrl: world.sandbox.url, apiKey: API_KEY, requestTimeoutMs: 1_000 }),
      },
      { ...DEFAULT_ENGINE_OPTIONS, owner: 'one' },
    );
    await world.until('completed', () => world.completed(campaignId));
    await engine.drain();
    // The first and the last one, the question who else sends, and what is looked at every two seconds.
    expect(turns.count).toBeLessThanOrEqual(TEXTS + 6);
  });

  it('takes a few turns a second while a reply waits for the answer who else sends', async () => {
    const world = await sendingWorld(database, { factor: 1 });
    const unanswered: ServerResponse[] = [];
    const baseUrl = await localGateway((_, response) => void unanswered.push(response));
    const { id, laneIds } = await account(world, { baseUrl });
    await sql`
      insert into message (id, account_id, lane_id, direction, purpose, phone, body, encoding, parts, state, attempts, not_before, created_at)
      values (${world.newUuid()}, ${id}, ${laneIds[0]}, 'outbound', 'reply', '+16175550100', 'Yes', 'GSM-7', 1, 'pending', 0,
        ${world.clock.now()}, ${world.clock.now()})`.execute(database.db);
    const turns = countTurns();
    const engine = startEngine(
      {
        ...world,
        db: turns.over(database.db),
        openGateway: () => quoGateway({ ...world, baseUrl, apiKey: API_KEY, requestTimeoutMs: 20_000 }),
      },
      { ...DEFAULT_ENGINE_OPTIONS, owner: 'one' },
    );
    await world.until('has begun', async () => turns.count > 0);
    const before = turns.count;
    await world.clock.sleep(2_000);
    expect(turns.count - before).toBeGreaterThan(2);
    expect(turns.count - before).toBeLessThan(14);
    const drained = engine.drain();
    for (const response of unanswered) response.destroy();
    await drained;
  });
});

/** How many turns an engine takes over this database. */
function countTurns() {
  let count = 0;
  return {
    get count() {
      return count;
    },
    over: (db: Db): Db =>
      db.withPlugin({
        transformQuery: ({ node }) => {
          // What every turn reads first, and nobody else does.
          if (JSON.stringify(node).includes('as answers_wait')) count += 1;
          return node;
        },
        transformResult: async ({ result }) => result,
      }),
  };
}

describe('a confirmation', () => {
  it('goes out at once while the gateway leaves every question unanswered', async () => {
    const world = await sendingWorld(database, { factor: 1 });
    const sentAt: number[] = [];
    let questions = 0;
    const baseUrl = await localGateway((request, response) => {
      // Lists are never answered; texts at once.
      if (request.method === 'GET') {
        questions += 1;
        return;
      }
      sentAt.push(performance.now());
      const data = {
        id: `AC${sentAt.length}`,
        to: [],
        from: '',
        text: '',
        status: 'queued',
        createdAt: '2026-11-17T15:00:00Z',
      };
      response.writeHead(202, { 'content-type': 'application/json' }).end(JSON.stringify({ data }));
    });
    const { id, laneIds } = await account(world, { baseUrl });
    const text = (state: string) =>
      sql`
      insert into message (id, account_id, lane_id, direction, purpose, phone, body, encoding, parts, state, attempts, lease_epoch, not_before,
        created_at, attempted_at)
      values (${world.newUuid()}, ${id}, ${laneIds[0]}, 'outbound', 'opt_out_confirmation', '+16175550100', 'Bye', 'GSM-7', 1, ${state}, 1, 1,
        ${world.clock.now()}, ${world.clock.now()}, ${world.clock.now()})`.execute(database.db);
    await text('unknown');
    world.startWorker('one');
    // The question about the unknown one is under way and hangs.
    await world.until('asked', async () => questions > 0);
    const began = performance.now();
    await text('pending');
    await sql`select pg_notify('textwright_live', 'engine')`.execute(database.db);
    await world.until('sent', async () => sentAt.length === 1);
    expect((sentAt[0] ?? 0) - began).toBeLessThan(1_000);
  });
});

describe('the rate of an account', () => {
  it('holds for a text that comes while the gateway has not answered a question yet', async () => {
    const world = await sendingWorld(database, { factor: 1 });
    const calls: { readonly what: string; readonly at: number }[] = [];
    const baseUrl = await localGateway((request, response) => {
      const json = (status: number, body: object): void =>
        void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      if (request.url?.startsWith('/messages?')) {
        json(200, { data: [], nextCursor: null });
        return;
      }
      calls.push({ what: request.method ?? '', at: performance.now() });
      // Questions about one text are never answered.
      if (request.method === 'POST') json(402, { message: 'test', code: '0200402', title: 'Not Enough Credits' });
    });
    const { id, laneIds } = await account(world, { baseUrl, ratePerSecond: 0.5 });
    const text = (purpose: string, state: string) =>
      sql`
      insert into message (id, account_id, lane_id, direction, purpose, phone, body, encoding, parts, state, attempts, lease_epoch, not_before,
        created_at, attempted_at)
      values (${world.newUuid()}, ${id}, ${laneIds[0]}, 'outbound', ${purpose}, '+16175550100', ${purpose}, 'GSM-7', 1, ${state}, 1, 1,
        ${world.clock.now()}, ${world.clock.now()}, ${world.clock.now()})`.execute(database.db);
    await text('reply', 'unknown');
    world.startWorker('one');
    await world.until('asked', async () => calls.length === 1);
    await text('opt_out_confirmation', 'pending');
    await sql`select pg_notify('textwright_live', 'engine')`.execute(database.db);
    await world.until('sent', async () => calls.length === 2);
    expect(calls.map(({ what }) => what)).toEqual(['GET', 'POST']);
    const [question, answer] = calls;
    // One call every two seconds.
    expect((answer?.at ?? 0) - (question?.at ?? 0)).toBeGreaterThan(1_500);
  });
});
