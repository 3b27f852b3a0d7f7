import type { ScrubbedKind } from '../compliance/scrub-codes.ts';
import type { Result } from '../platform/result.ts';
import type { Instant } from '../platform/time.ts';
import type { ValidatorFailure } from '../validation/number-validator.ts';

export const SCRUB_SERVICES = ['blacklist_alliance', 'dncscrub'] as const;
export type ScrubServiceName = (typeof SCRUB_SERVICES)[number];
export const SERVICE_WORDS: Readonly<Record<ScrubServiceName, string>> = {
  blacklist_alliance: 'Blacklist Alliance',
  dncscrub: 'DNCScrub',
};

/** A company that knows the do-not-call lists and says of many numbers at once which they are on. Each number costs one of the quota. */
export interface ScrubService {
  readonly name: ScrubServiceName;
  readonly numbersAtOnce: number;
  /**
   * By the number, ten digits. One that is missing is not known: nothing follows from it. Never throws, and never tells a key.
   */
  scrub(
    numbers: readonly string[],
    now: Instant,
    signal?: AbortSignal,
  ): Promise<Result<ReadonlyMap<string, ScrubAnswer>, ValidatorFailure>>;
}

export interface ScrubAnswer {
  /** Of the lists that it is on; none: it is clean. */
  readonly kinds: readonly ScrubbedKind[];
  /** In the service's own words. */
  readonly codes: string;
}
