import { createHmac } from 'node:crypto';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { hookServer } from '../../test/hook-server.ts';
import { NOW, proxyWorld, SECRET, until } from '../../test/proxy-world.ts';
import { testFolder } from '../../test/test-folder.ts';
import { addMs, DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../platform/time.ts';
import { insertEvents } from './event-store.ts';
import { findEvents } from './find-events.ts';
import { openIntake } from './intake.ts';
import { getProxyTarget } from './proxy-target-store.ts';
import { spoolIn } from './spool.ts';
import { FORWARDED_AT_ONCE } from './start-proxy.ts';
import { createTally } from './tally.ts';

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
    const folder = await testFolder();
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
    const answers = await Promise.all(Array.from({ length: 99 }, (_, n) => post(n + 1)));
    // Every one is answered, and the target has not answered one.
    expect(answers.filter(({ ok }) => ok)).toHaveLength(99);
    await alive.posted(100);
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
