import { z } from 'zod';
import type { Instant } from '../platform/time.ts';
import quietHoursData from './rules/quiet-hours.json' with { type: 'json' };

/** Local wall-clock minutes, half-open `[startMinute, endMinute)`. */
export interface SendWindow {
  readonly startMinute: number;
  readonly endMinute: number;
}

/** Hours of one rule by the kind of day; `null`: no sending. On a legal holiday `as-day` means the hours of that weekday. */
export interface HoursRow {
  readonly weekday: SendWindow | null;
  readonly saturday: SendWindow | null;
  readonly sunday: SendWindow | null;
  readonly holiday: SendWindow | null | 'as-day';
  /** Most campaign texts to one person in any 24 hours. */
  readonly messagesPerDay?: number | undefined;
  /** Zones in which the law states its hours, whatever the recipient's. */
  readonly zones: readonly string[];
  readonly source: string;
}

export const PRESETS = ['standard', 'strict', 'federal_state'] as const;
export type Preset = (typeof PRESETS)[number];

/** The law as it is applied from one day to another. */
export interface RuleTable {
  readonly version: string;
  /** First day, `YYYY-MM-DD`. */
  readonly validFrom: string;
  /** The day after the last; `null` for the table in force. */
  readonly validTo: string | null;
  readonly federal: HoursRow;
  /** For numbers whose state nothing is known of. */
  readonly unknownPlace: HoursRow;
  readonly presets: Readonly<Record<Preset, HoursRow>>;
  /** States that are stricter than the federal rule. */
  readonly states: Readonly<Record<string, HoursRow>>;
}

const hours = z.string().transform((text, context): SendWindow => {
  const [, startHour, startMinute, endHour, endMinute] = /^(\d\d):(\d\d)-(\d\d):(\d\d)$/.exec(text) ?? [];
  const window = {
    startMinute: Number(startHour) * 60 + Number(startMinute),
    endMinute: Number(endHour) * 60 + Number(endMinute),
  };
  if (!(window.startMinute < window.endMinute && window.endMinute <= 1440))
    context.addIssue({ code: 'custom', message: `expected hours like 08:00-21:00, got "${text}"` });
  return window;
});

const row = z.strictObject({
  weekday: hours.nullable(),
  saturday: hours.nullable(),
  sunday: hours.nullable(),
  holiday: z.union([z.literal('as-day'), z.null(), hours]),
  messagesPerDay: z.int().min(1).optional(),
  zones: z.array(z.string()).default([]),
  source: z.string().min(1),
});
const day = z.iso.date();
const table = z.strictObject({
  version: z.string().min(1),
  validFrom: day,
  validTo: day.nullable(),
  federal: row,
  unknownPlace: row,
  presets: z.strictObject({ standard: row, strict: row, federal_state: row }),
  states: z.record(z.string().regex(/^[A-Z]{2}$/), row),
});

/**
 * Reads rule tables, oldest first. Throws, naming the version and the day, when the tables leave a day without a rule or two
 * for one, or when a table forgets a kind of day: an engine without a rule must not guess one.
 */
export function parseRuleTables(data: unknown): readonly RuleTable[] {
  const parsed = z.strictObject({ versions: z.array(table).min(1) }).safeParse(data);
  if (!parsed.success)
    throw new Error(
      `quiet-hours table: ${parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')}`,
    );
  const tables = parsed.data.versions;
  for (const [index, current] of tables.entries()) {
    const next = tables[index + 1];
    if (current.validTo === (next?.validFrom ?? null)) continue;
    throw new Error(
      next === undefined
        ? `quiet-hours table ${current.version}: nothing is valid from ${current.validTo} on; the last table must have validTo null`
        : `quiet-hours table ${current.version}: valid to ${current.validTo}, but ${next.version} begins ${next.validFrom}; make both the same day`,
    );
  }
  return tables;
}

export const RULE_TABLES: readonly RuleTable[] = parseRuleTables(quietHoursData);

/** The table that is in force at an instant (by its UTC day); the oldest for anything before it. */
export function ruleTableAt(tables: readonly RuleTable[], at: Instant): RuleTable {
  const today = at.toString().slice(0, 10);
  const found = tables.findLast((candidate) => candidate.validFrom <= today) ?? tables[0];
  if (found === undefined) throw new Error('quiet-hours table: there is none');
  return found;
}
