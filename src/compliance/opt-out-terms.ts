import { z } from 'zod';
import { dated, readerOf, readRules } from './dated-rules.ts';
import optOutData from './rules/opt-out.json' with { type: 'json' };

/** How soon what follows an opt-out must have happened, from one day to another. */
const terms = z
  .strictObject({
    ...dated,
    /** A confirmation so soon after the receipt is presumed covered by the old consent. */
    confirmWithinMinutes: z.int().min(1),
    honourWithinBusinessDays: z.int().min(1),
    /** A person may decide for no longer whether a reply was an opt-out: we promise to hear one by then, in whatever words. */
    reviewHoursMax: z.int().min(1),
  })
  .refine(({ reviewHoursMax, honourWithinBusinessDays }) => reviewHoursMax <= 24 * honourWithinBusinessDays, {
    error: ({ input }) =>
      `a review must end within the business days that the law leaves, got ${JSON.stringify(input)}`,
  });
export type OptOutTerms = z.infer<typeof terms>;

export const parseOptOutTerms = (data: unknown) =>
  readRules({ name: 'Opt-out times', file: 'opt-out.json', schema: terms }, data);

export const OPT_OUT_TERMS = parseOptOutTerms(optOutData);

export const optOutTermsAt = readerOf(OPT_OUT_TERMS);
