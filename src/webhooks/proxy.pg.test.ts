import { createHmac } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { insertAccount } from '../../test/fixtures.ts';
import { CERTIFICATE, type HookServer, hookServer } from '../../test/hook-server.ts';
import { testDatabase } from '../../test/test-database.ts';
import { quoWebhookEdge } from '../gateways/quo/quo-webhook.ts';
import { manualClock, systemClock } from '../platform/clock.ts';
import { type Database, runTx } from '../platform/database.ts';
import { showId, type Uuid, uuidSource } from '../platform/ids.ts';
import { type Live, openLive } from '../platform/live.ts';
import { createLog } from '../platform/log.ts';
import { seededRandom } from '../platform/random.ts';
import { secretsWithKey } from '../platform/secrets.ts';
import { addMs, DAY_MS, HOUR_MS, instant, MINUTE_MS, SECOND_MS } from '../platform/time.ts';
import { addProxyTarget, changeProxyTarget, forwardAgain, type ProxyTargetInput } from './change-proxy.ts';
import { insertEvents, type NewEvent } from './event-store.ts';
import { findEvents } from './find-events.ts';
import { attemptEndsBy, type OutgoingOptions } from './forward-event.ts';
import { openIntake } from './intake.ts';
import { claimDue } from './proxy-delivery-store.ts';
import { getProxyTarget } from './proxy-target-store.ts';
import { spoolIn } from './spool.ts';
import { FORWARDED_AT_ONCE, type RunningProxy, startProxy } from './start-proxy.ts';
import { createTally } from './tally.ts';

const NOW = instant('2026-11-17T15:00:00Z');
const SECRET = Buffer.from('a webhook secret of a test').toString('base64');
const LOOPBACK = ['127.0.0.0/8'];
const ACTOR = { actor: 'user:test', actorName: 'Olivia' };

let database: Database;
let live: Live;
const open: RunningProxy[] = [];
beforeEach(async () => {
  database = await testDatabase();
  live = await openLive({ connectionString: database.connectionString, log: createLog({ level: 'silent' }) });
});
afterEach(async () => {
  for (const proxy of open.splice(0)) await proxy.close();
  await live.close();
});

/** Waits for something that no signal tells of. */
async function until<T>(find: () => Promise<T | undefined | false>): Promise<T> {
  for (;;) {
    const found = await find();
    if (found !== undefined && found !== false) return found;
    await systemClock.sleep(5);
  }
}

