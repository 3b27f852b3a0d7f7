import { type PostgresPool, type PostgresPoolClient, sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pauseSending, resumeSending } from '../src/business/change-business.ts';
import { pauseCampaign, resumeCampaign } from '../src/campaigns/control-campaign.ts';
import { recordInbound } from '../src/conversations/record-inbound.ts';
import { changeAccount, changeLane } from '../src/gateways/change-account.ts';
import type { Gateway } from '../src/gateways/gateway.ts';
import { quoGateway } from '../src/gateways/quo/quo-gateway.ts';
import { type Sandbox, startSandbox } from '../src/gateways/sandbox/sandbox.ts';
import { type ManualClock, systemClock } from '../src/platform/clock.ts';
import { type Database, type Db, dbOver, runTx } from '../src/platform/database.ts';
import type { NewUuid, Uuid } from '../src/platform/ids.ts';
import { type Live, openLive } from '../src/platform/live.ts';
import { createLog } from '../src/platform/log.ts';
import type { Random } from '../src/platform/random.ts';
import { type Secrets, secretsWithKey } from '../src/platform/secrets.ts';
import { addMs, HOUR_MS, MINUTE_MS, msBetween, SECOND_MS } from '../src/platform/time.ts';
import { DEFAULT_ENGINE_OPTIONS, type Engine, type EngineOptions, startEngine } from '../src/sending/engine.ts';
import { readHolderFailures } from '../src/sending/holder-failure-store.ts';
import { acquireLease } from '../src/sending/lease-store.ts';
import type { OpenGateway } from '../src/services.ts';
import { insertAccount, insertContacts, launchTestCampaign, testPhones } from './fixtures.ts';
import { schemaCheck } from './schema-check.ts';
import { API_KEY, NUMBERS } from './sending-world.ts';
import { testDatabase } from './test-database.ts';
import { testWorld } from './world.ts';

/**
 * Time stands still here unless a test moves it: what a worker does then, it does because it was told to, not because some wait was
 * over.
 */
interface StandingWorld {
  readonly db: Db;
  readonly clock: ManualClock;
  readonly random: Random;
  readonly newUuid: NewUuid;
  readonly secrets: Secrets;
  readonly sandbox: Sandbox;
  readonly live: Live;
  readonly requireSchema: () => Promise<void>;
}

const CAMPAIGN = { shownId: 'cmp_test', reason: undefined, actor: 'test' };
const ACTOR = { actor: 'test', actorName: 'Test', reason: undefined };
/** None of these ends in a test. */
const PATIENT: Partial<EngineOptions> = { leaseMs: HOUR_MS, lookMs: HOUR_MS, idleMs: HOUR_MS };
/** Sleeps of a worker at rest: it looks for accounts; it renews the lease of the one that it holds and waits for its work. */
const SLEEPS = { idle: 1, holding: 3 };

let database: Database;
let world: StandingWorld;
let account: { readonly id: Uuid; readonly laneIds: readonly Uuid[] };
const engines: Engine[] = [];

beforeEach(async () => {
  database = await testDatabase({ maxConnections: 30 });
  const { clock, random, newUuid } = testWorld();
  const secrets = secretsWithKey(new Uint8Array(32).fill(7), random);
  const sandbox = await startSandbox({ clock, seed: 1, accounts: [{ apiKey: API_KEY, numbers: NUMBERS }], faults: {} });
  const log = createLog({ level: 'silent' });
  const live = await openLive({ connectionString: database.connectionString, log });
  const requireSchema = schemaCheck(database.db);
  world = { db: database.db, clock, random, newUuid, secrets, sandbox, live, requireSchema };
  account = await insertAccount(world.db, world, {
    baseUrl: sandbox.url,
    apiKey: API_KEY,
    lanes: NUMBERS.map((number) => ({ gatewayRef: number.id, phone: number.phone })),
  });
});
afterEach(async () => {
  await Promise.all(engines.splice(0).map((engine) => engine.drain()));
  await world.live.close();
  await world.sandbox.close();
});

