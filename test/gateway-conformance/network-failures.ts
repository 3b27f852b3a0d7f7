import { describe, expect, it } from 'vitest';
import { type OpenWorld, PERSON, type WireFault, worldPerTest } from './world.ts';

export function describeNetworkFailures(openWorld: OpenWorld): void {
  describe('when the network fails', () => {
    const on = worldPerTest(openWorld);
    it('knows that nothing was sent if nobody listens', async () => {
      const { laneRef } = on.world.lane;
      const outcome = await on.world.unreachableGateway.send({ laneRef, to: PERSON, text: 'Hi' });
      expect(outcome).toMatchObject({ kind: 'throttled', reason: 'unreachable' });
    });

    it.each<WireFault>(['answer_lost', 'answer_cut'])('calls %s unknown, and listing finds the text', async (fault) => {
      const since = on.world.now();
      on.world.suffer(fault);
      expect(await on.sendTo(PERSON, 'once')).toMatchObject({ kind: 'unknown' });
      expect(on.world.requests()).toBe(1);
      on.world.suffer('none');
      expect(await on.listed(since)).toEqual(['once']);
    });

    it('calls a time-out unknown, and listing finds the text', async () => {
      const since = on.world.now();
      on.world.suffer('answer_slow');
      const { laneRef } = on.world.lane;
      const outcome = await on.world.impatientGateway.send({ laneRef, to: PERSON, text: 'once' });
      expect(outcome).toMatchObject({ kind: 'unknown' });
      on.world.suffer('none');
      expect(await on.listed(since)).toEqual(['once']);
    });

    it('calls a lost request unknown, and listing finds nothing', async () => {
      const since = on.world.now();
      on.world.suffer('request_lost');
      expect(await on.sendTo(PERSON)).toMatchObject({ kind: 'unknown' });
      expect(on.world.requests()).toBe(1);
      on.world.suffer('none');
      expect(await on.listed(since)).toEqual([]);
    });

    it('calls a server error unknown, with one request each, whether or not the text was taken', async () => {
      const since = on.world.now();
      on.world.suffer('error_before_acceptance_or_after');
      for (const text of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'])
        expect(await on.sendTo(PERSON, text)).toMatchObject({ kind: 'unknown' });
      expect(on.world.requests()).toBe(8);
      on.world.suffer('none');
      expect(await on.listed(since)).toEqual(on.world.accepted().map(({ text }) => text));
    });

    it('answers reads with a problem that says whether asking again can help', async () => {
      const { strangerGateway, unreachableGateway } = on.world;
      expect(await strangerGateway.listNumbers()).toMatchObject({ ok: false, error: { kind: 'unauthorized' } });
      expect(await unreachableGateway.listNumbers()).toMatchObject({ ok: false, error: { kind: 'unavailable' } });
      on.world.suffer('answer_cut');
      expect(await on.world.gateway.listNumbers()).toMatchObject({ ok: false, error: { kind: 'unavailable' } });
    });
  });
}
