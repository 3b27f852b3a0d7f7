import type { SendingPolicy } from '../api/sending-policy.ts';

/** The form of the sending policy: what a person types, before it is a policy. */
export interface HoursForm {
  readonly preset: SendingPolicy['preset'];
  readonly messagesPerDay: number | string;
  /** Campaigns text only in the business hours below. */
  readonly limited: boolean;
  readonly zone: string;
  readonly days: readonly DayForm[];
  readonly blackouts: SendingPolicy['blackouts'];
}

export interface DayForm {
  readonly open: boolean;
  /** "09:00" */
  readonly start: string;
  readonly end: string;
}

export const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const;
const DAY_KEYS = ['1', '2', '3', '4', '5', '6', '7'] as const;
const MINUTES_PER_DAY = 1_440;

/** Nine to five on weekdays stands ready for whoever switches the business hours on. */
const READY: DayForm = { open: true, start: '09:00', end: '17:00' };
const readyWeek = (): readonly DayForm[] => DAY_KEYS.map((_, index) => ({ ...READY, open: index < 5 }));

/** `zone`: of the business, for the first business hours. */
export function formOf(policy: SendingPolicy, zone: string): HoursForm {
  const { preset, messagesPerDay, businessHours, blackouts } = policy;
  const days = DAY_KEYS.map((key): DayForm => {
    const hours = businessHours?.days[key];
    return hours === undefined
      ? { ...READY, open: false }
      : { open: true, start: clockText(hours.startMinute), end: clockText(hours.endMinute % MINUTES_PER_DAY) };
  });
  return {
    preset,
    messagesPerDay,
    limited: businessHours !== null,
    zone: businessHours?.zone ?? zone,
    days: businessHours === null ? readyWeek() : days,
    blackouts,
  };
}

export function policyOf({ preset, messagesPerDay, limited, zone, days, blackouts }: HoursForm): SendingPolicy {
  const open = days.flatMap(({ open: isOpen, start, end }, index) => {
    const key = DAY_KEYS[index];
    if (!isOpen || key === undefined) return [];
    return [[key, { startMinute: minuteOf(start), endMinute: minuteOf(end) || MINUTES_PER_DAY }] as const];
  });
  return {
    preset,
    messagesPerDay: Number(messagesPerDay),
    businessHours: limited ? { zone, days: Object.fromEntries(open) } : null,
    blackouts: [...blackouts],
  };
}

/** What the fields themselves can see to be wrong, by the name of the field; the server checks the rest. */
export function formProblems({ messagesPerDay, limited, days }: HoursForm): Readonly<Record<string, string>> {
  const broken = days.findIndex(({ open, start, end }) => open && !(start < (end === '00:00' ? '24:00' : end)));
  return {
    ...(typeof messagesPerDay === 'number' && messagesPerDay >= 1
      ? {}
      : { messagesPerDay: 'Type how many texts, at least 1' }),
    ...(limited && days.every((day) => !day.open) ? { businessHours: 'Open at least one day' } : {}),
    ...(limited && broken >= 0 ? { businessHours: `${WEEKDAYS[broken]} must begin before it ends` } : {}),
  };
}

/** "09:30" is minute 570; an empty field is the midnight that begins the day. */
export function minuteOf(clock: string): number {
  const [hour = 0, minute = 0] = clock.split(':').map(Number);
  return hour * 60 + minute;
}

export const clockText = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;

/** The calendar day there, "2026-11-17". */
export const isoDay = ({ nowMs, zone }: { readonly nowMs: number; readonly zone: string }): string =>
  new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(nowMs);