async function proxyWorld(options: OutgoingOptions = {}) {
  const { db } = database;
  const clock = manualClock(NOW);
  const random = seededRandom(1);
  const newUuid = uuidSource({ clock, random });
  const secrets = secretsWithKey(random.bytes(32), random);
  const logLines: string[] = [];
  const log = createLog({ level: 'warn', destination: { write: (line: string) => void logLines.push(line) } });
  const services = {
    database,
    clock,
    random,
    newUuid,
    secrets,
    log,
    live,
    webhookEdge: () => quoWebhookEdge,
    publicUrl: () => 'https://textwright.example',
    localUrl: () => 'http://127.0.0.1:7080',
  };
  const newAccount = (n: number) =>
    insertAccount(db, services, {
      baseUrl: 'http://127.0.0.1:1',
      apiKey: `key-${n}`,
      webhookSecret: SECRET,
      lanes: [{ gatewayRef: `PN${n}`, phone: `+1617555000${n}` }],
    });
  const account = await newAccount(1);
  const addTo = async (url: string, input: Partial<ProxyTargetInput & { accountId: Uuid }> = {}) => {
    const settings = { url, allowedCidrs: LOOPBACK, eventTypes: [], accountId: account.id, actor: ACTOR.actor };
    const added = await addProxyTarget({ ...services, db, ...options }, { ...settings, ...input });
    if (!added.ok) throw new Error(added.error.message);
    return added.value;
  };
  const add = (hook: HookServer, input: Partial<ProxyTargetInput & { accountId: Uuid }> = {}) =>
    addTo(`http://127.0.0.1:${hook.port}/`, input);
  const event = (change: Partial<NewEvent> = {}): NewEvent => {
    const id = newUuid();
    return {
      id,
      accountId: account.id,
      eventId: id,
      type: 'message.received',
      phone: null,
      orderKey: null,
      payload: `{"id":"${id}"}`,
      headers: { 'openphone-signature': 'hmac;1;1;abc', 'content-type': 'application/json', 'user-agent': 'Quo' },
      receivedAt: clock.now(),
      source: 'webhook',
      signedBy: 'abc',
      unreadable: null,
      ...change,
    };
  };
  const come = async (...changes: readonly Partial<NewEvent>[]) => {
    const events = changes.map(event);
    await insertEvents(db, events);
    return events;
  };
  const start = (more: OutgoingOptions = {}): RunningProxy => {
    const proxy = startProxy({ ...services, outgoing: { ...options, ...more } });
    open.push(proxy);
    return proxy;
  };
  const deliveries = async (targetId: Uuid) =>
    (
      await sql<{ eventId: Uuid; state: string; attempts: number; error: string | null; lastStatus: number | null }>`
        select event_id, state, attempts, error, last_status from webhook_proxy_delivery where target_id = ${targetId} order by event_id`.execute(
        db,
      )
    ).rows;
  const untilStates = (targetId: Uuid, ...states: readonly string[]) =>
    until(async () => {
      const rows = await deliveries(targetId);
      return JSON.stringify(rows.map(({ state }) => state)) === JSON.stringify(states) && rows;
    });
  /** Second by second, so that what looks now and then looks. */
  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += SECOND_MS) {
      await atRest();
      await clock.advance(SECOND_MS);
    }
    await atRest();
  };
  const atRest = () => until(async () => clock.sleepers > 0);
  return {
    ...services,
    services,
    db,
    logLines,
    account,
    newAccount,
    add,
    addTo,
    event,
    come,
    start,
    deliveries,
    untilStates,
    atRest,
    pass,
  };
}

const idsOf = (hook: HookServer): readonly string[] => hook.posts.map(({ body }) => JSON.parse(body).id).sort();

describe('an event', () => {
  it('is forwarded as it came, with its headers, its id and the token of the target', async () => {
    const hook = await hookServer({ secure: true });
    const world = await proxyWorld({ resolve: async () => ['127.0.0.1'], trusted: CERTIFICATE });
    const { target, token } = await world.addTo(`https://hook.example.test:${hook.port}/in?from=us`);
    world.start();
    const payload = ' {"id": "EV1",\t"text":"Grüße \ud83c\udf32"}\n';
    const [event] = await world.come({ payload });
    await world.untilStates(target.id, 'delivered');
    expect(hook.posts).toEqual([
      {
        path: '/in?from=us',
        body: payload,
        headers: {
          host: `hook.example.test:${hook.port}`,
          connection: 'close',
          'content-length': String(Buffer.byteLength(payload)),
          'content-type': 'application/json',
          'user-agent': 'Quo',
          'openphone-signature': 'hmac;1;1;abc',
          'x-textwright-event': showId('event', event?.id ?? ''),
          'x-textwright-token': token,
        },
      },
    ]);
    expect(await getProxyTarget(world.db, target.id)).toMatchObject({ deliveredTotal: 1, lastDeliveredAt: NOW });
  });

  it('that came before the target, of another account, type or origin is not', async () => {
    const hook = await hookServer();
    const world = await proxyWorld();
    const other = await world.newAccount(2);
    await world.come({});
    await world.clock.advance(1);
    const { target } = await world.add(hook, { eventTypes: ['message.received', 'unreadable'] });
    await world.come(
      { accountId: other.id },
      { type: 'call.completed' },
      { source: 'reconciliation' },
      { payload: '{"id":"yes"}' },
      { type: 'unreadable', unreadable: 'no JSON', payload: '{"id":"also"}' },
      { source: 'spool', payload: '{"id":"off the disk"}' },
    );
    world.start();
    await world.untilStates(target.id, 'delivered', 'delivered', 'delivered');
    await world.pass(MINUTE_MS);
    expect(idsOf(hook)).toEqual(['also', 'off the disk', 'yes']);
  });

  it('that came while the target was off is not', async () => {
    const hook = await hookServer();
    const world = await proxyWorld();
    const { target } = await world.add(hook);
    const set = (state: 'active' | 'off') =>
      changeProxyTarget({ ...world.services, db: world.db }, { id: target.id, change: { state }, ...ACTOR });
    world.start();
    await set('off');
    await world.clock.advance(1);
    await world.come({});
    await world.clock.advance(1);
    await set('active');
    const [after] = await world.come({});
    await world.untilStates(target.id, 'delivered');
    await world.pass(MINUTE_MS);
    expect(idsOf(hook)).toEqual([after?.id]);
  });
});

