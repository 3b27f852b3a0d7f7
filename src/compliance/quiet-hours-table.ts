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

const zone = z
  .string()
  .refine(isZone, { error: ({ input }) => `expected a zone like America/Chicago, got "${input}"` });

function isZone(text: string): boolean {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: text }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

const row = z.strictObject({
  weekday: hours.nullable(),
  saturday: hours.nullable(),
  sunday: hours.nullable(),
  holiday: z.union([z.literal('as-day'), z.null(), hours]),
  messagesPerDay: z.int().min(1).optional(),
  zones: z.array(zone).default([]),
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
 * Reads rule tables, oldest first. Throws, naming the version, the value and the remedy, when the tables leave a day without a
 * rule or two for one, or when a table forgets a kind of day or a state: an engine without a rule must not guess one.
 */
export function parseRuleTables(data: unknown): readonly RuleTable[] {
  const parsed = z.strictObject({ versions: z.array(table).min(1) }).safeParse(data);
  if (!parsed.success)
    throw refused(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '));
  const tables = parsed.data.versions;
  for (const [index, current] of tables.entries()) {
    const next = tables[index + 1];
    requireDaysInOrder(current, next);
    if (next !== undefined) requireSameStates(current, next);
  }
  return tables;
}

const refused = (what: string): Error => new Error(`quiet-hours table ${what}. Mend compliance/rules/quiet-hours.json`);

function requireDaysInOrder(current: RuleTable, next: RuleTable | undefined): void {
  const { version, validFrom, validTo } = current;
  if (validTo !== null && validTo <= validFrom)
    throw refused(
      `${version}: valid from ${validFrom} to ${validTo}, which is no day at all; validTo is the day after the last`,
    );
  if (validTo === (next?.validFrom ?? null)) return;
  throw refused(
    next === undefined
      ? `${version}: nothing is valid from ${validTo} on; the last table must have validTo null`
      : `${version}: valid to ${validTo}, but ${next.version} begins ${next.validFrom}; make both the same day`,
  );
}

/** A state that is left out would fall back to the federal hours, unnoticed. */
function requireSameStates(current: RuleTable, next: RuleTable): void {
  const forgotten = Object.keys(current.states).filter((state) => next.states[state] === undefined);
  if (forgotten.length === 0) return;
  throw refused(
    `${next.version}: has no row for ${forgotten.join(', ')}, which ${current.version} has; where a law was repealed, write the federal hours with the repeal as its source`,
  );
}

export const RULE_TABLES: readonly RuleTable[] = parseRuleTables(quietHoursData);

/** The table that is in force at an instant (by its UTC day). */
export const ruleTableAt = (tables: readonly RuleTable[], at: Instant): RuleTable =>
  ruleTableOn(tables, at.toString().slice(0, 10));

/** The table that is in force on a day, `YYYY-MM-DD`, of whichever place; the oldest for anything before it. */
export function ruleTableOn(tables: readonly RuleTable[], day: string): RuleTable {
  const found = tables.findLast((candidate) => candidate.validFrom <= day) ?? tables[0];
  if (found === undefined) throw new Error('quiet-hours table: there is none');
  return found;
}

/** Throws when no table is in force yet: before its first day the oldest one is a guess, for looking back only. */
export function requireRuleTable(tables: readonly RuleTable[], at: Instant): void {
  const today = at.toString().slice(0, 10);
  const { version, validFrom } = ruleTableAt(tables, at);
  if (validFrom <= today) return;
  throw refused(
    `${version}: begins ${validFrom}, and today is ${today}, so that no rule is valid now; add the table that is, or mend this machine's clock`,
  );
}
