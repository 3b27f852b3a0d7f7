import { sql } from 'kysely';
import type { Db } from '../../src/platform/database.ts';
import type { World } from './world.ts';

/**
 * The limits that were in force, and when: a change takes effect at the next turn, so that what a checker may ask for is the loosest of
 * the limits of a while.
 */
export interface Limits {
  /** To be called after each change. */
  look(db: Db): Promise<void>;
  /** The loosest of this name since then; `undefined`: there was a time without. */
  loosest(name: LimitName, of: string, sinceMs: number): number | undefined;
  readonly nowMs: () => number;
}

export type LimitName = 'max_per_hour' | 'max_per_day' | 'messages_per_second' | 'parts_per_second';

interface Seen {
  readonly atMs: number;
  readonly value: number | null;
}

export function createLimits(world: World): Limits {
  const history = new Map<string, Seen[]>();
  const nowMs = (): number => world.now().epochMilliseconds;
  const see = (name: LimitName, of: string, value: number | null): void => {
    const seen = history.get(`${name} ${of}`) ?? [];
    if (seen.length === 0 || seen.at(-1)?.value !== value) seen.push({ atMs: nowMs(), value });
    history.set(`${name} ${of}`, seen);
  };
  return {
    nowMs,
    async look(db) {
      const { rows: lanes } = await sql<{ ref: string; messages: number | null; parts: number | null }>`
        select gateway_ref as ref, messages_per_second as messages, parts_per_second as parts from lane`.execute(db);
      for (const { ref, messages, parts } of lanes) {
        see('messages_per_second', ref, messages);
        see('parts_per_second', ref, parts);
      }
      const { rows: campaigns } = await sql<{ id: string; hour: number | null; day: number | null }>`
        select id, max_per_hour as hour, max_per_day as day from campaign`.execute(db);
      for (const { id, hour, day } of campaigns) {
        see('max_per_hour', id, hour);
        see('max_per_day', id, day);
      }
    },
    loosest(name, of, sinceMs) {
      const seen = history.get(`${name} ${of}`) ?? [];
      const inForce = seen.filter((_, index) => (seen[index + 1]?.atMs ?? Number.POSITIVE_INFINITY) >= sinceMs);
      if (inForce.length === 0 || inForce.some(({ value }) => value === null)) return undefined;
      return Math.max(...inForce.map(({ value }) => value ?? 0));
    },
  };
}
