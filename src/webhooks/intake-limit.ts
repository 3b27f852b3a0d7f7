import { type Clock, patience } from '../platform/clock.ts';
import { type Instant, SECOND_MS } from '../platform/time.ts';

/**
 * How fast one source may send webhooks for one account, or such as are refused: a bucket each, in the memory of one process. What is
 * answered 429 is sent again by the provider.
 */
export interface IntakeLimit {
  /** Seconds to wait when there were too many; `undefined` when this one may pass. */
  take(source: string, account: string, now: Instant): number | undefined;
}

/** What is sent again after an outage comes at once: as many seconds' worth may. */
const BURST_SECONDS = 10;

/** Beyond it the oldest are forgotten: the memory is bounded. */
const BUCKETS_MAX = 10_000;

export function intakeLimit(clock: Clock, perSecond: number): IntakeLimit {
  const buckets = new Map<string, { left: number; atMs: number }>();
  const burst = perSecond * BURST_SECONDS;
  const tokensPerMs = perSecond / patience(clock, SECOND_MS);
  return {
    take(source, account, now) {
      const key = `${source} ${account}`;
      const nowMs = now.epochMilliseconds;
      const known = buckets.get(key);
      const bucket = known ?? { left: burst, atMs: nowMs };
      bucket.left = Math.min(burst, bucket.left + Math.max(0, nowMs - bucket.atMs) * tokensPerMs);
      bucket.atMs = nowMs;
      if (known === undefined) {
        buckets.set(key, bucket);
        const oldest = buckets.keys().next().value;
        if (buckets.size > BUCKETS_MAX && oldest !== undefined) buckets.delete(oldest);
      }
      if (bucket.left < 1) return Math.max(1, Math.ceil((1 - bucket.left) / perSecond));
      bucket.left -= 1;
      return undefined;
    },
  };
}
