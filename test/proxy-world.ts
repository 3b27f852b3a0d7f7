import { sql } from 'kysely';
import { onTestFinished } from 'vitest';
import { quoWebhookEdge } from '../src/gateways/quo/quo-webhook.ts';
import { manualClock, systemClock } from '../src/platform/clock.ts';
import { type Uuid, uuidSource } from '../src/platform/ids.ts';
import { openLive } from '../src/platform/live.ts';
import { createLog } from '../src/platform/log.ts';
import { seededRandom } from '../src/platform/random.ts';
import { secretsWithKey } from '../src/platform/secrets.ts';
import { instant, SECOND_MS } from '../src/platform/time.ts';
import { addProxyTarget, type ProxyTargetInput } from '../src/webhooks/change-proxy.ts';
import { insertEvents, type NewEvent } from '../src/webhooks/event-store.ts';
import type { OutgoingOptions } from '../src/webhooks/forward-event.ts';
import { type RunningProxy, startProxy } from '../src/webhooks/start-proxy.ts';
import { insertAccount } from './fixtures.ts';
import type { HookServer } from './hook-server.ts';
import { testDatabase } from './test-database.ts';

export const NOW = instant('2026-11-17T15:00:00Z');
export const SECRET = Buffer.from('a webhook secret of a test').toString('base64');
export const LOOPBACK = ['127.0.0.0/8'];
export const ACTOR = { actor: 'user:test', actorName: 'Olivia' };

/** Waits for something that no signal tells of. */
export async function until<T>(find: () => Promise<T | undefined | false>): Promise<T> {
  for (;;) {
    const found = await find();
    if (found !== undefined && found !== false) return found;
    await systemClock.sleep(5);
  }
}

/** Targets, events that came for them, and programs that listen, in a database of the test's own; gone when the test is over. */
export async function proxyWorld(options: OutgoingOptions = {}) {
  const database = await testDatabase();
  const live = await openLive({ connectionString: database.connectionString, log: createLog({ level: 'silent' }) });
  const open: RunningProxy[] = [];
  onTestFinished(async () => {
    for (const proxy of open) await proxy.close();
    await live.close();
  });
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

export const idsOf = (hook: HookServer): readonly string[] => hook.posts.map(({ body }) => JSON.parse(body).id).sort();
