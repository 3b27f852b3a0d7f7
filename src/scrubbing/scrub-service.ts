import { z } from 'zod';
import type { DncKind } from '../compliance/dnc-rules.ts';
import scrubCodes from '../compliance/rules/scrub-codes.json' with { type: 'json' };
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

export const SCRUBBED_KINDS = ['national', 'state', 'litigator', 'custom'] as const satisfies readonly DncKind[];
export type ScrubbedKind = (typeof SCRUBBED_KINDS)[number];

const codes = z.strictObject({
  version: z.string().min(1),
  validFrom: z.iso.date(),
  validTo: z.iso.date().nullable(),
  /** A code that holds any of these words means that kind. */
  kinds: z.array(z.strictObject({ kind: z.enum(SCRUBBED_KINDS), words: z.array(z.string().min(1)).min(1) })),
  source: z.string().min(1),
});
const { versions: SCRUB_CODES } = z.strictObject({ versions: z.array(codes).min(1) }).parse(scrubCodes);

/** The kinds of lists that codes name. One that is not known names a list that knows no exception: the strict side. */
export function kindsOf(codesOfNumber: readonly string[], now: Instant): readonly ScrubbedKind[] {
  const today = now.toString().slice(0, 10);
  const table = SCRUB_CODES.findLast(({ validFrom }) => validFrom <= today) ?? SCRUB_CODES[0];
  const kindOf = (code: string): ScrubbedKind =>
    table?.kinds.find(({ words }) => words.some((word) => code.toLowerCase().includes(word)))?.kind ?? 'custom';
  return [...new Set(codesOfNumber.map(kindOf))].sort();
}
