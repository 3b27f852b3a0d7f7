import { describe, expect, it } from 'vitest';
import { hookServer } from '../../test/hook-server.ts';
import { idsOf, NOW, proxyWorld, until } from '../../test/proxy-world.ts';
import { runTx } from '../platform/database.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../platform/time.ts';
import { insertEvents } from './event-store.ts';
import { findEvents } from './find-events.ts';
import { attemptEndsBy } from './forward-event.ts';
import { claimDue } from './proxy-delivery-store.ts';
import { getProxyTarget } from './proxy-target-store.ts';

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
