import { z } from 'zod';
import type { Instant } from '../platform/time.ts';
import { CONSENT_KINDS } from './consent.ts';
import consentData from './rules/consent.json' with { type: 'json' };

/** What the law asks of consents from one day to another. */
const rules = z.strictObject({
  version: z.string().min(1),
  validFrom: z.iso.date(),
  validTo: z.iso.date().nullable(),
  /** Which kinds will do, for texts of each purpose. */
  kinds: z.strictObject({
    marketing: z.array(z.enum(CONSENT_KINDS)).min(1),
    informational: z.array(z.enum(CONSENT_KINDS)).min(1),
  }),
  source: z.string().min(1),
});
export type ConsentRules = z.infer<typeof rules>;

const { versions: CONSENT_RULES } = z.strictObject({ versions: z.array(rules).min(1) }).parse(consentData);

/** Those in force at an instant; the oldest for anything before them. */
export function consentRulesAt(at: Instant, versions: readonly ConsentRules[] = CONSENT_RULES): ConsentRules {
  const today = at.toString().slice(0, 10);
  const found = versions.findLast(({ validFrom }) => validFrom <= today) ?? versions[0];
  if (found === undefined) throw new Error('consent rules: there are none; mend compliance/rules/consent.json');
  return found;
}
