import { type Clock, patience } from '../platform/clock.ts';
import { addMs, type Instant, isBefore, MINUTE_MS, SECOND_MS } from '../platform/time.ts';
import type { HandedOver } from './record.ts';

/**
 * Stops all calls of an account for a while: when the gateway asks for time or cannot be reached (until the instant that the
 * answer names), and when several answers in a row were unknown (doubling up to a minute). Campaigns wait, nothing is lost.
 */
export interface Brake {
  heard(result: Pick<HandedOver, 'outcome' | 'verdict' | 'at'>): void;
  /** Until when nothing may be called; `undefined` when the way is free. */
  heldUntil(now: Instant): Instant | undefined;
}

const UNKNOWN_IN_A_ROW = 5;
const HOLD_MIN_MS = SECOND_MS;
const HOLD_MAX_MS = MINUTE_MS;

export function brake(clock: Clock): Brake {
  let until: Instant | undefined;
  let unknownInARow = 0;
  let holdMs = HOLD_MIN_MS;
  const holdUntil = (at: Instant): void => {
    if (until === undefined || isBefore(until, at)) until = at;
  };
  return {
    heard({ outcome, verdict, at }) {
      if (outcome === 'throttled' && verdict.to === 'pending') return holdUntil(verdict.notBefore);
      if (outcome === 'not_called') return;
      if (outcome !== 'unknown') {
        unknownInARow = 0;
        holdMs = HOLD_MIN_MS;
        return;
      }
      unknownInARow += 1;
      // Calls that were under way together are one failure: the hold grows only after one that is over.
      if (unknownInARow < UNKNOWN_IN_A_ROW || (until !== undefined && isBefore(at, until))) return;
      holdUntil(addMs(at, patience(clock, holdMs)));
      holdMs = Math.min(HOLD_MAX_MS, holdMs * 2);
    },
    heldUntil: (now) => (until !== undefined && isBefore(now, until) ? until : undefined),
  };
}
