import type { Uuid } from '../platform/ids.ts';
import type { Random } from '../platform/random.ts';
import { type Instant, MINUTE_MS, SECOND_MS } from '../platform/time.ts';

/**
 * One text from a number of ours to another, to see that events still come in. Whoever reads of it: it is a text like any other to the
 * gateway and to the engine, and nowhere counted as one.
 */
export const CHECK_OUTCOMES = ['healthy', 'slow', 'failed_send', 'failed_no_webhook', 'failed_not_applied'] as const;
export type CheckOutcome = (typeof CHECK_OUTCOMES)[number];

export interface HealthCheck {
  readonly id: Uuid;
  readonly accountId: Uuid;
  readonly fromLaneId: Uuid;
  readonly toLaneId: Uuid;
  /** `schedule`, `suspicion`, `recovery` (one failed, and events come in again), or who asked for it. */
  readonly cause: string;
  readonly startedAt: Instant;
  /** When it fails at the latest. */
  readonly dueAt: Instant;
  /** The gateway took the text; its event came in; what it says was done. */
  readonly sentAt: Instant | null;
  readonly webhookAt: Instant | null;
  readonly appliedAt: Instant | null;
  /** The receipt of its text came in. */
  readonly receipt: boolean;
  /** Null while it is under way. */
  readonly outcome: CheckOutcome | null;
  readonly detail: string | null;
  readonly finishedAt: Instant | null;
}

export interface HealthSettings {
  readonly enabled: boolean;
  readonly fromLaneId: Uuid;
  /** Of the account that is checked. */
  readonly toLaneId: Uuid;
  readonly intervalMinutes: number;
}

/** Real time from the beginning to the end. */
export const CHECK_WITHIN_MS = 120 * SECOND_MS;
/** Real time from the gateway's acceptance to its event; more is slow. */
export const SLOW_AFTER_MS = 30 * SECOND_MS;
/** A text that has not been handed over by then could not be back in time. */
export const HAND_OVER_WITHIN_MS = 90 * SECOND_MS;
export const INTERVAL_MINUTES_DEFAULT = 60;
/** While the last one failed, so that an end of the trouble is seen soon. */
export const AGAIN_AFTER_FAILURE_MS = 10 * MINUTE_MS;
/** Between two checks for a suspicious silence: on a public holiday each hour is suspicious. */
export const SUSPICION_REST_MS = 10 * MINUTE_MS;
/** The same for receipts, of which no holiday keeps any away. */
export const RECEIPTS_REST_MS = 2 * MINUTE_MS;

export const isFailure = (outcome: CheckOutcome): boolean => outcome.startsWith('failed_');

const ALPHABET = 'ABCDEFGHJKMNPQRSTUVWXYZ23456789';
const TOKEN_LENGTH = 10;

/** Enough that no other text has it by chance. */
export const newToken = (random: Random): string =>
  Array.from({ length: TOKEN_LENGTH }, () => ALPHABET[random.int(0, ALPHABET.length - 1)]).join('');

/** One part in the default alphabet, and nothing that anybody could take for a wish. */
export const checkText = (token: string): string => `Textwright check ${token}: this text shows that events arrive.`;

const TOKEN_IN_TEXT = new RegExp(`^Textwright check ([${ALPHABET}]{${TOKEN_LENGTH}}):`);

/** The token of a text that may be one of a check. */
export const tokenIn = (text: string): string | undefined => TOKEN_IN_TEXT.exec(text)?.[1];
