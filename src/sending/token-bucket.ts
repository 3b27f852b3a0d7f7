import type { Instant } from '../platform/time.ts';

/**
 * The rate of one gateway account, kept in the memory of its one holder. Starts empty (a new holder knows nothing of what the
 * last one just sent) and holds a quarter of a second's tokens at most: 8/s with a burst of 2 stays inside a provider's 10/s.
 */
export interface TokenBucket {
  /** Whole tokens at `now`; never below 0, also while overdrawn. */
  available(now: Instant): number;
  take(now: Instant, count: number): void;
  /** Milliseconds of clock time until one token is there; 0 when one is. */
  msUntilNext(now: Instant): number;
}

const BURST_SECONDS = 0.25;
const SET_BACK_MS = 30_000;

/** `beyond`: tokens that it holds over that quarter of a second. */
export function tokenBucket(ratePerSecond: number, startsAt: Instant, beyond = 0): TokenBucket {
  const capacity = Math.max(1, ratePerSecond * BURST_SECONDS) + beyond;
  let tokens = 0;
  let filledAtMs = startsAt.epochMilliseconds;
  const fill = (now: Instant): void => {
    const elapsedMs = Math.max(0, now.epochMilliseconds - filledAtMs);
    tokens = Math.min(capacity, tokens + (elapsedMs / 1000) * ratePerSecond);
    const { epochMilliseconds: nowMs } = now;
    // A clock that was set back fills on from there, or nothing would begin until it has caught up; an instant of some moments ago
    // comes from a step of this very turn.
    filledAtMs = filledAtMs - nowMs > SET_BACK_MS ? nowMs : Math.max(filledAtMs, nowMs);
  };
  return {
    available(now) {
      fill(now);
      return Math.max(0, Math.floor(tokens + 1e-9));
    },
    take(now, count) {
      fill(now);
      tokens -= count;
    },
    msUntilNext(now) {
      fill(now);
      return tokens >= 1 ? 0 : Math.ceil(((1 - tokens) / ratePerSecond) * 1000);
    },
  };
}
