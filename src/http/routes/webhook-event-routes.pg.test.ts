import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { httpWorld, PASSWORD } from '../../../test/http-world.ts';
import { storedEvents } from '../../../test/stored-events.ts';
import { quoWebhookEdge } from '../../gateways/quo/quo-webhook.ts';
import { showId } from '../../platform/ids.ts';
import { storeSourceCounts } from '../../webhooks/source-store.ts';
import { registerDiscardRoutes } from './discard-routes.ts';
import { registerReplayRoutes } from './replay-routes.ts';
import { registerWebhookEventRoutes } from './webhook-event-routes.ts';

const world = await httpWorld({
  registrars: [
    (api, services) => registerWebhookEventRoutes(api, { ...services, webhookEdge: () => quoWebhookEdge }),
    registerReplayRoutes,
    registerDiscardRoutes,
  ],
});
const { db } = world.database;
const owner = await world.owner();
const as = async (role: 'manager' | 'agent' | 'viewer') => {
  const email = `${role}@example.com`;
  await owner.post('/v1/users', { name: role, email, role, password: PASSWORD });
  const client = world.client();
  await client.post('/v1/sign-in', { email, password: PASSWORD });
  return client;
};
const [manager, agent, viewer] = [await as('manager'), await as('agent'), await as('viewer')];

const ANN = '+16175550123';
const events = await storedEvents(db, world.services as never);
const payload = JSON.stringify({
  id: 'EV1',
  object: 'event',
  apiVersion: 'v4',
  createdAt: '2026-11-17T14:00:00Z',
  type: 'message.received',
  data: {
    object: {
      id: 'AC1',
      object: 'message',
      from: ANN,
      to: '+16175550001',
      direction: 'incoming',
      text: 'Call (617) 555-0199',
      status: 'received',
      createdAt: '2026-11-17T14:00:00Z',
      phoneNumberId: 'PN1',
    },
  },
});
const text = await events.put({ at: '2026-11-17T14:00:00Z', type: 'message.received', phone: ANN, payload });
const failed = await events.put({
  at: '2026-11-17T14:30:00Z',
  type: 'call.completed',
  phone: ANN,
  state: 'failed',
  error: `nobody can record ${ANN}`,
});
await sql`
  insert into gateway_event_attempt (event_id, attempt, at, outcome, error, stack)
  values (${failed}, 1, '2026-11-17T14:30:01Z', 'failed', ${`nobody can record ${ANN}`}, 'at call.ts')`.execute(db);
const shown = (...ids: readonly string[]) => ids.map((id) => showId('event', id));

