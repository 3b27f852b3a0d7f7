import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { insertContacts } from '../../../test/fixtures.ts';
import { type Client, httpWorld, PASSWORD } from '../../../test/http-world.ts';
import { storedEvents } from '../../../test/stored-events.ts';
import { watchAlerts } from '../../alerts/watch-alerts.ts';
import { quoWebhookEdge } from '../../gateways/quo/quo-webhook.ts';
import { runTx } from '../../platform/database.ts';
import { parseId, showId } from '../../platform/ids.ts';
import { addMs, HOUR_MS } from '../../platform/time.ts';
import { BEGINNING } from '../../reconciliation/run.ts';
import { advanceRun, insertDiffs } from '../../reconciliation/run-store.ts';
import { describeWebhooks } from '../webhook-door.ts';
import { registerAlertRoutes } from './alert-routes.ts';
import { registerHealthRoutes } from './health-routes.ts';
import { registerReconciliationRoutes } from './reconciliation-routes.ts';
import { registerReplayRoutes } from './replay-routes.ts';
import { registerWebhookEventRoutes } from './webhook-event-routes.ts';
import { registerWebhookProxyRoutes } from './webhook-proxy-routes.ts';

/** Everything about events that a viewer can read, and in none of it a whole number of anybody. */
const world = await httpWorld({
  registrars: [
    (api, services) => registerWebhookEventRoutes(api, { ...services, webhookEdge: () => quoWebhookEdge }),
    registerReplayRoutes,
    registerReconciliationRoutes,
    registerHealthRoutes,
    registerAlertRoutes,
    registerWebhookProxyRoutes,
    describeWebhooks,
  ],
});
const { services, clock } = world;
const { db } = world.database;
const owner = await world.owner();

async function signedIn(role: 'agent' | 'viewer' | 'manager'): Promise<Client> {
  const login = { email: `${role}@example.com`, password: PASSWORD };
  await owner.post('/v1/users', { ...login, name: role, role });
  const client = world.client();
  await client.post('/v1/sign-in', login);
  return client;
}
const viewer = await signedIn('viewer');
const agent = await signedIn('agent');
const manager = await signedIn('manager');

const ANN = '+16175550123';
const BOB = '+447700900123';
const SAID = `${ANN} and (617) 555-0123 and ${BOB}`;
const now = clock.now();
const at = addMs(now, -HOUR_MS).toString();

const events = await storedEvents(db, services as never);
const accountId = showId('account', events.accountId);
await insertContacts(db, services, [
  { phone: ANN, firstName: `Ann ${BOB}` },
  { phone: '+16175550001' },
  { phone: '+16175550002' },
]);
const quo = JSON.stringify({
  id: 'EV1',
  type: 'message.received',
  data: { object: { id: 'AC1', from: ANN, to: ['+16175550001', BOB], text: `Call ${SAID}` } },
});
const failed = await events.put({ at, type: 'call.completed', phone: ANN, state: 'failed', error: SAID, payload: quo });
await events.put({ at, phone: BOB, payload: 'From=%2B447700900123&To=%2B16175550123&Body=617-555-0123' });
await events.put({ at, phone: ANN, payload: '{"from":"\\u002b16175550123","digits":"16175550123"}' });
await sql`
  insert into gateway_event_attempt (event_id, attempt, at, outcome, error, stack)
  values (${failed}, 1, ${at}, 'failed', ${SAID}, ${`at ${SAID}`})`.execute(db);
