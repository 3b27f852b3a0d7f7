import { type Clock, patience } from '../platform/clock.ts';

/**
 * Slows guessing of passwords down, and who uses a link over and over: attempts per key (address and e-mail, the link) within a window. Kept in the memory of one process; a
 * restart forgives, which costs a guesser more time than it gives.
 */
export interface AttemptLimit {
  /** Counts one attempt; seconds to wait when there were too many. */
  attempt(key: string): number | undefined;
  /** A success wipes the slate. */
  succeeded(key: string): void;
}

export const ATTEMPTS_MAX = 10;
/** Real time. */
export const WINDOW_MS = 300_000;
/** Beyond it the oldest keys are forgotten: the memory is bounded. */
const KEYS_MAX = 10_000;

export function attemptLimit(clock: Clock): AttemptLimit {
  const windows = new Map<string, { readonly startedMs: number; attempts: number }>();
  const windowMs = patience(clock, WINDOW_MS);
  return {
    attempt(key) {
      const nowMs = clock.now().epochMilliseconds;
      const known = windows.get(key);
      const window =
        known !== undefined && nowMs - known.startedMs < windowMs ? known : { startedMs: nowMs, attempts: 0 };
      if (window.attempts >= ATTEMPTS_MAX)
        return Math.ceil((window.startedMs + windowMs - nowMs) / patience(clock, 1_000));
      window.attempts += 1;
      windows.delete(key);
      windows.set(key, window);
      const oldest = windows.keys().next().value;
      if (windows.size > KEYS_MAX && oldest !== undefined) windows.delete(oldest);
      return undefined;
    },
    succeeded: (key) => void windows.delete(key),
  };
}
