import { addMs, HOUR_MS, type Instant, instant, isBefore, MINUTE_MS, msBetween, SECOND_MS } from '../platform/time.ts';
import type { ValidatorFailure } from './number-validator.ts';

/** What the owner allows of one service. */
export interface Allowance {
  readonly monthlyQuota: number;
  readonly requestsPerSecond: number;
}

/** What of it is used. */
export interface Budget {
  /** First day of a month of UTC, `2026-11-01`. */
  readonly month: string;
  readonly asked: number;
  readonly tokens: number;
  readonly filledAt: Instant;
  /** In a row. */
  readonly failures: number;
  readonly block: Block | null;
}

export interface Block {
  readonly kind: ValidatorFailure['kind'];
  readonly message: string;
  readonly until: Instant;
}

export type Draw =
  | { readonly kind: 'granted'; readonly budget: Budget }
  | { readonly kind: 'blocked'; readonly block: Block };

export const freshBudget = (allowance: Allowance, now: Instant): Budget => ({
  month: monthOf(now),
  asked: 0,
  tokens: capacityOf(allowance),
  filledAt: now,
  failures: 0,
  block: null,
});

/**
 * Takes one request out of the budget, about one number or several that all count. It stays taken whatever becomes of the request: the
 * service may have counted it.
 */
export function draw(stored: Budget, allowance: Allowance, now: Instant, numbers = 1): Draw {
  if (stored.block !== null && isBefore(now, stored.block.until)) return { kind: 'blocked', block: stored.block };
  const budget = refilled(stored, allowance, now);
  if (budget.asked + numbers > allowance.monthlyQuota) return { kind: 'blocked', block: usedUp(allowance, now) };
  if (budget.tokens < 1) {
    const waitMs = Math.ceil(((1 - budget.tokens) / allowance.requestsPerSecond) * SECOND_MS);
    const message = `no more than ${allowance.requestsPerSecond} requests a second`;
    return { kind: 'blocked', block: { kind: 'throttled', message, until: addMs(now, waitMs) } };
  }
  return { kind: 'granted', budget: { ...budget, asked: budget.asked + numbers, tokens: budget.tokens - 1 } };
}

/** Whatever was asked in another month counts no more. */
export const askedInMonth = (budget: Pick<Budget, 'month' | 'asked'>, now: Instant): number =>
  budget.month === monthOf(now) ? budget.asked : 0;

function refilled(stored: Budget, allowance: Allowance, now: Instant): Budget {
  const gained = (Math.max(0, msBetween(stored.filledAt, now)) / SECOND_MS) * allowance.requestsPerSecond;
  return {
    ...stored,
    month: monthOf(now),
    asked: askedInMonth(stored, now),
    tokens: Math.min(capacityOf(allowance), stored.tokens + gained),
    filledAt: isBefore(stored.filledAt, now) ? now : stored.filledAt,
    block: null,
  };
}

/** A service that allows one request in ten seconds allows one at once. */
const capacityOf = ({ requestsPerSecond }: Allowance): number => Math.max(1, requestsPerSecond);

const usedUp = ({ monthlyQuota }: Allowance, now: Instant): Block => ({
  kind: 'quota',
  message: `the ${monthlyQuota} requests of this month are used up`,
  until: nextMonth(now),
});

const monthOf = (now: Instant): string => now.toZonedDateTimeISO('UTC').toPlainDate().with({ day: 1 }).toString();

const nextMonth = (now: Instant): Instant =>
  instant(`${now.toZonedDateTimeISO('UTC').toPlainDate().with({ day: 1 }).add({ months: 1 }).toString()}T00:00:00Z`);

/** An answer that was under way when the service asked for a pause does not end the pause. */
export const afterAnswer = (budget: Budget, now: Instant): Budget =>
  isBlocked(budget, now) ? budget : { ...budget, failures: 0, block: null };

const isBlocked = ({ block }: Budget, now: Instant): boolean => block !== null && isBefore(now, block.until);

const THROTTLED_MS = 1 * SECOND_MS;
const THROTTLED_MS_MAX = 5 * MINUTE_MS;
const DOWN_MS = 5 * SECOND_MS;
const DOWN_MS_MAX = 15 * MINUTE_MS;
const REFUSED_MS = 1 * HOUR_MS;
/** One number may be odd; so many in a row are the service. */
export const UNREADABLE_IN_A_ROW_MAX = 5;

/**
 * Nobody asks this service for a while. Requests that were under way together fail together: those that come back to a service that is
 * blocked already do not make the pause longer.
 */
export function afterFailure(budget: Budget, failure: ValidatorFailure, now: Instant): Budget {
  if (isBlocked(budget, now)) return budget;
  const failures = budget.failures + 1;
  const pauseMs = pauseOf(failure, failures);
  if (pauseMs === undefined) return { ...budget, failures };
  const until = failure.kind === 'quota' ? nextMonth(now) : addMs(now, pauseMs);
  return { ...budget, failures, block: { kind: failure.kind, message: failure.message, until } };
}

function pauseOf(failure: ValidatorFailure, failures: number): number | undefined {
  const doubled = 2 ** Math.min(failures - 1, 20);
  switch (failure.kind) {
    case 'throttled':
      return Math.min(Math.max(failure.retryAfterMs ?? 0, THROTTLED_MS * doubled), THROTTLED_MS_MAX);
    case 'down':
      return Math.min(DOWN_MS * doubled, DOWN_MS_MAX);
    case 'unreadable':
      return failures < UNREADABLE_IN_A_ROW_MAX ? undefined : DOWN_MS_MAX;
    case 'refused':
      return REFUSED_MS;
    case 'quota':
      return 0;
    default:
      return failure.kind satisfies never;
  }
}
