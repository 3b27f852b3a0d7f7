import { addMs, DAY_MS, type Instant, isBefore, Temporal } from '../platform/time.ts';
import { type Versions, versionAt, versionOn } from './dated-rules.ts';
import { ANY_STATE, HOLIDAYS, holidayOn } from './quiet-hours-holidays.ts';
import { type HoursRow, type Preset, QUIET_HOURS, type RuleTable, type SendWindow } from './quiet-hours-table.ts';

export type { SendWindow } from './quiet-hours-table.ts';

/** Where a recipient may be (contacts/zones.ts): the law of every state must hold in every zone. */
export interface Places {
  readonly zones: readonly string[];
  readonly states: readonly string[];
}

/** A week of the sender, in the sender's own zone; a day that is absent is closed. Monday is 1, Sunday 7. */
export interface BusinessHours {
  readonly zone: string;
  readonly days: Readonly<Partial<Record<number, SendWindow>>>;
}

/** Days on which nothing goes to a state (an emergency, a proclamation), both ends included. */
export interface Blackout {
  readonly state: string;
  readonly firstDay: string;
  readonly lastDay: string;
  readonly reason: string;
}

/** What narrows the law further. Nothing here can widen it. */
export interface QuietHoursPolicy {
  readonly preset: Preset;
  /** Hours of the campaign, local to the recipient. */
  readonly window?: SendWindow | undefined;
  readonly businessHours?: BusinessHours | undefined;
  readonly blackouts?: readonly Blackout[] | undefined;
}

/** The rule that decided, in a form that people read and a decision record keeps. */
export interface QuietHoursRule {
  /** `FL`, `federal`, `standard`, `unknown place`, `campaign`, `business hours`, `blackout`. */
  readonly code: string;
  readonly zone: string;
  /** Local date there. */
  readonly date: string;
  readonly kind: DayKind;
  readonly window: SendWindow | null;
  /** Name of the holiday, reason of the blackout. */
  readonly because?: string | undefined;
}

export type DayKind = 'weekday' | 'saturday' | 'sunday' | 'holiday';

/** The tables that were in force on the day of a rule: whether it is a holiday is part of what decided. */
interface HoursVersions {
  readonly tableVersion: string;
  readonly holidaysVersion: string;
}

export interface QuietHoursDecision extends HoursVersions {
  /** Open: until when. */
  readonly closesAt: Instant | undefined;
  /** The rule that is closed now, or that will close first. */
  readonly rule: QuietHoursRule;
}

/**
 * Whether a campaign text may be handed over at `at`: in every plausible zone the local time must lie inside the hours of the
 * preset, of every plausible state on that kind of day, of the campaign, and inside the sender's own hours. Wall-clock
 * minutes are compared after conversion, so that a day of 23 or 25 hours shifts nothing.
 */
export function decideQuietHours(
  places: Places,
  policy: QuietHoursPolicy,
  at: Instant,
  tables: Versions<RuleTable> = QUIET_HOURS.versions,
): QuietHoursDecision {
  const versionsOf = ({ date }: QuietHoursRule): HoursVersions => ({
    tableVersion: versionOn(tables, date).version,
    holidaysVersion: versionOn(HOLIDAYS.versions, date).version,
  });
  let first: { readonly closesAt: Instant; readonly rule: QuietHoursRule } | undefined;
  for (const { zone, rules } of rulesByZone(tables, places, policy)) {
    const local = at.toZonedDateTimeISO(zone);
    const minute = local.hour * 60 + local.minute;
    for (const rule of rules(local.toPlainDate())) {
      if (rule.window === null || minute < rule.window.startMinute || minute >= rule.window.endMinute)
        return { ...versionsOf(rule), closesAt: undefined, rule };
      const closesAt = instantAtMinute(zone, local.toPlainDate(), rule.window.endMinute);
      if (first === undefined || isBefore(closesAt, first.closesAt)) first = { closesAt, rule };
    }
  }
  if (first === undefined) throw new Error('quiet hours: a recipient without a plausible zone has no hours');
  return { ...versionsOf(first.rule), ...first };
}

/** The instant at which the hours end, when they are open at `at`; otherwise `undefined`. No zone is never open. */
export const openUntil = (places: Places, policy: QuietHoursPolicy, at: Instant): Instant | undefined =>
  places.zones.length === 0 ? undefined : decideQuietHours(places, policy, at).closesAt;