describe('no event is passed by', () => {
  it.each([
    ['a moment', 0],
    ['longer than the cursor stays behind', 40 * SECOND_MS],
  ])('that was given its id before another one and was stored %s after it', async (_case, laterMs) => {
    const hook = await hookServer();
    const world = await proxyWorld();
    const { target } = await world.add(hook);
    const [early, late] = [world.event(), world.event()];
    expect(early.id < late.id).toBe(true);
    world.start();
    await runTx(world.db, async (tx) => {
      await insertEvents(tx, [early]);
      await insertEvents(world.db, [late]);
      await world.untilStates(target.id, 'delivered');
      expect(idsOf(hook)).toEqual([late.id]);
      await world.pass(laterMs);
    });
    if (laterMs > 0) await world.pass(20 * SECOND_MS);
    await world.untilStates(target.id, 'delivered', 'delivered');
    await world.pass(MINUTE_MS);
    expect(idsOf(hook)).toEqual([early.id, late.id]);
  });

  it('that waited on the disk for days', async () => {
    const hook = await hookServer();
    const world = await proxyWorld();
    const { target } = await world.add(hook);
    await world.clock.advance(HOUR_MS);
    const spooled = world.event({ source: 'spool' });
    await world.clock.advance(3 * DAY_MS);
    const [newest] = await world.come({});
    world.start();
    await hook.posted(1);
    // The cursor has passed by, and the last look for late ones was a moment ago.
    await world.pass(5 * SECOND_MS);
    await insertEvents(world.db, [spooled]);
    await world.pass(20 * SECOND_MS);
    await world.untilStates(target.id, 'delivered', 'delivered');
    expect(idsOf(hook)).toEqual([spooled.id, newest?.id]);
  });

  it('that was stored late while nobody forwarded', async () => {
    const hook = await hookServer();
    const world = await proxyWorld();
    const { target } = await world.add(hook);
    const [early, late] = [world.event(), world.event()];
    await insertEvents(world.db, [late]);
    await findEvents(world, target.id);
    await world.clock.advance(5 * SECOND_MS);
    await findEvents(world, target.id);
    await insertEvents(world.db, [early]);
    await findEvents(world, target.id);
    expect(await world.deliveries(target.id)).toMatchObject([{ eventId: late.id }]);
    await world.clock.advance(5 * HOUR_MS);
    world.start();
    await world.untilStates(target.id, 'delivered', 'delivered');
    expect(idsOf(hook)).toEqual([early.id, late.id]);
  });

  it('and none is forwarded twice, however many processes forward and however many come', async () => {
    const hook = await hookServer();
    const world = await proxyWorld();
    const { target } = await world.add(hook);
    world.start();
    world.start();
    const batches = Array.from({ length: 20 }, () => Array.from({ length: 60 }, () => world.event()));
    await Promise.all(batches.map((batch) => insertEvents(world.db, batch)));
    // Those that were stored much later than their neighbours are found when time goes on.
    await until(async () => {
      await world.clock.advance(SECOND_MS);
      return hook.posts.length === 1_200;
    });
    await until(async () => (await getProxyTarget(world.db, target.id))?.deliveredTotal === 1_200);
    await world.pass(MINUTE_MS);
    expect(idsOf(hook)).toEqual(
      batches
        .flat()
        .map(({ id }) => id)
        .sort(),
    );
  });

  it('when the process that forwarded it was killed in the middle', async () => {
    const hook = await hookServer();
    const world = await proxyWorld();
    const { target } = await world.add(hook);
    await world.come({});
    await findEvents(world, target.id);
    const [killed] = await claimDue(world.db, target.id, {
      limit: 1,
      now: NOW,
      until: attemptEndsBy(world.clock, NOW),
    });
    expect(killed?.attempts).toBe(1);
    world.start();
    await world.atRest();
    expect(hook.posts).toEqual([]);
    await world.clock.advance(31 * SECOND_MS);
    const [row] = await world.untilStates(target.id, 'delivered');
    expect(row?.attempts).toBe(2);
  });
});

