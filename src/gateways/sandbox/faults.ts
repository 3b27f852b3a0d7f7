import { HOUR_MS, SECOND_MS } from '../../platform/time.ts';
import { drawsFor } from './draws.ts';
import type { EventEntry } from './journal.ts';
import type { Faults } from './options.ts';

/** What may befall one request of the API. */
export type RequestFault =
  | 'none'
  | 'lose_request'
  | 'error_before'
  | 'error_after'
  | 'lose_answer'
  | 'cut_answer'
  | 'slow_answer';

/** `draw` in [0, 1) chooses at most one fault, so that each share is met exactly. */
export function faultFor(faults: Faults, draw: number): RequestFault {
  const error = (faults.status500Share ?? 0) / 2;
  const shares: readonly (readonly [RequestFault, number])[] = [
    ['lose_request', faults.loseRequestShare ?? 0],
    ['error_before', error],
    ['error_after', error],
    ['lose_answer', faults.loseAnswerShare ?? 0],
    ['cut_answer', faults.cutAnswerShare ?? 0],
    ['slow_answer', faults.slowAnswerShare ?? 0],
  ];
  let left = draw;
  for (const [fault, share] of shares) {
    left -= share;
    if (left < 0) return fault;
  }
  return 'none';
}

const WEBHOOK_LATENCY_MS_MIN = 100;
const WEBHOOK_LATENCY_MS_MAX = 800;
const HELD_BACK_MS_MIN = 30 * SECOND_MS;
const HELD_BACK_MS_MAX = 2 * HOUR_MS;
const DUPLICATE_AFTER_MS_MAX = 30 * SECOND_MS;

/**
 * When an event is first posted, whether late, twice or never. Follows from the seed and from which event of which person it is, and
 * from nothing that the clock had a hand in, so that the same seed gives the same run.
 */
export function planPost(about: {
  readonly seed: number;
  readonly account: number;
  readonly phone: string;
  /** How many events this account has had about this person before. */
  readonly nth: number;
  readonly atMs: number;
  readonly faults: Faults;
}): Pick<EventEntry, 'firstAttemptAtMs' | 'duplicateAfterMs'> {
  const { faults, atMs } = about;
  const random = drawsFor(about.seed, 'post', about.account, about.phone, about.nth);
  const isLost = random.next() < (faults.loseWebhookShare ?? 0);
  const isHeldBack = random.next() < (faults.reorderWebhookShare ?? 0);
  const isDoubled = random.next() < (faults.duplicateWebhookShare ?? 0);
  if (isLost) return {};
  const latencyMs = random.int(WEBHOOK_LATENCY_MS_MIN, WEBHOOK_LATENCY_MS_MAX);
  const heldBackMs = isHeldBack ? random.int(HELD_BACK_MS_MIN, HELD_BACK_MS_MAX) : 0;
  return {
    firstAttemptAtMs: atMs + latencyMs + heldBackMs,
    ...(isDoubled ? { duplicateAfterMs: random.int(0, DUPLICATE_AFTER_MS_MAX) } : {}),
  };
}
