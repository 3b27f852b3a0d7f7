import { z } from 'zod';
import { Temporal } from '../platform/time.ts';
import { dated, readRules, type Versions, versionOn } from './dated-rules.ts';
import holidayData from './rules/holidays.json' with { type: 'json' };

const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;

const name = z.string().min(1);
const month = z.int().min(1).max(12);
/** A day of every year: a date, the nth weekday of a month (-1 is the last), or days from Easter Sunday. */
const rule = z.union([
  z.strictObject({ name, month, day: z.int().min(1).max(31) }),
  z.strictObject({ name, month, weekday: z.enum(WEEKDAYS), nth: z.int().min(-1).max(4) }),
  z.strictObject({ name, easter: z.int() }),
]);
type HolidayRule = z.infer<typeof rule>;
const holidays = z.strictObject({
  ...dated,
  federal: z.array(rule).min(1),
  states: z.record(z.string().regex(/^[A-Z]{2}$/), z.array(rule)),
});
export type Holidays = z.infer<typeof holidays>;

export const parseHolidays = (data: unknown) =>
  readRules({ name: 'Legal holidays', file: 'holidays.json', schema: holidays }, data);

export const HOLIDAYS = parseHolidays(holidayData);

/** The years of each version that have been asked for. */
const yearsKnown = new WeakMap<Holidays, Map<string, ReadonlyMap<string, string>>>();

/** In place of a state where nothing is known of one: a holiday of any state is one there. */
export const ANY_STATE = 'any';

/**
 * The name of the legal holiday that a local date (`YYYY-MM-DD`) is: federal ones everywhere, and those of the state when one is
 * named. A holiday counts on its own day and on the day on which it is observed (Saturday's on Friday, Sunday's on Monday).
 */
export function holidayOn(
  date: string,
  state?: string,
  versions: Versions<Holidays> = HOLIDAYS.versions,
): string | undefined {
  const inForce = versionOn(versions, date);
  const years = yearsKnown.get(inForce) ?? new Map<string, ReadonlyMap<string, string>>();
  yearsKnown.set(inForce, years);
  const year = date.slice(0, 4);
  const key = `${year} ${state ?? ''}`;
  let known = years.get(key);
  if (known === undefined) {
    known = daysOf([...inForce.federal, ...stateRules(inForce, state)], Number(year));
    years.set(key, known);
  }
  return known.get(date);
}

/** Also next year's first holiday, which may be observed on the last day of this one. */
function daysOf(rules: readonly HolidayRule[], year: number): ReadonlyMap<string, string> {
  const days = new Map<string, string>();
  for (const rule of rules)
    for (const holidayYear of [year, year + 1]) {
      const day = dateOf(rule, holidayYear);
      days.set(day.toString(), rule.name);
      const observed = observedOn(day);
      if (!observed.equals(day)) days.set(observed.toString(), `${rule.name} (observed)`);
    }
  return days;
}

function stateRules({ states }: Holidays, state: string | undefined): readonly HolidayRule[] {
  if (state === ANY_STATE) return Object.values(states).flat();
  return state === undefined ? [] : (states[state] ?? []);
}

function dateOf(rule: HolidayRule, year: number): Temporal.PlainDate {
  if ('easter' in rule) return easterSunday(year).add({ days: rule.easter });
  if ('day' in rule) return Temporal.PlainDate.from({ year, month: rule.month, day: rule.day });
  const first = Temporal.PlainDate.from({ year, month: rule.month, day: 1 });
  const wanted = WEEKDAYS.indexOf(rule.weekday) + 1;
  const firstWanted = first.add({ days: (wanted - first.dayOfWeek + 7) % 7 });
  if (rule.nth > 0) return firstWanted.add({ weeks: rule.nth - 1 });
  const weeks = Math.floor((first.daysInMonth - firstWanted.day) / 7);
  return firstWanted.add({ weeks: weeks + rule.nth + 1 });
}

function observedOn(day: Temporal.PlainDate): Temporal.PlainDate {
  if (day.dayOfWeek === 6) return day.subtract({ days: 1 });
  return day.dayOfWeek === 7 ? day.add({ days: 1 }) : day;
}

/** The Gregorian computus in the form of Meeus, Jones and Butcher. */
function easterSunday(year: number): Temporal.PlainDate {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const d = Math.floor(b / 4);
  const e = b % 4;
  const g = Math.floor((8 * b + 13) / 25);
  const h = (19 * a + b - d - g + 15) % 30;
  const i = Math.floor(c / 4);
  const k = c % 4;
  const l = (32 + 2 * e + 2 * i - h - k) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const n = h + l - 7 * m + 114;
  return Temporal.PlainDate.from({ year, month: Math.floor(n / 31), day: (n % 31) + 1 });
}