/** Longer than any run of holidays and Sundays, and than most blackouts. */
export const DAYS_AHEAD_MAX = 62;

/** The first instant not before `at` at which the hours are open; `undefined` when they never are (zones too far apart). */
export function nextOpening(places: Places, policy: QuietHoursPolicy, at: Instant): Instant | undefined {
  if (places.zones.length === 0) return undefined;
  if (openUntil(places, policy, at) !== undefined) return at;
  for (let days = 0; days <= DAYS_AHEAD_MAX; days += 1) {
    const opening = openingsOf(places, policy, at, days).find(
      (candidate) => !isBefore(candidate, at) && openUntil(places, policy, candidate) !== undefined,
    );
    if (opening !== undefined) return opening;
  }
  return undefined;
}

/** All hours together open when those of one zone do, which is when the last rule of that zone opens: one of these instants. */
function openingsOf(places: Places, policy: QuietHoursPolicy, at: Instant, days: number): readonly Instant[] {
  return rulesByZone(QUIET_HOURS.versions, places, policy)
    .flatMap(({ zone, rules }) => {
      const local = at.toZonedDateTimeISO(zone).add({ days });
      const minute = openingMinute(rules(local.toPlainDate()));
      return minute === undefined ? [] : [instantAtMinute(zone, local.toPlainDate(), minute)];
    })
    .sort(Temporal.Instant.compare);
}

/** `undefined` on a day on which some rule is closed, or on which the rules never are open together. */
function openingMinute(rules: readonly QuietHoursRule[]): number | undefined {
  const windows = rules.flatMap(({ window }) => (window === null ? [] : [window]));
  const start = Math.max(...windows.map((window) => window.startMinute));
  const isOpen = windows.length === rules.length && windows.every((window) => start < window.endMinute);
  return isOpen ? start : undefined;
}

/** What the hours of one zone are on each of its days. */
export interface ZoneRules {
  readonly zone: string;
  readonly rules: (date: Temporal.PlainDate) => readonly QuietHoursRule[];
}

/** The rules of every zone that has a say; all of them must be open. A new table begins with the day of each place. */
export function rulesByZone(
  tables: Versions<RuleTable>,
  places: Places,
  policy: QuietHoursPolicy,
): readonly ZoneRules[] {
  const lawZones = tables.flatMap(({ states }) => places.states.flatMap((state) => states[state]?.zones ?? []));
  const zones = new Set([...places.zones, ...lawZones]);
  const recipient = [...zones].map((zone) => ({ zone, rules: recipientRules(tables, places.states, policy, zone) }));
  const { businessHours } = policy;
  return businessHours === undefined ? recipient : [...recipient, senderRules(businessHours)];
}

const recipientRules =
  (tables: Versions<RuleTable>, states: readonly string[], policy: QuietHoursPolicy, zone: string) =>
  (date: Temporal.PlainDate): readonly QuietHoursRule[] => {
    const rule = (code: string, row: HoursRow, state?: string): QuietHoursRule =>
      ruleOf({ code, row, state, zone, date });
    const iso = date.toString();
    const table = versionOn(tables, iso);
    const blackouts = (policy.blackouts ?? []).filter(
      // Whose state nobody knows may be in this one.
      ({ state, firstDay, lastDay }) =>
        (states.length === 0 || states.includes(state)) && firstDay <= iso && iso <= lastDay,
    );
    const day = { zone, date: iso, kind: weekdayKind(date) };
    return [
      ...blackouts.map(({ reason }) => ({ ...day, code: 'blackout', window: null, because: reason })),
      rule('federal', table.federal),
      ...(states.length === 0 ? [rule('unknown place', table.unknownPlace, ANY_STATE)] : []),
      ...states.flatMap((state) => {
        const row = table.states[state];
        return row === undefined ? [] : [rule(state, row, state)];
      }),
      rule(policy.preset, table.presets[policy.preset]),
      ...(policy.window === undefined ? [] : [{ ...day, code: 'campaign', window: policy.window }]),
    ];
  };

const senderRules = (hours: BusinessHours): ZoneRules => ({
  zone: hours.zone,
  rules: (date) => [
    {
      code: 'business hours',
      zone: hours.zone,
      date: date.toString(),
      kind: weekdayKind(date),
      window: hours.days[date.dayOfWeek] ?? null,
    },
  ],
});

