import type { Clock } from '../platform/clock.ts';

/**
 * Whether this process has known of something for a while, measured by a sleep: clocks may be set or differ by an hour, a sleep takes as
 * long as it takes.
 */
export interface KnownLong {
  /** True once the time is over since it was asked about for the first time. */
  has(key: string): boolean;
  forget(key: string): void;
}

/** `ms` of clock time; nothing becomes known after `end` any more. */
export function knownLong(clock: Clock, ms: number, end: AbortSignal): KnownLong {
  const known = new Map<string, boolean>();
  return {
    has(key) {
      if (ms <= 0) return true;
      if (!known.has(key)) {
        known.set(key, false);
        void clock.sleep(ms, end).then(() => {
          if (!end.aborted && known.has(key)) known.set(key, true);
        });
      }
      return known.get(key) === true;
    },
    forget: (key) => void known.delete(key),
  };
}
