import type { Uuid } from '../platform/ids.ts';

export interface Sharing {
  readonly accounts: number;
  /** Accounts held by each worker that runs, the one who asks among them. */
  readonly held: ReadonlyMap<string, number>;
}

export interface Share {
  /** So many it may take at once; what is free beyond that it leaves to others for a moment. */
  readonly mayTake: number;
  /** So many it gives back for workers who have too few. */
  readonly mustYield: number;
}

/**
 * The part of one worker, by number of accounts: everybody is to hold as many as everybody else, give or take one. Whoever has too
 * few may come to the full share at once, and whoever has more than that gives back what the others lack. When nobody lacks any
 * nobody gives: accounts never wander for the sake of order.
 */
export function shareOf({ accounts, held }: Sharing, owner: string): Share {
  const workers = Math.max(1, held.size);
  const least = Math.floor(accounts / workers);
  const full = Math.ceil(accounts / workers);
  const yields = (share: number) => toBeYielded(held, share).get(owner) ?? 0;
  return { mayTake: Math.max(0, full - (held.get(owner) ?? 0)), mustYield: Math.max(yields(least), yields(full)) };
}

/**
 * Who gives how many of those that others lack of `share`, whoever has most first. A newcomer wakes all workers at one moment: what
 * each of them works out must not come to more than is lacking when it is taken together.
 */
function toBeYielded(held: Sharing['held'], share: number): ReadonlyMap<string, number> {
  let lacking = [...held.values()].reduce((sum, count) => sum + Math.max(0, share - count), 0);
  const mostFirst = [...held].sort(([a, some], [b, more]) => more - some || (a < b ? -1 : 1));
  return new Map(
    mostFirst.map(([worker, count]) => {
      const given = Math.min(lacking, Math.max(0, count - share));
      lacking -= given;
      return [worker, given];
    }),
  );
}

/** Those that it gives back, the same ones for the same state, so that a test can tell. */
export const toYield = (held: Iterable<Uuid>, count: number): readonly Uuid[] => [...held].sort().slice(0, count);