await sql`update gateway_event set error_stack = ${SAID}, headers = ${JSON.stringify({ 'x-from': SAID })}::jsonb where id = ${failed}`.execute(
  db,
);
const replay = await manager.post('/v1/event-replays', {
  filter: { phone: ANN, error: SAID },
  reason: `Ann (${SAID}) complained`,
});
const run = await manager.post('/v1/reconciliations', { accountId, since: addMs(now, -24 * HOUR_MS).toString() });
const runId = parseId('reconciliation', run.json.id) ?? '';
const laneId = null;
const found = { laneId, at: addMs(now, -2 * HOUR_MS), here: SAID, there: SAID };
await runTx(db, async (tx) => {
  const counted = await insertDiffs(tx, runId, [
    { kind: 'differs', what: 'status', gatewayId: `AC-${ANN}`, phone: ANN, ...found },
    { kind: 'missing_there', what: 'sent', gatewayId: 'AC2', phone: BOB, ...found },
    { kind: 'missing_here', what: 'received', gatewayId: 'AC3', phone: '+16175550188', ...found },
  ]);
  await advanceRun(tx, runId, {
    checkpoint: BEGINNING,
    progress: 0.5,
    requests: 1,
    seenTexts: 3,
    seenCalls: 0,
    comparedNumbers: 0,
    optOutDifferences: 0,
    found: counted,
    note: SAID,
    now,
  });
});
const [lane] = (await sql<{ id: string }>`select id from lane limit 1`.execute(db)).rows;
const other = await events.account('+16175550009');
const messageId = services.newUuid();
await sql`
  insert into message (id, account_id, lane_id, direction, purpose, phone, body, encoding, parts, state, not_before, created_at)
  values (${messageId}, ${events.accountId}, ${lane?.id}, 'outbound', 'health_check', '+16175550001', 'check', 'GSM-7', 1, 'pending', ${now},
    ${now})`.execute(db);
await sql`
  insert into health_check (id, account_id, from_lane_id, to_lane_id, message_id, token, cause, started_at, due_at, outcome, detail, finished_at)
  values (${services.newUuid()}, ${events.accountId}, ${other.laneIds[0]}, ${lane?.id}, ${messageId}, 'ABCDEFGHJK', 'schedule', ${now}, ${now},
    'failed_send', ${SAID}, ${now})`.execute(db);
await sql`insert into event_suspicion (account_id, kind, since, detail) values (${events.accountId}, 'silence', ${now}, ${SAID})`.execute(
  db,
);
await sql`insert into webhook_look (account_id, looked_at, findings, problem) values (${events.accountId}, ${now}, '[]', ${SAID})`.execute(
  db,
);
await watchAlerts({ ...services, jobs: { enqueue: async () => {} } });

/** Where each path of the description is asked; a path that is not here turns the test red. */
const ADDRESSES: Readonly<Record<string, readonly string[]>> = {
  '/v1/webhook-events': ['/v1/webhook-events', '/v1/webhook-events?state=failed'],
  '/v1/webhook-events/{id}': [`/v1/webhook-events/${showId('event', failed)}`],
  '/v1/webhook-events/export': ['/v1/webhook-events/export'],
  '/v1/webhook-events/stats': ['/v1/webhook-events/stats'],
  '/v1/webhook-events/queue': ['/v1/webhook-events/queue'],
  '/v1/webhook-sources': ['/v1/webhook-sources'],
  '/v1/event-replays': ['/v1/event-replays'],
  '/v1/event-replays/{id}': [`/v1/event-replays/${replay.json.id}`],
  '/v1/reconciliations': ['/v1/reconciliations'],
  '/v1/reconciliations/{id}': [`/v1/reconciliations/${run.json.id}`],
  '/v1/reconciliations/{id}/findings': [`/v1/reconciliations/${run.json.id}/findings`],
  '/v1/accounts/{id}/health': [`/v1/accounts/${accountId}/health`],
  '/v1/accounts/{id}/health-checks': [`/v1/accounts/${accountId}/health-checks`],
  '/v1/accounts/{id}/webhooks': [`/v1/accounts/${accountId}/webhooks`],
  '/v1/alerts': ['/v1/alerts?state=all'],
  '/v1/alert-settings': ['/v1/alert-settings'],
  '/v1/proxy-targets': ['/v1/proxy-targets'],
  '/v1/proxy-targets/{id}/deliveries': ['/v1/proxy-targets/ptg_0193f6c2a1b47c3d8e5f60718293a4b5/deliveries'],
};
const TAGS: ReadonlySet<string> = new Set(['Webhooks', 'Reconciliation', 'Health', 'Alerts', 'Development proxy']);
const isAboutEvents = (path: string, tags: readonly string[]): boolean =>
  path.startsWith('/v1/') && (tags.some((tag) => TAGS.has(tag)) || path.endsWith('/webhooks'));