function ruleOf(input: {
  readonly code: string;
  readonly row: HoursRow;
  readonly state: string | undefined;
  readonly zone: string;
  readonly date: Temporal.PlainDate;
}): QuietHoursRule {
  const { code, row, zone } = input;
  const date = input.date.toString();
  const weekday = weekdayKind(input.date);
  const holiday = row.holiday === 'as-day' ? undefined : holidayOn(date, input.state);
  if (holiday !== undefined && row.holiday !== 'as-day')
    return { code, zone, date, kind: 'holiday', window: row.holiday, because: holiday };
  return { code, zone, date, kind: weekday, window: row[weekday] };
}

function weekdayKind(date: Temporal.PlainDate): 'weekday' | 'saturday' | 'sunday' {
  if (date.dayOfWeek === 7) return 'sunday';
  return date.dayOfWeek === 6 ? 'saturday' : 'weekday';
}

/**
 * Most campaign texts to one person in any 24 hours: what the sender allows, never above what a plausible state does. For a day after a
 * new table begins the one before counts as well: somewhere it is still yesterday, and texts of yesterday are counted.
 */
export function messagesPerDay(
  states: readonly string[],
  allowed: number,
  at: Instant,
  tables: Versions<RuleTable> = QUIET_HOURS.versions,
): number {
  const inForce = [versionAt(tables, at), versionAt(tables, addMs(at, -DAY_MS))];
  const caps = inForce.flatMap((table) => states.map((state) => table.states[state]?.messagesPerDay ?? allowed));
  return Math.min(allowed, ...caps);
}

/** Minute 1440 is the midnight that ends the day. A minute that DST skips becomes the first one after the gap. */
export function instantAtMinute(zone: string, date: Temporal.PlainDate, minute: number): Instant {
  if (minute >= 1440) return date.add({ days: 1 }).toZonedDateTime({ timeZone: zone }).toInstant();
  const time = Temporal.PlainTime.from({ hour: Math.floor(minute / 60), minute: minute % 60 });
  return date.toZonedDateTime({ timeZone: zone, plainTime: time }).toInstant();
}

/** Minute 570 is `09:30`. */
const clockText = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;

/** `09:00-17:00`. */
export const windowText = ({ startMinute, endMinute }: SendWindow): string =>
  `${clockText(startMinute)}-${clockText(endMinute)}`;

/** `FL weekday 08:00-20:00 (America/New_York)`; `AL holiday closed, Thanksgiving Day (America/Chicago)`. */
export function showRule({ code, kind, window, because, zone }: QuietHoursRule): string {
  const hours = window === null ? 'closed' : windowText(window);
  return `${code} ${kind} ${hours}${because === undefined ? '' : `, ${because}`} (${zone})`;
}

/** What the hours say at an instant, and until when they say it. */
export interface QuietHoursNow extends HoursVersions {
  /** Open: until when. */
  readonly closesAt: Instant | undefined;
  /** Closed: when they open, if they ever do. */
  readonly opensAt: Instant | undefined;
  /** `showRule` of the rule that is closed, or that will close first. */
  readonly rule: string;
}

/** Asked every moment, decided anew only when something changes: quiet hours open and close a few times a day. */
export function quietHoursMemory(places: Places, policy: QuietHoursPolicy): (at: Instant) => QuietHoursNow {
  let known: (QuietHoursNow & { readonly from: Instant; readonly until: Instant }) | undefined;
  return (at) => {
    if (known === undefined || isBefore(at, known.from) || !isBefore(at, known.until))
      known = decideNow(places, policy, at);
    return known;
  };
}

function decideNow(
  places: Places,
  policy: QuietHoursPolicy,
  at: Instant,
): QuietHoursNow & { readonly from: Instant; readonly until: Instant } {
  if (places.zones.length === 0)
    return {
      closesAt: undefined,
      opensAt: undefined,
      rule: NO_ZONE,
      tableVersion: '',
      holidaysVersion: '',
      from: at,
      until: addMs(at, LOOK_AGAIN_MS),
    };
  const { closesAt, rule, ...versions } = decideQuietHours(places, policy, at);
  const opensAt = closesAt === undefined ? nextOpening(places, policy, at) : undefined;
  const until = closesAt ?? opensAt ?? addMs(at, LOOK_AGAIN_MS);
  return { closesAt, opensAt, rule: showRule(rule), ...versions, from: at, until };
}

const NO_ZONE = 'no plausible zone, so no hour is known to be allowed';
const LOOK_AGAIN_MS = 3_600_000;