describe('a target that does not take an event', () => {
  it('is asked five times in some minutes, then the event rests and the next goes on', async () => {
    const hook = await hookServer();
    hook.answer = 503;
    const world = await proxyWorld();
    const { target } = await world.add(hook);
    world.start();
    await world.come({});
    for (let attempts = 1; attempts < 5; attempts += 1) {
      await until(async () => (await world.deliveries(target.id))[0]?.error !== null && hook.posts.length === attempts);
      await world.atRest();
      await until(async () => {
        await world.clock.advance(SECOND_MS);
        return hook.posts.length === attempts + 1;
      });
    }
    const [failed] = await world.untilStates(target.id, 'failed');
    expect(failed).toMatchObject({ attempts: 5, error: 'answered 503', lastStatus: 503 });
    hook.answer = 200;
    await world.come({});
    await world.untilStates(target.id, 'failed', 'delivered');
    expect(await getProxyTarget(world.db, target.id)).toMatchObject({
      state: 'active',
      failingSince: null,
      failedTotal: 1,
    });
  });

  it('that fails for an hour is switched off, with a notice, and what waits is not tried', async () => {
    const hook = await hookServer();
    hook.answer = 500;
    const world = await proxyWorld();
    const { target } = await world.add(hook);
    const [event] = await world.come({});
    await sql`update webhook_proxy_target set failing_since = ${addMs(NOW, -HOUR_MS)}`.execute(world.db);
    await findEvents(world, target.id);
    await sql`update webhook_proxy_delivery set attempts = 4`.execute(world.db);
    await sql`insert into webhook_proxy_delivery (target_id, event_id, state, next_at, created_at)
      select ${target.id}, id, 'waiting', ${addMs(NOW, DAY_MS)}, ${NOW} from gateway_event where false`.execute(
      world.db,
    );
    const [waiting] = await world.come({});
    await findEvents(world, target.id);
    await sql`update webhook_proxy_delivery set next_at = ${addMs(NOW, HOUR_MS)} where event_id = ${waiting?.id}`.execute(
      world.db,
    );
    world.start();
    const rows = await world.untilStates(target.id, 'failed', 'failed');
    expect(rows).toMatchObject([
      { eventId: event?.id, error: 'answered 500', attempts: 5 },
      { eventId: waiting?.id, error: 'not tried any more: the target was switched off', attempts: 0 },
    ]);
    expect(await getProxyTarget(world.db, target.id)).toMatchObject({
      state: 'failed',
      stateReason: 'Nothing got through for an hour, the last attempt: answered 500',
    });
    const { rows: audit } = await sql`select actor, action from audit_entry order by id`.execute(world.db);
    expect(audit).toEqual([
      { actor: 'user:test', action: 'proxy_target.added' },
      { actor: 'system', action: 'proxy_target.given_up' },
    ]);
    expect(world.logLines.join()).toContain('are not forwarded to this target any more');
    await world.come({});
    await world.pass(MINUTE_MS);
    expect(hook.posts).toHaveLength(1);
  });

  it('and points to this machine after it was made is not connected to', async () => {
    const hook = await hookServer();
    const answers = [['93.184.216.34'], ['127.0.0.1']];
    const world = await proxyWorld({ resolve: async () => answers.shift() ?? ['127.0.0.1'] });
    const { target } = await world.addTo(`https://hook.example.test:${hook.port}/`, { allowedCidrs: [] });
    await world.come({});
    world.start();
    const [row] = await until(async () => {
      const rows = await world.deliveries(target.id);
      return rows[0]?.error != null && rows;
    });
    expect(row?.error).toContain('hook.example.test (127.0.0.1) is this machine');
    expect(hook.connections()).toBe(0);
  });

  it('and is dead holds up neither the intake nor the other targets', async () => {
    const [dead, alive] = [await hookServer(), await hookServer()];
    dead.answer = 'silence';
    const world = await proxyWorld();
    const [toDead, toAlive] = [await world.add(dead), await world.add(alive)];
    const proxy = world.start();
    const folder = await mkdtemp(join(tmpdir(), 'textwright-spool-'));
    const tally = createTally(world.services.clock);
    const intake = openIntake(world.services, { spool: spoolIn(folder), perSecond: 500, tally });
    const post = (n: number) => {
      const rawBody = Buffer.from(JSON.stringify({ id: `EV${n}`, type: 'contact.touched', data: {} }));
      const at = NOW.epochMilliseconds;
      const key = Buffer.from(SECRET, 'base64');
      const signature = createHmac('sha256', key).update(`${at}.`).update(rawBody).digest('base64');
      return intake.receive({
        kind: 'quo',
        accountId: world.account.id,
        sandboxOnly: false,
        query: '',
        source: '192.0.2.1',
        rawBody,
        headers: { 'openphone-signature': `hmac;1;${at};${signature}` },
      });
    };
    await post(0);
    await dead.posted(1);
    const answers = await Promise.all(Array.from({ length: 499 }, (_, n) => post(n + 1)));
    // Every one is answered, and the target has not answered one.
    expect(answers.filter(({ ok }) => ok)).toHaveLength(499);
    await alive.posted(500);
    await dead.posted(FORWARDED_AT_ONCE);
    expect(await getProxyTarget(world.db, toAlive.target.id)).toMatchObject({ failedTotal: 0 });
    expect(dead.connections()).toBe(FORWARDED_AT_ONCE);
    expect(await getProxyTarget(world.db, toDead.target.id)).toMatchObject({ deliveredTotal: 0, failedTotal: 0 });
    await proxy.close();
    expect((await world.deliveries(toDead.target.id)).every(({ attempts }) => attempts === 0)).toBe(true);
  });

  it('and does not keep up is given no more than it can take, and misses nothing', async () => {
    const hook = await hookServer();
    const world = await proxyWorld();
    const { target } = await world.add(hook);
    for (let n = 0; n < 4; n += 1)
      await insertEvents(
        world.db,
        Array.from({ length: 1_000 }, () => world.event()),
      );
    await findEvents(world, target.id);
    await findEvents(world, target.id);
    expect(await world.deliveries(target.id)).toHaveLength(1_000);
    await sql`update webhook_proxy_delivery set state = 'delivered', next_at = null, finished_at = ${NOW}`.execute(
      world.db,
    );
    await findEvents(world, target.id);
    expect(await world.deliveries(target.id)).toHaveLength(2_000);
  });
});

it('an event is forwarded again when somebody asks for it, also one that was passed by', async () => {
  const hook = await hookServer();
  const world = await proxyWorld();
  const other = await world.newAccount(2);
  const [before, foreign] = await world.come({}, { accountId: other.id });
  const { target } = await world.add(hook);
  world.start();
  const again = (eventId: Uuid) =>
    runTx(world.db, (tx) => forwardAgain(tx, world.services, { id: target.id, eventId, actor: ACTOR.actor }));
  expect(await again(before?.id ?? '')).toMatchObject({ ok: true });
  await hook.posted(1);
  await world.untilStates(target.id, 'delivered');
  expect(await again(before?.id ?? '')).toMatchObject({ ok: true });
  await hook.posted(2);
  expect(await again(foreign?.id ?? '')).toMatchObject({ ok: false, error: { kind: 'not_found' } });
});