/** Whole numbers, however they are written. */
const wholeNumbersIn = (body: unknown): readonly string[] => {
  const text = (typeof body === 'string' ? body : JSON.stringify(body)).replaceAll(/[ ().-]/g, '');
  return ['6175550123', '7700900123', '6175550188'].filter((number) => text.includes(number));
};

const description = await owner.get('/openapi.json');
const paths = Object.entries<{ get?: { tags?: readonly string[] } }>(description.json.paths).flatMap(
  ([path, { get }]) => (get !== undefined && isAboutEvents(path, get.tags ?? []) ? [path] : []),
);

describe('to a viewer', () => {
  it.each(paths)('%s shows no whole number of anybody', async (path) => {
    const addresses = ADDRESSES[path];
    if (addresses === undefined) throw new Error(`say in ADDRESSES where ${path} is asked`);
    for (const address of addresses) {
      const answer = await viewer.get(address);
      expect([address, [200, 403].includes(answer.status)]).toEqual([address, true]);
      expect([address, wholeNumbersIn(answer.json)]).toEqual([address, []]);
    }
  });
});

/** Of each path, what a viewer may ask by. A filter by text or number finds what is masked; one that is new is to be thought of here. */
const SAFE_FILTERS: ReadonlySet<string> = new Set([
  ...['cursor', 'limit', 'from', 'until', 'type', 'accountId', 'state', 'settled', 'minutes', 'hours'],
]);
const filtersOf = (path: string): readonly string[] =>
  (description.json.paths[path].get.parameters ?? []).flatMap((one: { readonly in: string; readonly name: string }) =>
    one.in === 'query' && !SAFE_FILTERS.has(one.name) ? [one.name] : [],
  );
const hiddenFilters = paths.flatMap((path) => filtersOf(path).map((name): [string, string] => [path, name]));

describe('by a viewer', () => {
  it.each(hiddenFilters)('%s may not be asked by %s', async (path, name) => {
    for (const address of ADDRESSES[path] ?? []) {
      const query = `${address.includes('?') ? '&' : '?'}${name}=0123`;
      expect((await viewer.get(`${address}${query}`)).status).toBe(403);
    }
  });
});

describe('the same addresses', () => {
  it.each([
    '/v1/webhook-events',
    '/v1/webhook-events/{id}',
    '/v1/event-replays',
    '/v1/event-replays/{id}',
    '/v1/reconciliations',
    '/v1/reconciliations/{id}',
    '/v1/reconciliations/{id}/findings',
    '/v1/accounts/{id}/health',
    '/v1/accounts/{id}/health-checks',
    '/v1/accounts/{id}/webhooks',
  ])('%s shows them to whoever answers customers', async (path) => {
    for (const address of ADDRESSES[path] ?? [])
      expect([address, wholeNumbersIn((await agent.get(address)).json).length > 0]).toEqual([address, true]);
  });
});

describe('alerts', () => {
  it('leave the house without the number of anybody, whatever a program said of an event', async () => {
    const { json } = await manager.get('/v1/alerts?state=all');
    expect(json.data.map(({ kind }: { kind: string }) => kind)).toEqual(['events_failed']);
    expect(wholeNumbersIn(json)).toEqual([]);
    const { rows } = await sql<{ said: string }>`select to_jsonb(a)::text as said from alert a`.execute(db);
    expect(rows.flatMap(({ said }) => wholeNumbersIn(said))).toEqual([]);
  });
});