describe('stored events over HTTP', () => {
  it.each<[string, string, readonly string[]]>([
    ['are listed, the newest first', '', [failed, text]],
    ['those of a number in any spelling', '?phone=(617)%20555-0123', [failed, text]],
    ['those of an account', `?accountId=${showId('account', events.accountId)}&limit=1`, [failed]],
    ['those that failed', '?state=failed', [failed]],
    ['those with an error', '?error=NOBODY', [failed]],
    ['those of a type and time', '?type=message.received&from=2026-11-17T09:00:00-05:00', [text]],
  ])('%s', async (_case, query, expected) => {
    const { json } = await owner.get(`/v1/webhook-events${query}`);
    expect(json.data.map(({ id }: { readonly id: string }) => id)).toEqual(shown(...expected));
    expect(json.searchedTo).toBeNull();
  });

  it.each(['?state=broken', '?from=yesterday', '?phone=', '?accountId=main', '?cursor=zzz', '?colour=red'])(
    'refuse %s',
    async (query) => expect((await owner.get(`/v1/webhook-events${query}`)).status).toBe(422),
  );

  it('are shown with payload, headers, history, effect and neighbours', async () => {
    const one = await agent.get(`/v1/webhook-events/${showId('event', text)}`);
    expect(one.json).toMatchObject({
      phone: ANN,
      payload,
      headers: { 'user-agent': 'Quo' },
      signature: null,
      history: [],
      effect: { messageId: null, conversationId: null },
      neighbours: [{ id: showId('event', failed) }],
    });
    const other = await agent.get(`/v1/webhook-events/${showId('event', failed)}`);
    expect(other.json).toMatchObject({
      history: [{ attempt: 1, outcome: 'failed', error: `nobody can record ${ANN}`, stack: 'at call.ts', by: null }],
    });
    expect((await owner.get(`/v1/webhook-events/${showId('event', world.services.newUuid())}`)).status).toBe(404);
  });

  it('show a viewer no whole number anywhere', async () => {
    const answers = [
      await viewer.get('/v1/webhook-events'),
      await viewer.get(`/v1/webhook-events/${showId('event', text)}`),
      await viewer.get(`/v1/webhook-events/${showId('event', failed)}`),
    ];
    for (const { status, json } of answers) {
      expect(status).toBe(200);
      expect(JSON.stringify(json)).not.toMatch(/6175550|555-0199/);
      expect(JSON.stringify(json)).toContain('•••0123');
    }
  });

  it.each([
    'phone=%2B16175550123',
    'phone=(617)%20555-0123',
    'phone=1',
    'error=nobody',
    'error=55501',
    'state=failed&error=0123',
  ])('are not told to a viewer by ?%s, which would tell what is masked', async (query) => {
    const answer = await viewer.get(`/v1/webhook-events?${query}`);
    expect(answer.status).toBe(403);
    expect(answer.json.detail).toMatch(/needs the role agent or a higher one/);
    expect((await agent.get(`/v1/webhook-events?${query}`)).status).toBe(200);
  });

  it('are exported whole, by an owner only', async () => {
    expect((await manager.get('/v1/webhook-events/export')).status).toBe(403);
    const file = await owner.get('/v1/webhook-events/export?type=message.received&limit=5');
    expect(file.headers.get('content-type')).toContain('application/x-ndjson');
    expect(file.json).toMatchObject({ id: showId('event', text), phone: ANN, payload });
  });

  it('are exported all of them when no limit is said', async () => {
    const before = '2026-11-16T00:00:00Z';
    await events.fill(10_500, before);
    const exported = async (query: string): Promise<readonly string[]> => {
      const address = `${world.server.url}/v1/webhook-events/export?until=2026-11-17T00:00:00Z${query}`;
      const text = await (await fetch(address, { headers: { cookie: owner.cookie } })).text();
      return text.trimEnd().split('\n');
    };
    expect(new Set((await exported('')).map((line) => JSON.parse(line).id)).size).toBe(10_500);
    expect(await exported('&limit=250')).toHaveLength(250);
    await sql`delete from gateway_event where received_at < '2026-11-17T00:00:00Z'`.execute(db);
  });

  it('that wait are counted, with the age of the oldest', async () => {
    const before = (await viewer.get('/v1/webhook-events/queue')).json;
    expect(before).toMatchObject({ waiting: 0, retrying: 0, failed: 1, countedTo: 10_000, oldestWaitingAt: null });
    expect(before.spool).toEqual({ files: 0, damaged: 0, events: 0, oldestAt: null });
    expect(before.databaseBytes).toBeGreaterThan(1_000_000);
    const at = '2026-11-17T14:45:00Z';
    const waiting = [
      await events.put({ at: '2026-11-17T14:50:00Z', state: 'received' }),
      await events.put({ at, state: 'received' }),
    ];
    const after = (await viewer.get('/v1/webhook-events/queue')).json;
    expect(after).toMatchObject({ waiting: 2, retrying: 0, failed: 1, oldestWaitingAt: at });
    await sql`delete from gateway_event where id = any(${waiting})`.execute(db);
  });

  it('have figures', async () => {
    const { json } = await viewer.get('/v1/webhook-events/stats?minutes=60');
    expect(json).toMatchObject({
      from: '2026-11-17T14:00:00Z',
      until: '2026-11-17T15:00:00Z',
      minutes: [
        { at: '2026-11-17T14:00:00Z', received: 1, applied: 1, lagP50Ms: 100 },
        { at: '2026-11-17T14:30:00Z', received: 1, failed: 1, lagP50Ms: null },
      ],
    });
    expect((await viewer.get('/v1/webhook-events/stats?minutes=9999')).status).toBe(422);
  });
});

