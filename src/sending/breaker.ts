import { type Clock, patience } from '../platform/clock.ts';
import { addMs, type Instant, isBefore, MINUTE_MS, msBetween, SECOND_MS } from '../platform/time.ts';
import type { HandedOver } from './record.ts';

export type BreakerState =
  | { readonly kind: 'closed' }
  /** The gateway asked for time (`Retry-After`). */
  | { readonly kind: 'held'; readonly until: Instant }
  /** The gateway does not answer, or only with errors of its own. */
  | { readonly kind: 'open'; readonly since: Instant; readonly until: Instant; readonly detail: string }
  /** The time of an open breaker is over: one harmless question shows whether the gateway is back. */
  | { readonly kind: 'half_open'; readonly since: Instant; readonly detail: string };

/** What is stored of a breaker: pages name it, and the next holder goes on from it. */
export interface LeftBreaker {
  readonly open: { readonly since: Instant; readonly detail: string } | undefined;
  /** The last instant that the gateway named; it holds until then. */
  readonly heldUntil: Instant | undefined;
}

/**
 * Stops all calls of an account while its gateway fails: after several unknown outcomes in a row, or when it cannot be reached.
 * It opens for a second, then for twice as long each time up to a minute, and is half-open after that. Campaigns wait, nothing is
 * lost. It counts by the injected clock, which is why it is ours: libraries for it read the system's.
 */
export interface Breaker {
  heard(result: Pick<HandedOver, 'outcome' | 'verdict' | 'at'>): void;
  /** The gateway did not answer a question that all sending waits for; as bad as a text whose answer was lost. */
  unanswered(at: Instant, detail: string): void;
  /** The gateway answered a question with a request for time; that concerns every call of the account. */
  askedForTime(until: Instant): void;
  /** What the question of a half-open breaker led to. */
  probed(answered: boolean, at: Instant): void;
  state(now: Instant): BreakerState;
}

const UNKNOWN_IN_A_ROW = 5;
const HOLD_MIN_MS = SECOND_MS;
const HOLD_MAX_MS = MINUTE_MS;

const CLOSED: LeftBreaker = { open: undefined, heldUntil: undefined };

/** A pause that is over before anybody has looked is not worth a write. */
const HELD_STORED_FROM_MS = 10 * SECOND_MS;

/** What is to be stored of a breaker in this state; `stored` itself when that is told already. */
export function toStore(state: BreakerState, stored: LeftBreaker, now: Instant): LeftBreaker {
  const isOpen = state.kind === 'open' || state.kind === 'half_open';
  const { heldUntil } = stored;
  if (
    state.kind === 'held' &&
    msBetween(now, state.until) >= HELD_STORED_FROM_MS &&
    heldUntil?.equals(state.until) !== true
  )
    return { open: undefined, heldUntil: state.until };
  if (isOpen === (stored.open !== undefined)) return stored;
  return { open: isOpen ? { since: state.since, detail: state.detail } : undefined, heldUntil };
}

/** `left` is what the last holder left behind: of an open breaker this one asks before it hands over, a held one it keeps. */
export function createBreaker(clock: Clock, left: LeftBreaker = CLOSED): Breaker {
  let { heldUntil } = left;
  let open: { readonly since: Instant; readonly until: Instant; readonly detail: string } | undefined =
    left.open === undefined ? undefined : { ...left.open, until: left.open.since };
  let unknownInARow = 0;
  let holdMs = HOLD_MIN_MS;
  let throttledInARow = 0;
  const trip = (at: Instant, detail: string): void => {
    // Calls that were under way together are one failure.
    if (open !== undefined && isBefore(at, open.until)) return;
    open = { since: open?.since ?? at, until: addMs(at, patience(clock, holdMs)), detail };
    holdMs = Math.min(HOLD_MAX_MS, holdMs * 2);
  };
  const unanswered = (at: Instant, detail: string): void => {
    unknownInARow += 1;
    if (unknownInARow >= UNKNOWN_IN_A_ROW) trip(at, detail);
  };
  const askedForTime = (until: Instant): void => {
    if (heldUntil === undefined || isBefore(heldUntil, until)) heldUntil = until;
  };
  /** Who asks for a second again and again is asked less and less often: each try costs a row of the text's history. */
  const throttled = (at: Instant, notBefore: Instant): void => {
    const together = heldUntil !== undefined && isBefore(at, heldUntil);
    if (!together) throttledInARow += 1;
    const leastMs = throttledInARow === 1 ? 0 : Math.min(HOLD_MAX_MS, HOLD_MIN_MS * 2 ** (throttledInARow - 1));
    const least = addMs(at, patience(clock, leastMs));
    askedForTime(together || isBefore(least, notBefore) ? notBefore : least);
  };
  return {
    heard({ outcome, verdict, at }) {
      if (outcome === 'throttled' && verdict.to === 'pending') {
        if (verdict.detail === 'unreachable') trip(at, 'it cannot be reached');
        else throttled(at, verdict.notBefore);
        return;
      }
      if (outcome === 'not_called') return;
      if (verdict.to === 'unknown') return unanswered(at, verdict.detail);
      unknownInARow = 0;
      throttledInARow = 0;
      holdMs = HOLD_MIN_MS;
      open = undefined;
    },
    unanswered,
    askedForTime,
    probed(answered, at) {
      if (open === undefined) return;
      if (!answered) return trip(at, open.detail);
      open = undefined;
      // The next failure counts: reads may work while sending does not.
      unknownInARow = UNKNOWN_IN_A_ROW - 1;
    },
    state(now) {
      if (open !== undefined)
        return isBefore(now, open.until)
          ? { kind: 'open', ...open }
          : { kind: 'half_open', since: open.since, detail: open.detail };
      return heldUntil !== undefined && isBefore(now, heldUntil)
        ? { kind: 'held', until: heldUntil }
        : { kind: 'closed' };
    },
  };
}
