import type { Clock } from '../platform/clock.ts';
import type { Uuid } from '../platform/ids.ts';
import { HOUR_MS, SECOND_MS } from '../platform/time.ts';
import type { Services } from '../services.ts';
import { OTHERS, type SourceCount, storeSourceCounts } from './source-store.ts';

/**
 * Counts webhooks by where they come from and how they were answered. One addition in memory for each; the database hears of them every
 * few seconds in one statement, so that a flood of refused ones costs nothing.
 */
export interface Tally {
  count(webhook: {
    /** Null where no such account exists. */
    readonly accountId: Uuid | null;
    /** Address of the sender. */
    readonly source: string;
    readonly outcome: string;
  }): void;
  /** What has been counted since, and forgets it. */
  take(): readonly SourceCount[];
  /** Counts that could not be stored come back. */
  putBack(counts: readonly SourceCount[]): void;
}

/** Addresses that are told apart in an hour, by each process. Whoever signs has a place, however many strangers there are. */
const SIGNED_SOURCES_MAX = 500;
const STRANGERS_MAX = 200;
/** Entries between two times that they are stored; a stranger may name any account. */
const ENTRIES_MAX = 5_000;
const SIGNED: ReadonlySet<string> = new Set(['accepted', 'repeated', 'away']);

export function createTally(clock: Clock): Tally {
  let counts = new Map<string, SourceCount & { count: number }>();
  let signed = new Set<string>();
  let strangers = new Set<string>();
  let hour = 0;
  const shown = (source: string, outcome: string): string => {
    const isSigned = SIGNED.has(outcome);
    const known = isSigned ? signed : strangers;
    if (known.has(source)) return source;
    if (known.size >= (isSigned ? SIGNED_SOURCES_MAX : STRANGERS_MAX)) return OTHERS;
    known.add(source);
    return source;
  };
  const add = ({ accountId, source, outcome, count }: SourceCount): void => {
    const key = `${accountId} ${source} ${outcome}`;
    const entry = counts.get(key);
    if (entry !== undefined) entry.count += count;
    else if (counts.size < ENTRIES_MAX || accountId === null) counts.set(key, { accountId, source, outcome, count });
    else add({ accountId: null, source: OTHERS, outcome, count });
  };
  return {
    count: ({ accountId, source, outcome }) => add({ accountId, source: shown(source, outcome), outcome, count: 1 }),
    take() {
      const taken = [...counts.values()];
      counts = new Map();
      const now = Math.floor(clock.now().epochMilliseconds / HOUR_MS);
      if (now !== hour) {
        signed = new Set();
        strangers = new Set();
        hour = now;
      }
      return taken;
    },
    putBack(taken) {
      for (const count of taken) add(count);
    },
  };
}

const STORE_EVERY_MS = 5 * SECOND_MS;

/** Stores what is counted now and then, and the last of it when it is closed. */
export function startTally(
  services: Pick<Services, 'clock' | 'log' | 'database'>,
  tally: Tally,
): { readonly close: () => Promise<void> } {
  const { clock, log, database } = services;
  const stopping = new AbortController();
  const store = async (): Promise<void> => {
    const counts = tally.take();
    try {
      await storeSourceCounts(database.db, counts, clock.now());
    } catch (error) {
      tally.putBack(counts);
      log.warn({ error }, 'counts of webhooks could not be stored yet');
    }
  };
  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await clock.rest(STORE_EVERY_MS, stopping.signal);
      await store();
    }
    // What was counted while that was being stored.
    await store();
  };
  const running = run();
  return {
    async close() {
      stopping.abort();
      await running;
    },
  };
}
