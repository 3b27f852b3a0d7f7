import { describe, expect, it } from 'vitest';
import { CERTIFICATE, hookServer } from '../../test/hook-server.ts';
import { ACTOR, idsOf, NOW, proxyWorld } from '../../test/proxy-world.ts';
import { runTx } from '../platform/database.ts';
import { showId, type Uuid } from '../platform/ids.ts';
import { MINUTE_MS } from '../platform/time.ts';
import { changeProxyTarget, forwardAgain } from './change-proxy.ts';
import { getProxyTarget } from './proxy-target-store.ts';

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