const gatewayOf = ({ baseUrl, apiKey }: { readonly baseUrl: string; readonly apiKey: string }): Gateway =>
  quoGateway({ ...world, baseUrl, apiKey, requestTimeoutMs: 10_000 });

function startWorker(
  owner: string,
  options: Partial<EngineOptions> = {},
  deps: { readonly db?: Db; readonly openGateway?: OpenGateway } = {},
): Engine {
  const engine = startEngine(
    { ...world, log: createLog({ level: 'silent' }), openGateway: gatewayOf, ...deps },
    { ...DEFAULT_ENGINE_OPTIONS, windowMarginMs: 0, owner, ...options },
  );
  engines.push(engine);
  return engine;
}

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const giveUpAt = performance.now() + 40_000;
  while (!(await holds())) {
    if (performance.now() > giveUpAt) throw new Error(`still not true after 40 s: ${what}`);
    await systemClock.sleep(5);
  }
}

const atRest = (sleeps: number): Promise<void> => until('at rest', () => world.clock.sleepers === sleeps);
const ownerNow = async (): Promise<string | null | undefined> =>
  (await sql<{ owner: string | null }>`select owner from account_lease`.execute(world.db)).rows[0]?.owner;

/** Time in steps, each when everybody has come to rest after the one before. */
async function pass(ms: number, sleeps: number, stepMs = 250): Promise<void> {
  for (let passed = 0; passed < ms; passed += stepMs) {
    await atRest(sleeps);
    await world.clock.advance(stepMs);
  }
  await atRest(sleeps);
}

const goOnUntil = (what: string, holds: () => boolean | Promise<boolean>, stepMs = 100): Promise<void> =>
  until(what, async () => {
    await world.clock.advance(stepMs);
    return holds();
  });

/** Where texts go out: a clock much faster than the machine makes every request late, and every text unknown. */
const SLOWLY = 20;

/** The rate, and the question who else sends, take moments; the waits of a patient worker an hour. */
const sent = (count: number): Promise<void> => goOnUntil('sent', () => world.sandbox.accepted().length === count, 20);

async function campaignOf(people: number, areaCode?: string): Promise<Uuid> {
  await insertContacts(
    world.db,
    world,
    testPhones(people, areaCode).map((phone) => ({ phone })),
  );
  return launchTestCampaign(world.db, world, { laneIds: account.laneIds });
}

/** To the first number of the account. */
function textFrom(from: string, text: string): Promise<boolean> {
  const [{ id: laneRef, phone }] = NUMBERS;
  const ids = { eventId: `EV${from}`, gatewayMessageId: `AC${from}` };
  const inbound = {
    ...ids,
    type: 'message_received',
    from,
    to: [phone],
    laneRef,
    text,
    media: [],
    at: world.clock.now(),
  } as const;
  const receiver = { id: account.id, kind: 'quo', environment: 'sandbox' } as const;
  return runTx(world.db, (tx) => recordInbound(tx, world, receiver, inbound));
}

