import { z } from 'zod';
import type { Instant } from '../platform/time.ts';
import retentionData from './rules/retention.json' with { type: 'json' };

/** What stays of an erased person, because the law asks for it. */
export const KEPT_RECORDS = ['suppressions', 'consents', 'texts'] as const;
export type KeptRecord = (typeof KEPT_RECORDS)[number];

const rule = z.strictObject({
  /** Null: as long as this business texts. */
  years: z.int().min(1).nullable(),
  reason: z.string().min(1),
  source: z.string().min(1),
});

const rules = z.strictObject({
  version: z.string().min(1),
  validFrom: z.iso.date(),
  validTo: z.iso.date().nullable(),
  suppressions: rule,
  consents: rule,
  texts: rule,
});
export type RetentionRules = z.infer<typeof rules>;

const { versions: RETENTION_RULES } = z.strictObject({ versions: z.array(rules).min(1) }).parse(retentionData);

/** Those in force at an instant; the oldest for anything before them. */
export function retentionRulesAt(at: Instant, versions: readonly RetentionRules[] = RETENTION_RULES): RetentionRules {
  const today = at.toString().slice(0, 10);
  const found = versions.findLast(({ validFrom }) => validFrom <= today) ?? versions[0];
  if (found === undefined) throw new Error('retention rules: there are none; mend compliance/rules/retention.json');
  return found;
}

/** Until when a record is kept whose time runs from `from`; null when it has no end. */
export function keptUntil(rules: RetentionRules, record: KeptRecord, from: Instant): Instant | null {
  const { years } = rules[record];
  return years === null ? null : from.toZonedDateTimeISO('UTC').add({ years }).toInstant();
}
