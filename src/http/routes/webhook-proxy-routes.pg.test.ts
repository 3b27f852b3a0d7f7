import { sql } from 'kysely';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { emptyTables } from '../../../test/around-triggers.ts';
import { insertAccount } from '../../../test/fixtures.ts';
import { type Client, type HttpWorld, httpWorld } from '../../../test/http-world.ts';
import { showId, type Uuid } from '../../platform/ids.ts';
import { insertEvents } from '../../webhooks/event-store.ts';
import { findEvents } from '../../webhooks/find-events.ts';
import { registerWebhookProxyRoutes } from './webhook-proxy-routes.ts';

describe('targets of the development proxy', () => {
  let world: HttpWorld;
  let owner: Client;
  let accountId: Uuid;
  let targets: string;
  const local = { url: 'http://127.0.0.1:3000/hook', allowedCidrs: ['127.0.0.1'] };
  const audit = async () =>
    (
      await sql<{ action: string; detail: object }>`select action, detail from audit_entry order by id`.execute(
        world.database.db,
      )
    ).rows;

  beforeAll(async () => {
    world = await httpWorld({ registrars: [registerWebhookProxyRoutes] });
    owner = await world.owner();
    const lanes = [{ gatewayRef: 'PN1', phone: '+16175550001' }];
    const account = await insertAccount(world.database.db, world.services, {
      baseUrl: 'http://127.0.0.1:1',
      apiKey: 'key',
      lanes,
    });
    accountId = account.id;
    targets = `/v1/accounts/${showId('account', accountId)}/proxy-targets`;
  });
  beforeEach(() =>
    emptyTables(world.database.db, 'webhook_proxy_target', 'webhook_proxy_delivery', 'audit_entry', 'gateway_event'),
  );

  it('are none until an owner adds one, whose token is shown once and stored sealed', async () => {
    expect((await owner.get('/v1/proxy-targets')).json).toEqual({ data: [] });
    const added = await owner.post(targets, { ...local, allowedCidrs: [' 127.0.0.1 ', '127.0.0.1/32'] });
    expect(added).toMatchObject({
      status: 201,
      json: {
        token: expect.stringMatching(/^twp_[\w-]{32}$/),
        target: { ...local, allowedCidrs: ['127.0.0.1/32'], eventTypes: [], state: 'active', waiting: 0, failed: 0 },
      },
    });
    const listed = await owner.get('/v1/proxy-targets');
    expect(listed.json).toEqual({ data: [added.json.target] });
    const { rows } = await sql`select * from webhook_proxy_target, audit_entry`.execute(world.database.db);
    expect(JSON.stringify(rows)).not.toContain(added.json.token);
    expect(await audit()).toMatchObject([{ action: 'proxy_target.added' }]);
  });

  it.each<[string, object, string, string]>([
    [
      'this machine, unless it is listed',
      { url: local.url },
      '/url',
      'add 127.0.0.1 to the allowed networks if it is meant',
    ],
    ['this machine by its name', { url: 'https://localhost/' }, '/url', 'is this machine'],
    ['an address with a password', { ...local, url: 'http://a:b@127.0.0.1/' }, '/url', 'leave them out'],
    ['http on the internet', { url: 'http://93.184.216.34/' }, '/url', 'use https'],
    ['no address', { url: 'hook' }, '/url', 'begins with https://'],
    [
      'everything',
      { ...local, allowedCidrs: ['0.0.0.0/0'] },
      '/allowedCidrs/0',
      'expected a network of /8 to /32, got "0.0.0.0/0"',
    ],
    [
      'a network that is none',
      { ...local, allowedCidrs: ['10.0.0.0/8', 'home'] },
      '/allowedCidrs/1',
      'expected a network like',
    ],
  ])('cannot be %s', async (_case, input, pointer, words) => {
    const answer = await owner.post(targets, input);
    expect(answer).toMatchObject({
      status: 422,
      json: { errors: [{ pointer, message: expect.stringContaining(words) }] },
    });
    expect(await audit()).toEqual([]);
  });

  it('are different ones, five for each account', async () => {
    for (let n = 1; n <= 5; n += 1) await owner.post(targets, { ...local, url: `http://127.0.0.1:300${n}/` });
    expect(await owner.post(targets, { ...local, url: 'http://127.0.0.1:3005' })).toMatchObject({
      status: 409,
      json: { detail: expect.stringContaining('already') },
    });
    expect(await owner.post(targets, { ...local, url: 'http://127.0.0.1:3006' })).toMatchObject({
      status: 409,
      json: { state: 'full' },
    });
  });

  it('are changed, switched off and on, and removed with their log', async () => {
    const { target } = (await owner.post(targets, local)).json;
    const one = `/v1/proxy-targets/${target.id}`;
    expect((await owner.patch(one, { eventTypes: ['message.received'] })).json).toEqual({
      ...target,
      eventTypes: ['message.received'],
    });
    expect((await owner.patch(one, { allowedCidrs: [] })).json.errors).toMatchObject([{ pointer: '/url' }]);
    expect((await owner.patch(one, { state: 'off' })).json).toMatchObject({
      state: 'off',
      stateReason: 'Switched off by Olivia Owner',
    });
    expect((await owner.patch(one, { state: 'active' })).json).toMatchObject({ state: 'active', stateReason: null });
    expect((await owner.delete(one)).json).toEqual({ ok: true });
    expect((await owner.delete(one)).status).toBe(404);
    expect((await owner.patch(one, { state: 'off' })).status).toBe(404);
    expect((await owner.get(`${one}/deliveries`)).status).toBe(404);
    expect((await audit()).map(({ action }) => action)).toEqual([
      'proxy_target.added',
      'proxy_target.changed',
      'proxy_target.changed',
      'proxy_target.changed',
      'proxy_target.removed',
    ]);
  });

  it('have a log in pages, whose events can be sent again', async () => {
    const { db } = world.database;
    const { target } = (await owner.post(targets, local)).json;
    const { clock, newUuid } = world.services;
    const kept = {
      accountId,
      phone: null,
      orderKey: null,
      payload: '{}',
      headers: {},
      receivedAt: clock.now(),
      signedBy: null,
      unreadable: null,
    };
    const ids = [newUuid(), newUuid(), newUuid()];
    await insertEvents(
      db,
      ids.map((id) => ({ ...kept, id, eventId: id, type: 'message.received', source: 'webhook' })),
    );
    const [{ id = '' } = {}] = (await sql<{ id: Uuid }>`select id from webhook_proxy_target`.execute(db)).rows;
    await findEvents({ db, clock }, id);
    await sql`update webhook_proxy_delivery set state = 'failed', attempts = 5, error = 'answered 500', last_status = 500, ms = 12, next_at = null,
      finished_at = ${clock.now()} where event_id = ${ids[0]}`.execute(db);
    const log = `/v1/proxy-targets/${target.id}/deliveries`;
    const first = await owner.get(`${log}?limit=2`);
    expect(first.json.data.map((row: { eventId: string }) => row.eventId)).toEqual([
      showId('event', ids[2] ?? ''),
      showId('event', ids[1] ?? ''),
    ]);
    const second = await owner.get(`${log}?limit=2&cursor=${first.json.nextCursor}`);
    expect(second.json).toMatchObject({
      data: [
        { state: 'failed', attempts: 5, error: 'answered 500', lastStatus: 500, ms: 12, eventType: 'message.received' },
      ],
      nextCursor: null,
    });
    expect((await owner.get(`${log}?state=failed`)).json.data).toEqual(second.json.data);
    expect((await owner.get('/v1/proxy-targets')).json.data).toMatchObject([{ waiting: 2, failed: 1 }]);
    const eventId = showId('event', ids[0] ?? '');
    expect(await owner.post(log, { eventId })).toMatchObject({ status: 202 });
    expect((await owner.get(`${log}?state=failed`)).json.data).toEqual([]);
    expect(await owner.post(log, { eventId: showId('event', newUuid()) })).toMatchObject({ status: 404 });
    await owner.patch(`/v1/proxy-targets/${target.id}`, { state: 'off' });
    expect(await owner.post(log, { eventId })).toMatchObject({ status: 409, json: { allowed: ['switch_on'] } });
    expect((await owner.get(`${log}?state=failed`)).json.data).toHaveLength(3);
  });
});
