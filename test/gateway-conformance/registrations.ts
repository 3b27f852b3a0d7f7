import { describe, expect, it } from 'vitest';
import { endReplaced, inspectGateway, rotateWebhooks } from '../../src/gateways/ensure-webhooks.ts';
import { ensuredIn, knownFrom, wantedIn } from './register.ts';
import { type OpenWorld, worldPerTest } from './world.ts';

export function describeRegistrations(openWorld: OpenWorld): void {
  describe('webhooks that are asked for', () => {
    const on = worldPerTest(openWorld);
    const listedUrls = async (): Promise<readonly string[]> => {
      const answer = await on.world.gateway.webhooks.list();
      if (!answer.ok) throw new Error(answer.error.message);
      return answer.value.map(({ url }) => url);
    };

    it('asks for the events once, and finds nothing to mend afterwards', async () => {
      const known = knownFrom(await ensuredIn(on.world));
      const again = await ensuredIn(on.world, { known });
      expect(again).toMatchObject({ findings: [], replaced: [], complete: true });
      expect(knownFrom(again).refs).toEqual(known.refs);
      const urls = await listedUrls();
      expect(new Set(urls)).toEqual(new Set([on.world.webhookUrl]));
      expect(urls).toHaveLength(known.refs.size);
    });

    it('finds what posts elsewhere, and turns it back', async () => {
      const known = knownFrom(await ensuredIn(on.world, { url: `${on.world.webhookUrl}?before` }));
      const mended = await ensuredIn(on.world, { known });
      expect(mended.findings.map(({ kind }) => kind)).toEqual([...known.refs].map(() => 'elsewhere'));
      expect(await endReplaced(on.world.gateway, mended.replaced)).toBeUndefined();
      expect(new Set(await listedUrls())).toEqual(new Set([on.world.webhookUrl]));
      expect((await ensuredIn(on.world, { known: knownFrom(mended) })).findings).toEqual([]);
    });

    it('makes another key for each, or says how a person does', async () => {
      const first = await ensuredIn(on.world);
      const state = await inspectGateway(on.world.gateway, {
        ...wantedIn(on.world),
        known: knownFrom(first),
      });
      if (!state.ok) throw new Error(state.error.message);
      const { working } = state.value;
      const rotated = await rotateWebhooks(on.world.gateway, { working, url: on.world.webhookUrl });
      if (!on.world.wire.rotatesKeys) {
        expect(rotated.problem).toMatchObject({ kind: 'refused', message: expect.stringContaining('console') });
        return;
      }
      expect(rotated.problem).toBeUndefined();
      await endReplaced(on.world.gateway, rotated.replaced);
      const secrets = [first, rotated].flatMap((one) => [...knownFrom(one).secrets]);
      expect(new Set(secrets).size).toBe(2 * first.keys.length);
      expect((await ensuredIn(on.world, { known: knownFrom(rotated) })).findings).toEqual([]);
      expect(await listedUrls()).toHaveLength(first.keys.length);
      // What is gone already need not be removed.
      expect(await endReplaced(on.world.gateway, rotated.replaced)).toBeUndefined();
    });

    it('says why nothing can be listed', async () => {
      const gateways = [on.world.strangerGateway, on.world.unreachableGateway];
      const answers = await Promise.all(gateways.map((gateway) => gateway.webhooks.list()));
      expect(answers).toMatchObject([{ error: { kind: 'unauthorized' } }, { error: { kind: 'unavailable' } }]);
    });
  });
}
