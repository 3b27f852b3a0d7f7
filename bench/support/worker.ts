import { sql } from 'kysely';
import { z } from 'zod';
import type { Uuid } from '../../src/platform/ids.ts';
import { startChild } from './child.ts';
import type { BenchWorld } from './world.ts';

export interface SendingWorker {
  /** Waits until the next `texts` of a campaign are recorded as accepted; texts per second meanwhile. */
  rate(campaignId: Uuid, texts: number): Promise<number>;
  /** Drains it. */
  stop(): Promise<{ readonly maxRssBytes: number }>;
}

const POLL_MS = 50;
const STALLED_MS = 30_000;
const lastWords = z.object({ maxRssBytes: z.number() });

/** Starts a worker (sending-worker.ts) for whatever runs in this world. */
export function startWorker(world: BenchWorld): SendingWorker {
  const child = startChild('sending-worker.ts', [world.database.connectionString, world.clock.now().toString()]);
  return {
    async rate(campaignId, texts) {
      const from = await acceptedOf(world, campaignId);
      let seen = from;
      for (let movedAtMs = seen.atMs; seen.texts < from.texts + texts; ) {
        await Promise.race([child.died, world.clock.sleep(POLL_MS)]);
        const next = await acceptedOf(world, campaignId);
        if (next.texts > seen.texts) movedAtMs = next.atMs;
        if (next.atMs - movedAtMs > STALLED_MS)
          throw new Error(
            `the worker sends nothing any more: ${next.texts} texts of campaign ${campaignId} are accepted`,
          );
        seen = next;
      }
      return ((seen.texts - from.texts) * 1_000) / (seen.atMs - from.atMs);
    },
    stop: async () => lastWords.parse(await child.stop()),
  };
}

async function acceptedOf(
  world: BenchWorld,
  campaignId: Uuid,
): Promise<{ readonly texts: number; readonly atMs: number }> {
  const { rows } = await sql<{ texts: number }>`
    select coalesce(sum(accepted), 0)::bigint as texts from campaign_totals where campaign_id = ${campaignId}`.execute(
    world.db,
  );
  return { texts: rows[0]?.texts ?? 0, atMs: performance.now() };
}
