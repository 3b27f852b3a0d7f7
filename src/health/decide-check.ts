import { type Instant, isBefore, MINUTE_MS, msBetween } from '../platform/time.ts';
import type { Suspicion } from './decide-suspicion.ts';
import {
  AGAIN_AFTER_FAILURE_MS,
  type CheckOutcome,
  type HealthCheck,
  type HealthSettings,
  isFailure,
  RECEIPTS_REST_MS,
  SUSPICION_REST_MS,
} from './health-check.ts';

/** How a check ended, with a sentence where it did not end well. */
export interface Ending {
  readonly outcome: CheckOutcome;
  readonly detail: string | null;
}

/** Its event came in and is being applied. `slowAfterMs` in clock time. */
export function decideArrival(input: {
  readonly startedAt: Instant;
  /** Null where the event is faster than our own record of the send. */
  readonly sentAt: Instant | null;
  readonly webhookAt: Instant;
  readonly slowAfterMs: number;
  /** What of the event is not as it was sent. */
  readonly differs: string | undefined;
}): Ending {
  if (input.differs !== undefined) return { outcome: 'failed_not_applied', detail: input.differs };
  const lagMs = msBetween(input.sentAt ?? input.startedAt, input.webhookAt);
  if (lagMs <= input.slowAfterMs) return { outcome: 'healthy', detail: null };
  return {
    outcome: 'slow',
    detail: `its event came ${Math.round(lagMs / 1_000)} seconds after the gateway had taken it`,
  };
}

/** What is known of a check whose time is over, or whose text cannot go out any more. */
export interface CheckEvidence {
  readonly messageState: string;
  readonly failure: string | null;
  /** Of its event, when one was stored: why it could not be applied. */
  readonly event: { readonly state: string; readonly error: string | null } | undefined;
}

export function decideEnd({ messageState, failure, event }: CheckEvidence): Ending {
  if (event !== undefined)
    return {
      outcome: 'failed_not_applied',
      detail: `its event came in and was not applied: ${event.error ?? `it is still ${event.state}`}`,
    };
  switch (messageState) {
    case 'sent':
    case 'delivered':
      return { outcome: 'failed_no_webhook', detail: 'the gateway took the text, and no event of it came in' };
    case 'unknown':
    case 'handing_over':
      return { outcome: 'failed_send', detail: 'the gateway did not say whether it took the text' };
    case 'failed':
      return { outcome: 'failed_send', detail: `the gateway refused the text: ${failure ?? 'without a reason'}` };
    default:
      return { outcome: 'failed_send', detail: 'the text could not be handed over in time' };
  }
}

/** Whether the next check of an account is due. */
export function isDue(
  { enabled, intervalMinutes }: Pick<HealthSettings, 'enabled' | 'intervalMinutes'>,
  last: Pick<HealthCheck, 'startedAt' | 'outcome'> | undefined,
  now: Instant,
): boolean {
  if (!enabled || last?.outcome === null) return false;
  if (last === undefined) return true;
  const usualMs = intervalMinutes * MINUTE_MS;
  const waitMs = isFailure(last.outcome) ? Math.min(usualMs, AGAIN_AFTER_FAILURE_MS) : usualMs;
  return msBetween(last.startedAt, now) >= waitMs;
}

/**
 * Whether events come in again after a check that failed: the next one is made at once, so that the end of the trouble is told soon. Only
 * one: where some events come in and those of the checks do not, the usual wait goes on.
 */
export const isRecovering = (
  last: Pick<HealthCheck, 'cause' | 'outcome' | 'finishedAt'> | undefined,
  eventAt: Instant | null,
): boolean =>
  last !== undefined &&
  last.outcome !== null &&
  isFailure(last.outcome) &&
  last.cause !== 'recovery' &&
  last.finishedAt !== null &&
  eventAt !== null &&
  isBefore(last.finishedAt, eventAt);

/** What the last check says about a suspicion. `begin`: nothing, so that another one is to be made. */
export type Tested = 'begin' | 'under_way' | 'tested' | 'confirmed';

/**
 * `confirmed`: received texts come in and receipts do not. A check that failed has an alert of its own, and is made again after a
 * while for as long as the suspicion lasts. `withinMs`: what a check may take, in clock time.
 */
export function decideTested(
  suspicion: Pick<Suspicion, 'kind' | 'since'>,
  last: Pick<HealthCheck, 'cause' | 'outcome' | 'startedAt' | 'receipt'> | undefined,
  { now, withinMs }: { readonly now: Instant; readonly withinMs: number },
): Tested {
  if (last === undefined) return 'begin';
  if (last.outcome === null) return 'under_way';
  const agoMs = msBetween(last.startedAt, now);
  if (isFailure(last.outcome)) return agoMs < AGAIN_AFTER_FAILURE_MS ? 'tested' : 'begin';
  // What a check tests is received texts; only the receipt of its own text speaks for receipts, and that may come later.
  if (suspicion.kind === 'receipts' && isBefore(suspicion.since, last.startedAt)) {
    if (last.receipt) return 'tested';
    return agoMs < withinMs ? 'under_way' : 'confirmed';
  }
  const restMs = suspicion.kind === 'receipts' ? RECEIPTS_REST_MS : SUSPICION_REST_MS;
  return last.cause === 'suspicion' && agoMs < restMs ? 'tested' : 'begin';
}

export interface Uptime {
  readonly checks: number;
  readonly good: number;
  /** Of checks that ended; null without any. */
  readonly share: number | null;
}

/** Healthy and slow ones came back; those under way do not count yet. */
export function uptimeOf(checks: readonly Pick<HealthCheck, 'startedAt' | 'outcome'>[], since: Instant): Uptime {
  const ended = checks.filter(({ startedAt, outcome }) => outcome !== null && !isBefore(startedAt, since));
  const good = ended.filter(({ outcome }) => outcome !== null && !isFailure(outcome)).length;
  return { checks: ended.length, good, share: ended.length === 0 ? null : good / ended.length };
}