it('sources are told with why they were refused', async () => {
  const count = { accountId: events.accountId, source: '203.0.113.9', outcome: 'signature_wrong', count: 7 };
  await storeSourceCounts(db, [count], world.clock.now());
  const { json } = await viewer.get('/v1/webhook-sources');
  expect(json.data).toMatchObject([
    {
      accountId: showId('account', events.accountId),
      source: '203.0.113.9',
      accepted: 0,
      refused: { signature_wrong: 7 },
    },
  ]);
  expect(json.hours).toEqual([{ at: '2026-11-17T15:00:00Z', accepted: 0, repeated: 0, refused: 7 }]);
});

describe('replays over HTTP', () => {
  const filter = { phone: '(617) 555-0123', state: 'failed' };

  it('are for managers', async () => {
    for (const path of ['/v1/event-replays/preview', '/v1/event-replays'])
      expect((await agent.post(path, { all: true })).status).toBe(403);
  });

  it.each<[string, object]>([
    ['nothing', {}],
    ['an empty filter', { filter: {} }],
    ['two ways at once', { all: true, filter }],
    ['no event', { eventIds: [] }],
    ['a filter of another kind', { filter: { colour: 'red' } }],
    ['a rate of 501', { all: true, perSecond: 501 }],
    ['half an event a second', { all: true, perSecond: 0.5 }],
  ])('refuse %s', async (_case, body) => expect((await manager.post('/v1/event-replays', body)).status).toBe(422));

  it('are previewed, begun once, listed, and cancelled', async () => {
    const preview = await manager.post('/v1/event-replays/preview', { filter });
    expect(preview.json).toMatchObject({
      total: 1,
      totalIsLeast: false,
      leftAlone: 0,
      counts: [{ type: 'call.completed', state: 'failed', count: 1 }],
      sample: [{ id: showId('event', failed) }],
    });
    const body = { filter, reason: 'Mended', perSecond: 5 };
    const key = { 'idempotency-key': 'once' };
    const begun = await manager.post('/v1/event-replays', body, key);
    expect(begun).toMatchObject({
      status: 201,
      json: {
        state: 'pending',
        total: 1,
        by: 'manager',
        reason: 'Mended',
        filter: { phone: ANN, state: 'failed' },
        eventIds: null,
      },
    });
    expect((await manager.post('/v1/event-replays', body, key)).json.id).toBe(begun.json.id);
    const list = await viewer.get('/v1/event-replays');
    expect(list.json.data).toMatchObject([{ id: begun.json.id, filter: { phone: '+1617•••0123' } }]);
    expect((await viewer.get(`/v1/event-replays/${begun.json.id}`)).json.id).toBe(begun.json.id);
    const path = `/v1/event-replays/${begun.json.id}/cancel`;
    expect((await viewer.post(path)).status).toBe(403);
    expect((await manager.post(path)).json).toMatchObject({ state: 'cancelled' });
    expect(await manager.post(path)).toMatchObject({ status: 409, json: { state: 'cancelled' } });
  });

  it('of single events', async () => {
    const one = await manager.post('/v1/event-replays', { eventIds: shown(text) });
    expect(one.json).toMatchObject({ total: 1, eventIds: shown(text), filter: null, perSecond: 50 });
    const none = await manager.post('/v1/event-replays', { filter: { type: 'zebra' } });
    expect(none).toMatchObject({ status: 409, json: { state: 'empty' } });
  });
});

