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
  const own = held.get(owner) ?? 0;
  const lacking = (share: number) =>
    [...held].reduce((sum, [other, count]) => sum + (other === owner ? 0 : Math.max(0, share - count)), 0);
  const surplus = (share: number) => Math.max(0, Math.min(lacking(share), own - share));
  return { mayTake: Math.max(0, full - own), mustYield: Math.max(surplus(least), surplus(full)) };
}

/** Those that it gives back, the same ones for the same state, so that a test can tell. */
export const toYield = (held: Iterable<Uuid>, count: number): readonly Uuid[] => [...held].sort().slice(0, count);
