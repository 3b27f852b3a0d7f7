import { z } from 'zod';
import type { Instant } from '../platform/time.ts';
import { dated, readerOf, readRules } from './dated-rules.ts';
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
  ...dated,
  suppressions: rule,
  consents: rule,
  texts: rule,
});
export type RetentionRules = z.infer<typeof rules>;

export const RETENTION_RULES = readRules(
  { name: 'What is kept of erased people', file: 'retention.json', schema: rules },
  retentionData,
);

export const retentionRulesAt = readerOf(RETENTION_RULES);

/** Until when a record is kept whose time runs from `from`; null when it has no end. */
export function keptUntil(rules: RetentionRules, record: KeptRecord, from: Instant): Instant | null {
  const { years } = rules[record];
  return years === null ? null : from.toZonedDateTimeISO('UTC').add({ years }).toInstant();
}
