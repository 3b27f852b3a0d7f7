import { z } from 'zod';
import { type Dated, type DatedRules, dated, readerOf, readRules } from './dated-rules.ts';
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
export interface RuleTable extends Dated {
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
const table = z.strictObject({
  ...dated,
  federal: row,
  unknownPlace: row,
  presets: z.strictObject({ standard: row, strict: row, federal_state: row }),
  states: z.record(z.string().regex(/^[A-Z]{2}$/), row),
});

/** A kind of day or a state that a version forgets is refused like a day without a version. */
export const parseQuietHours = (data: unknown): DatedRules<RuleTable> =>
  readRules(
    { name: 'Quiet hours of the states', file: 'quiet-hours.json', schema: table, whyNot: whyStatesForgotten },
    data,
  );

/** A state that is left out would fall back to the federal hours, unnoticed. */
function whyStatesForgotten(earlier: RuleTable, later: RuleTable): string | undefined {
  const forgotten = Object.keys(earlier.states).filter((state) => later.states[state] === undefined);
  return forgotten.length === 0
    ? undefined
    : `${later.version} has no row for ${forgotten.join(', ')}, which ${earlier.version} has; where a law was repealed, write the federal hours with the repeal as its source`;
}

export const QUIET_HOURS = parseQuietHours(quietHoursData);

/** Of a place whose own day has not begun yet the hours go by that day (`versionOn`). */
export const quietHoursAt = readerOf(QUIET_HOURS);
