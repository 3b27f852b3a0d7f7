import { z } from 'zod';
import { CONSENT_KINDS } from './consent.ts';
import { dated, readerOf, readRules } from './dated-rules.ts';
import consentData from './rules/consent.json' with { type: 'json' };

/** What the law asks of consents from one day to another. */
const rules = z.strictObject({
  ...dated,
  /** Which kinds will do, for texts of each purpose. */
  kinds: z.strictObject({
    marketing: z.array(z.enum(CONSENT_KINDS)).min(1),
    informational: z.array(z.enum(CONSENT_KINDS)).min(1),
  }),
});
export type ConsentRules = z.infer<typeof rules>;

export const CONSENT_RULES = readRules({ name: 'Consent', file: 'consent.json', schema: rules }, consentData);

export const consentRulesAt = readerOf(CONSENT_RULES);
