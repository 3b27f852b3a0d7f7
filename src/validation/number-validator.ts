import type { E164 } from '../contacts/phone.ts';
import type { Result } from '../platform/result.ts';

/** A service that knows numbering plans and carriers. It is asked for one number at a time; each answer costs one of its quota. */
export interface NumberValidator {
  readonly name: ValidatorName;
  /** Never throws, and never tells a key. */
  validate(phone: E164, signal?: AbortSignal): Promise<Result<NumberFacts, ValidatorFailure>>;
}

/** In the order in which they are asked. */
export const VALIDATOR_NAMES = ['numverify', 'twilio'] as const;
export type ValidatorName = (typeof VALIDATOR_NAMES)[number];

export const LINE_TYPES = [
  'mobile',
  'landline',
  'voip',
  'toll_free',
  'premium_rate',
  'special_services',
  'satellite',
  'pager',
  'unknown',
] as const;
export type LineType = (typeof LINE_TYPES)[number];

export interface NumberFacts {
  readonly valid: boolean;
  readonly lineType: LineType;
  readonly carrier: string | null;
  /** ISO 3166-1, two letters. */
  readonly country: string | null;
  /** The answer as it came. */
  readonly raw: unknown;
}

export interface ValidatorFailure {
  /**
   * `quota`: no answer before the month is over. `throttled`: asked too fast. `down`: not reached, or it failed. `refused`: the
   * account may not ask (key, plan). `unreadable`: it answered about this number, and nothing can be learned from it.
   */
  readonly kind: 'quota' | 'throttled' | 'down' | 'refused' | 'unreadable';
  readonly message: string;
  /** What the service says itself. */
  readonly retryAfterMs?: number;
}