describe('a worker that waits', () => {
  it.each<[string, () => Promise<() => Promise<unknown>>]>([
    ['a launch', async () => () => campaignOf(1)],
    [
      'a campaign that is resumed',
      async () => {
        const id = await campaignOf(1);
        await runTx(world.db, (tx) => pauseCampaign(tx, world, { ...CAMPAIGN, id }));
        return () => runTx(world.db, (tx) => resumeCampaign(tx, world, { ...CAMPAIGN, id }));
      },
    ],
    [
      'sending that is resumed',
      async () => {
        await pauseSending(world, { reason: 'test', actor: 'test' });
        await campaignOf(1);
        return () => resumeSending(world, { actor: 'test' });
      },
    ],
    [
      'an account that is switched on',
      async () => {
        await changeAccount(world, { ...ACTOR, id: account.id, change: { state: 'paused' } });
        await campaignOf(1);
        return () => changeAccount(world, { ...ACTOR, id: account.id, change: { state: 'active' } });
      },
    ],
    [
      'a number that is switched on',
      async () => {
        for (const id of account.laneIds) await changeLane(world, { ...ACTOR, id, change: { state: 'paused' } });
        await campaignOf(1);
        const [id = ''] = account.laneIds;
        return () => changeLane(world, { ...ACTOR, id, change: { state: 'active' } });
      },
    ],
    ['somebody who opts out and gets it confirmed', async () => () => textFrom('+16175559999', 'STOP')],
  ])('begins because of %s, not because its wait is over', async (_, prepare) => {
    const act = await prepare();
    startWorker('one', PATIENT);
    await atRest(SLEEPS.holding);
    await pass(SECOND_MS, SLEEPS.holding);
    expect(world.sandbox.accepted()).toEqual([]);
    await act();
    await sent(1);
  });

  it('takes an account over at once from one that drains, whose lease has an hour left', async () => {
    const first = startWorker('first', PATIENT);
    await atRest(SLEEPS.holding);
    startWorker('second', PATIENT);
    await atRest(SLEEPS.holding + SLEEPS.idle);
    expect(await ownerNow()).toBe('first');
    await first.drain();
    await until('taken over', async () => (await ownerNow()) === 'second');
  });

  it('takes an account over within 15 s after a crash, because it knows when the lease ends', async () => {
    const now = world.clock.now();
    const { leaseMs } = DEFAULT_ENGINE_OPTIONS;
    const crashed = { accountId: account.id, owner: 'crashed', now, expiresAt: addMs(now, leaseMs) };
    await acquireLease(world.db, { ...crashed, latestEnd: addMs(now, 2 * leaseMs) });
    startWorker('second', { lookMs: HOUR_MS });
    await atRest(SLEEPS.idle);
    await world.clock.advance(leaseMs - SECOND_MS);
    await atRest(SLEEPS.idle);
    expect(await ownerNow()).toBe('crashed');
    await world.clock.advance(15 * SECOND_MS - (leaseMs - SECOND_MS));
    await until('taken over', async () => (await ownerNow()) === 'second');
  });
});

describe('a pause', () => {
  it('lets no claim through once it has committed: what is launched after it goes out, the paused campaign does not', async () => {
    const paused = await campaignOf(20);
    startWorker('one');
    await goOnUntil('under way', () => world.sandbox.accepted().length >= 3, SLOWLY);
    await runTx(world.db, (tx) => pauseCampaign(tx, world, { ...CAMPAIGN, id: paused }));
    const begun = await textsOf(paused);
    const later = await campaignOf(3, '508');
    await goOnUntil('the later one is out', async () => (await textsOf(later)) === 3, SLOWLY);
    expect(await textsOf(paused)).toBe(begun);
    expect(begun).toBeLessThan(20);
    await runTx(world.db, (tx) => resumeCampaign(tx, world, { ...CAMPAIGN, id: paused }));
    await goOnUntil('all are out', async () => (await textsOf(paused)) === 20, SLOWLY);
  });
});

describe('statements in a minute without work', () => {
  /** Statements of one worker that holds an account, and of each that waits for one. */
  const MOST = { holding: 110, waiting: 10 };
  it.each([1, 20])('are few with %i workers on one account', async (workers) => {
    const counted = counting(database);
    for (let n = 0; n < workers; n += 1) startWorker(`worker ${n}`, {}, { db: counted.db });
    const sleeps = SLEEPS.holding + (workers - 1) * SLEEPS.idle;
    await atRest(sleeps);
    const before = counted.statements();
    await pass(MINUTE_MS, sleeps, SECOND_MS);
    const statements = counted.statements() - before;
    expect(statements).toBeGreaterThan(0);
    expect(statements).toBeLessThanOrEqual(MOST.holding + (workers - 1) * MOST.waiting);
  });
});

describe('a text that comes in', () => {
  it('wakes the holder of its account, not those of all the others', async () => {
    const others = 19;
    for (let n = 0; n < others; n += 1)
      await insertAccount(world.db, world, {
        baseUrl: world.sandbox.url,
        apiKey: API_KEY,
        lanes: [{ gatewayRef: `PNother${n}`, phone: `+1617555${2000 + n}` }],
      });
    const sleeps = SLEEPS.idle + (1 + others) * (SLEEPS.holding - SLEEPS.idle);
    const counted = counting(database);
    startWorker('one', PATIENT, { db: counted.db });
    await atRest(sleeps);
    await pass(5 * SECOND_MS, sleeps);
    const before = counted.statements();
    const texts = 5;
    for (const from of testPhones(texts)) {
      // To be looked at by a person, and answered by nobody before.
      await textFrom(from, 'stop?');
      await pass(SECOND_MS, sleeps);
    }
    const statements = counted.statements() - before;
    expect(statements).toBeGreaterThan(0);
    expect(statements).toBeLessThan((texts * others) / 2);
  });
});