describe('discards over HTTP', () => {
  const dead = (error: string) =>
    events.put({ at: '2026-11-17T13:00:00Z', type: 'unreadable', state: 'failed', error });
  const stateOf = async (id: string) => (await viewer.get(`/v1/webhook-events/${showId('event', id)}`)).json;

  it('are for managers, and need a reason', async () => {
    expect((await agent.post('/v1/event-discards', { all: true, reason: 'no' })).status).toBe(403);
    expect((await agent.post('/v1/event-discards/preview', { all: true })).status).toBe(403);
    for (const reason of [undefined, '', '  ', 'x'.repeat(301)])
      expect((await manager.post('/v1/event-discards', { all: true, reason })).status).toBe(422);
  });

  it('of one event: it stays, with who gave it up and why, and waits for nobody', async () => {
    const id = await dead('no JSON');
    const body = { eventIds: shown(id), reason: 'A test of the provider' };
    const key = { 'idempotency-key': 'discard-once' };
    const done = { status: 201, json: { discarded: 1, more: false } };
    expect(await manager.post('/v1/event-discards', body, key)).toMatchObject(done);
    expect(await manager.post('/v1/event-discards', body, key)).toMatchObject(done);
    expect(await stateOf(id)).toMatchObject({
      state: 'discarded',
      error: 'no JSON',
      history: [{ outcome: 'discarded', by: 'manager', reason: 'A test of the provider' }],
    });
    expect(await manager.post('/v1/event-discards', body)).toMatchObject({ status: 409, json: { state: 'empty' } });
    const listed = await viewer.get('/v1/webhook-events?state=discarded');
    expect(listed.json.data).toMatchObject([{ id: showId('event', id) }]);
    expect((await viewer.get('/v1/webhook-events/queue')).json).toMatchObject({ failed: 1 });
    const { rows } = await sql`
      select actor like 'user:%' as by_user, subject, detail ->> 'reason' as reason from audit_entry where action = 'events.discarded'`.execute(
      db,
    );
    expect(rows).toEqual([{ byUser: true, subject: showId('event', id), reason: 'A test of the provider' }]);
  });

  it('of a filter: a dry run first, and nothing else than what rests as failed', async () => {
    const some = [await dead('no JSON either'), await dead('no JSON at all')];
    const filter = { type: 'unreadable' };
    const preview = await manager.post('/v1/event-discards/preview', { filter });
    expect(preview.json).toMatchObject({
      total: 2,
      totalIsLeast: false,
      counts: [{ type: 'unreadable', state: 'failed', count: 2 }],
    });
    expect(await stateOf(some[0] ?? '')).toMatchObject({ state: 'failed' });
    const body = { filter, reason: 'Nobody can read them' };
    expect((await manager.post('/v1/event-discards', body)).json).toEqual({ discarded: 2, more: false });
    for (const id of some) expect(await stateOf(id)).toMatchObject({ state: 'discarded' });
    expect(await stateOf(failed)).toMatchObject({ state: 'failed' });
    expect(await stateOf(text)).toMatchObject({ state: 'applied' });
    const applied = await manager.post('/v1/event-discards', { filter: { state: 'applied' }, reason: 'no' });
    expect(applied).toMatchObject({ status: 409, json: { state: 'empty' } });
  });

  it('are brought back by a replay that asks for them, and by no other', async () => {
    const total = async (selection: object) =>
      (await manager.post('/v1/event-replays/preview', selection)).json as { total: number; leftAlone: number };
    expect(await total({ filter: { type: 'unreadable' } })).toMatchObject({ total: 0, leftAlone: 0 });
    expect(await total({ filter: { type: 'unreadable', state: 'discarded' } })).toMatchObject({ total: 3 });
    const [one] = (await viewer.get('/v1/webhook-events?state=discarded')).json.data;
    expect(await total({ eventIds: [one.id] })).toMatchObject({ total: 1 });
  });
});
