/**
 * Which accounts a worker process takes and gives back. Workers know of each other by a row that each writes while it runs; each
 * decides for itself, and what two want at the same moment the lease decides.
 */
import { type Clock, patience } from '../platform/clock.ts';
import type { Db } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Log } from '../platform/log.ts';
import { addMs, type Instant, isBefore, MINUTE_MS, SECOND_MS } from '../platform/time.ts';
import { type AccountHold, acquireLease, type Lease, type LeaseMoment, readHolds } from './lease-store.ts';
import { shareOf, toYield } from './share-accounts.ts';
import { endPresence, tellPresence } from './worker-store.ts';

/** A process that cannot hold an account leaves it to the others for a second, then for twice as long each time. */
const REST_MIN_MS = SECOND_MS;
const REST_MAX_MS = MINUTE_MS;
/** Whoever has its share takes a free account only when nobody with less has come for it. */
const COURTESY_MS = SECOND_MS;
/** What was given back is for another one; when nobody came (it was too slow, or is dead), it is taken again. */
const GIVEN_BACK_MS = 3 * SECOND_MS;
/** No other attempt to give anything back for so long after one that was in vain. */
const CALM_MS = MINUTE_MS;
/** In looks: each tells of itself at every second one, and counts though it is late once. */
const TELL_LOOKS = 2;
const PRESENCE_LOOKS = 5;

/** What this process remembers of an account that it leaves to others. */
interface Rest {
  readonly until: Instant;
  /** Holders of it that failed here one after the other. */
  readonly failures: number;
}

export interface Finder {
  /** Takes what it may, calling `start` for each; says what to give back and when to look again. */
  look(
    held: ReadonlySet<Uuid>,
    start: (lease: Lease) => void,
  ): Promise<{ readonly giveBack: readonly Uuid[]; readonly lookAt: Instant }>;
  /** The account could not be held here. */
  failed(accountId: Uuid): void;
  /** It has been held for as long as a lease. */
  proved(accountId: Uuid): void;
  /** Another one has taken it. */
  lost(accountId: Uuid): void;
  gaveBack(accountId: Uuid): void;
  /** Nothing is to be left to this process any more. */
  leave(): Promise<void>;
}

export function createFinder(
  { db, clock, log }: { readonly db: Db; readonly clock: Clock; readonly log: Log },
  options: { readonly owner: string; readonly leaseMs: number; readonly lookMs: number },
): Finder {
  const { owner } = options;
  const leaseMs = patience(clock, options.leaseMs);
  const lookMs = patience(clock, options.lookMs);
  const restMaxMs = Math.max(leaseMs, patience(clock, REST_MAX_MS));
  const presenceMs = PRESENCE_LOOKS * lookMs;
  const rests = new Map<Uuid, Rest>();
  const givenBack = new Set<Uuid>();
  const freeSince = new Map<Uuid, Instant>();
  let calmUntil: Instant | undefined;
  let presentAt: Instant | undefined;

  const tell = async (now: Instant): Promise<void> => {
    if (
      presentAt !== undefined &&
      isBefore(presentAt, now) &&
      isBefore(now, addMs(presentAt, (TELL_LOOKS - 0.5) * lookMs))
    )
      return;
    await tellPresence(db, { owner, now, forgetBefore: addMs(now, -2 * presenceMs) });
    presentAt = now;
  };

  const sharing = (accounts: readonly AccountHold[], workers: readonly string[], held: ReadonlySet<Uuid>) => {
    const counts = new Map([owner, ...workers].map((worker) => [worker, 0]));
    for (const { owner: other, heldUntil } of accounts) {
      const count = other === null || heldUntil === undefined ? undefined : counts.get(other);
      if (other !== null && count !== undefined) counts.set(other, count + 1);
    }
    counts.set(owner, held.size);
    return shareOf({ accounts: accounts.length, held: counts }, owner);
  };

  /** From when on this process may take an account that is free. */
  const mayTakeAt = (accountId: Uuid, now: Instant, hasShare: boolean): Instant => {
    const seen = freeSince.get(accountId);
    // Seen by a clock that was set back since.
    const since = seen === undefined || isBefore(now, seen) ? now : seen;
    freeSince.set(accountId, since);
    const courteous = hasShare ? addMs(since, patience(clock, COURTESY_MS)) : now;
    const rested = rests.get(accountId)?.until ?? now;
    const wasSetBack = isBefore(addMs(now, restMaxMs), rested);
    return wasSetBack || isBefore(rested, courteous) ? courteous : rested;
  };

  const rest = (accountId: Uuid, realMs: number, failures = rests.get(accountId)?.failures ?? 0): void =>
    void rests.set(accountId, { until: addMs(clock.now(), patience(clock, realMs)), failures });

  const hasCome = (accountId: Uuid): void => {
    freeSince.delete(accountId);
    givenBack.delete(accountId);
  };

  const take = async (moment: LeaseMoment, accountId: Uuid): Promise<Lease | undefined> => {
    freeSince.delete(accountId);
    const lease = await acquireLease(db, { ...moment, accountId, expiresAt: addMs(moment.now, leaseMs) });
    // Whoever was meant did not come.
    if (givenBack.delete(accountId) && lease !== undefined) calmUntil = addMs(moment.now, patience(clock, CALM_MS));
    return lease;
  };

  return {
    async look(held, start) {
      const now = clock.now();
      await tell(now);
      // Clocks of workers may differ by as much as a lease is long.
      const moment = { now, latestEnd: addMs(now, 2 * leaseMs), owner };
      const { accounts, workers } = await readHolds(db, { ...moment, presenceMs });
      const { mayTake, mustYield } = sharing(accounts, workers, held);
      let lookAt = addMs(now, lookMs);
      let taken = 0;
      for (const { accountId, owner: before, heldUntil } of accounts) {
        if (held.has(accountId)) continue;
        if (heldUntil !== undefined) hasCome(accountId);
        const from = heldUntil ?? mayTakeAt(accountId, now, taken >= mayTake);
        if (isBefore(now, from)) lookAt = isBefore(from, lookAt) ? from : lookAt;
        else {
          const lease = await take(moment, accountId);
          if (lease === undefined) continue;
          taken += 1;
          start(lease);
          // Whoever let its lease run out is gone, and nothing is to be left to it; one that only stood still tells of itself again.
          if (before !== null && before !== owner) await endPresence(db, before);
        }
      }
      const calm = calmUntil !== undefined && isBefore(now, calmUntil);
      return { giveBack: calm || taken > 0 ? [] : toYield(held, mustYield), lookAt };
    },
    failed(accountId) {
      const failures = (rests.get(accountId)?.failures ?? 0) + 1;
      rest(accountId, Math.min(REST_MAX_MS, REST_MIN_MS * 2 ** (failures - 1)), failures);
    },
    proved: (accountId) => void rests.delete(accountId),
    // Two whose clocks are far apart both find that the other's lease is over: each lets the other work for as long as a lease.
    lost: (accountId) => rest(accountId, options.leaseMs),
    gaveBack(accountId) {
      rest(accountId, GIVEN_BACK_MS);
      givenBack.add(accountId);
    },
    leave: () =>
      endPresence(db, owner).catch((error: unknown) => {
        log.warn({ error }, 'this worker still counts among those that share the accounts, for a minute');
      }),
  };
}