describe('a launch', () => {
  it('makes nobody look for accounts: a worker that has none asks the database nothing', async () => {
    startWorker('first', PATIENT);
    await atRest(SLEEPS.holding);
    const counted = counting(database);
    startWorker('second', PATIENT, { db: counted.db });
    const sleeps = SLEEPS.holding + SLEEPS.idle;
    await atRest(sleeps);
    expect(await ownerNow()).toBe('first');
    const before = counted.statements();
    expect(before).toBeGreaterThan(0);
    await campaignOf(1);
    await sent(1);
    expect(counted.statements() - before).toBe(0);
  });
});

describe('a holder that fails', () => {
  it('again and again is tried less and less often, is shown to people, and forgotten once it holds', async () => {
    let broken = true;
    const openGateway: OpenGateway = ({ baseUrl, apiKey }) => {
      if (broken) throw new Error('the key of +16175550142 cannot be opened');
      return gatewayOf({ baseUrl, apiKey });
    };
    const startedAt = world.clock.now();
    startWorker('one', {}, { openGateway });
    const failure = async () => (await readHolderFailures(world.db)).get(account.id);
    await goOnUntil('failed five times', async () => (await failure())?.times === 5);
    expect(await failure()).toMatchObject({ worker: 'one', detail: 'the key of •••0142 cannot be opened' });
    // It rests for 1, 2, 4 and 8 seconds in between.
    expect(msBetween(startedAt, world.clock.now())).toBeGreaterThanOrEqual(15 * SECOND_MS);
    broken = false;
    await goOnUntil('held', () => world.clock.sleepers === SLEEPS.holding);
    await pass(DEFAULT_ENGINE_OPTIONS.leaseMs + SECOND_MS, SLEEPS.holding);
    expect(await readHolderFailures(world.db)).toEqual(new Map());
    await campaignOf(1);
    await sent(1);
  });

  it('by hanging in a statement loses its account instead of renewing its lease for ever', async () => {
    const { promise: unlock, resolve } = Promise.withResolvers<void>();
    const { promise: locked, resolve: isLocked } = Promise.withResolvers<void>();
    const locking = runTx(world.db, async (tx) => {
      await sql`lock table campaign in access exclusive mode`.execute(tx);
      isLocked();
      await unlock;
    });
    await locked;
    startWorker('one');
    const failure = async () => (await readHolderFailures(world.db)).get(account.id)?.detail ?? '';
    await goOnUntil('given up', async () => (await failure()).includes('has hung since'), 4 * SECOND_MS);
    resolve();
    await locking;
    await campaignOf(1);
    await goOnUntil('sent', () => world.sandbox.accepted().length === 1);
  });
});

const textsOf = async (campaignId: Uuid): Promise<number> =>
  (
    await sql<{ n: number }>`
      select count(*) as n from message m join enrollment e on e.id = m.enrollment_id where e.campaign_id = ${campaignId}`.execute(
      world.db,
    )
  ).rows[0]?.n ?? 0;

/** The same database, with a count of all that is asked of it. */
function counting({ pool }: Database): { readonly db: Db; statements(): number } {
  let statements = 0;
  const counted: PostgresPool = {
    connect: async () => {
      const client: PostgresPoolClient = await pool.connect();
      return new Proxy(client, {
        get(target, key) {
          if (key === 'query') statements += 1;
          const value: unknown = Reflect.get(target, key);
          return typeof value === 'function' ? value.bind(target) : value;
        },
      });
    },
    end: async () => undefined,
    options: {},
  };
  return { db: dbOver(counted), statements: () => statements };
}
