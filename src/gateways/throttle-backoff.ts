import type { Clock } from '../platform/clock.ts';
import type { Random } from '../platform/random.ts';
import { DAY_MS, type Instant, msBetween, SECOND_MS, Temporal } from '../platform/time.ts';

const BACKOFF_MIN_MS = SECOND_MS;
const BACKOFF_MAX_MS = 60 * SECOND_MS;
const LEVEL_MAX = Math.log2(BACKOFF_MAX_MS / BACKOFF_MIN_MS);
const RETRY_AFTER_MAX_MS = DAY_MS;

export interface ThrottleBackoff {
  /** How long to wait after one more refusal, in clock milliseconds: between half and the whole of a doubling step. */
  nextMs(): number;
  reset(): void;
}

/**
 * Many requests in flight are refused together; they are one refusal. The step therefore grows only when a refusal comes after
 * the wait that was given last.
 */
export function throttleBackoff(options: { readonly clock: Clock; readonly random: Random }): ThrottleBackoff {
  let level = 0;
  let waitedUntilMs = Number.NEGATIVE_INFINITY;
  return {
    nextMs: () => {
      const nowMs = options.clock.now().epochMilliseconds;
      const stepMs = Math.min(BACKOFF_MAX_MS, BACKOFF_MIN_MS * 2 ** level);
      const waitMs = Math.ceil(stepMs / 2 + (options.random.next() * stepMs) / 2);
      if (nowMs >= waitedUntilMs) level = Math.min(LEVEL_MAX, level + 1);
      waitedUntilMs = Math.max(waitedUntilMs, nowMs + waitMs);
      return waitMs;
    },
    reset: () => {
      level = 0;
    },
  };
}

/** `Retry-After` of RFC 9110: seconds or an HTTP date. `undefined` when absent, unreadable or not in the future. */
export function retryAfterMs(header: string | undefined, now: Instant): number | undefined {
  if (header === undefined) return undefined;
  const text = header.trim();
  const ms = /^\d{1,9}(\.\d+)?$/.test(text) ? Math.ceil(Number(text) * SECOND_MS) : msUntilHttpDate(text, now);
  return ms === undefined || ms <= 0 ? undefined : Math.min(ms, RETRY_AFTER_MAX_MS);
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const HTTP_DATE = /^\w{3}, (\d{2}) (\w{3}) (\d{4}) (\d{2}:\d{2}:\d{2}) GMT$/;

function msUntilHttpDate(text: string, now: Instant): number | undefined {
  const [, day, monthName, year, time] = HTTP_DATE.exec(text) ?? [];
  const month = MONTHS.indexOf(monthName ?? '') + 1;
  if (month === 0) return undefined;
  try {
    return msBetween(now, Temporal.Instant.from(`${year}-${String(month).padStart(2, '0')}-${day}T${time}Z`));
  } catch {
    return undefined;
  }
}
