import { z } from 'zod';
import type { Instant } from '../platform/time.ts';
import { dated, readerOf, readRules } from './dated-rules.ts';
import type { DncKind } from './dnc-rules.ts';
import scrubCodes from './rules/scrub-codes.json' with { type: 'json' };

export const SCRUBBED_KINDS = ['national', 'state', 'litigator', 'custom'] as const satisfies readonly DncKind[];
export type ScrubbedKind = (typeof SCRUBBED_KINDS)[number];

const codes = z.strictObject({
  ...dated,
  /** A code that holds any of these words means that kind. */
  kinds: z.array(z.strictObject({ kind: z.enum(SCRUBBED_KINDS), words: z.array(z.string().min(1)).min(1) })),
});
export const SCRUB_CODES = readRules(
  { name: 'Codes of scrub services', file: 'scrub-codes.json', schema: codes },
  scrubCodes,
);

const scrubCodesAt = readerOf(SCRUB_CODES);

/** The kinds of lists that codes name. One that is not known names a list that knows no exception: the strict side. */
export function kindsOf(
  codesOfNumber: readonly string[],
  now: Instant,
  versions = SCRUB_CODES.versions,
): readonly ScrubbedKind[] {
  const { kinds } = scrubCodesAt(now, versions);
  const kindOf = (code: string): ScrubbedKind =>
    kinds.find(({ words }) => words.some((word) => code.toLowerCase().includes(word)))?.kind ?? 'custom';
  return [...new Set(codesOfNumber.map(kindOf))].sort();
}
