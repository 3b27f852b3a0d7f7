import type { GuardedAnswer } from '../platform/guarded-fetch.ts';
import { unreachable } from '../platform/result.ts';
import { addMs, HOUR_MS, type Instant, isBefore, MINUTE_MS, SECOND_MS } from '../platform/time.ts';

/** Real time between the attempts: five of them in about five minutes, so that a program which is being restarted is back for one. */
const WAITS_MS = [5 * SECOND_MS, 20 * SECOND_MS, MINUTE_MS, 3 * MINUTE_MS] as const;
/** Each wait is made longer or shorter by up to so much of it. */
const JITTER = 0.2;

export const FORWARD_ATTEMPTS_MAX = WAITS_MS.length + 1;
/** A target that takes nothing for so long is switched off. */
export const FAILING_MAX_MS = HOUR_MS;

/** How one attempt ended. */
export interface Attempt {
  readonly status: number | null;
  /** Absent when the target has taken the event. */
  readonly error: string | undefined;
}

const ANSWER_SHOWN_MAX = 200;

export function readAttempt(answer: GuardedAnswer): Attempt {
  switch (answer.kind) {
    case 'refused':
    case 'failed':
      return { status: null, error: answer.reason };
    case 'answered': {
      const { status, body } = answer;
      if (status >= 200 && status < 300) return { status, error: undefined };
      const said = body.replaceAll('\0', '\uFFFD').replaceAll(/\s+/g, ' ').trim().slice(0, ANSWER_SHOWN_MAX);
      const redirect = status >= 300 && status < 400 ? '; redirects are not followed' : '';
      return { status, error: `answered ${status}${redirect}${said === '' ? '' : `: ${said}`}` };
    }
    default:
      return unreachable(answer);
  }
}

/** Real milliseconds until the next attempt; `undefined` when that was the last one. `draw` is uniform in [0, 1). */
export function nextAttemptAfterMs(attempts: number, draw: number): number | undefined {
  const wait = WAITS_MS[attempts - 1];
  return wait === undefined ? undefined : Math.round(wait * (1 + JITTER * (2 * draw - 1)));
}

/** Asked when an event has failed for good, so that one which comes after a quiet night has all its attempts. */
export const isGivenUp = (
  failingSince: Instant,
  { now, patientMs }: { readonly now: Instant; readonly patientMs: number },
): boolean => !isBefore(now, addMs(failingSince, patientMs));
