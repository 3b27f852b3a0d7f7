/**
 * How numbers, times and phone numbers are written everywhere. Pure: the zone and the present are arguments, never the browser's.
 */

const LOCALE = 'en-US';
const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** No-break space: keeps a number with its unit. */
const JOIN = '\u00a0';

const integers = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 0 });

/** 1204 -> "1,204". */
export const formatCount = (count: number): string => integers.format(count);

/** "1 person", "1,204 people". */
export const plural = (count: number, one: string, many: string): string =>
  `${formatCount(count)} ${count === 1 ? one : many}`;

/** One decimal; never rounds a part up to the whole or down to nothing: "<0.1%", ">99.9%". "0%" of nothing. */
export function formatRate(part: number, whole: number): string {
  if (whole <= 0 || part === 0) return '0%';
  if (part === whole) return '100%';
  const percent = (part / whole) * 100;
  if (percent < 0.1) return '<0.1%';
  if (percent > 99.9 && percent < 100) return '>99.9%';
  return `${percent.toFixed(1).replace(/\.0$/, '')}%`;
}

/** Count beside rate, with what it is a part of: "31 replies, 7.5% of 412 delivered". */
export function countAndRate(given: {
  readonly count: number;
  readonly one: string;
  readonly many: string;
  readonly of: number;
  readonly ofWord: string;
}): string {
  const counted = plural(given.count, given.one, given.many);
  if (given.of <= 0) return counted;
  return `${counted}, ${formatRate(given.count, given.of)} of ${formatCount(given.of)} ${given.ofWord}`;
}

/** Whole cents as dollars: 963 -> "$9.63". */
export const formatMoney = (cents: number): string =>
  new Intl.NumberFormat(LOCALE, { style: 'currency', currency: 'USD' }).format(cents / 100);

/** 2,411,724 -> "2.3 MB". */
export function formatBytes(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  const power = bytes < 1 ? 0 : Math.min(Math.floor(Math.log(bytes) / Math.log(1024)), units.length - 1);
  const value = bytes / 1024 ** power;
  const digits = power === 0 || value >= 100 ? 0 : 1;
  return `${value.toFixed(digits)}${JOIN}${units[power] ?? 'bytes'}`;
}

/** "+16175550123" -> "(617) 555-0123"; numbers of other countries and unfinished ones stay as they are; of an erased one only a hash is left. */
export function formatPhone(phone: string): string {
  if (phone.startsWith('erased')) return 'erased number';
  const match = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(phone);
  return match === null ? phone : `(${match[1]}) ${match[2]}-${match[3]}`;
}

/** Digits and what people write between them, enough for a number; what is typed into a search. */
export const looksLikePhone = (typed: string): boolean =>
  /^[\d\s().+-]+$/.test(typed) && typed.replace(/\D/g, '').length >= PHONE_DIGITS_MIN;
const PHONE_DIGITS_MIN = 7;

/** "Maria Gonzales" -> "MG"; a number or nothing -> "#". */
export function initials(name: string): string {
  const letters = name
    .split(/\s+/)
    .map((word) => [...word].find((character) => /\p{L}/u.test(character)))
    .filter((letter) => letter !== undefined);
  const first = letters[0];
  if (first === undefined) return '#';
  return `${first}${letters.length > 1 ? (letters.at(-1) ?? '') : ''}`.toLocaleUpperCase();
}

interface Parts {
  readonly weekday: string;
  readonly day: string;
  readonly month: string;
  readonly year: string;
  readonly time: string;
}

const partFormats = new Map<string, Intl.DateTimeFormat>();
function partsIn(atMs: number, zone: string): Parts {
  let format = partFormats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      weekday: 'short',
      day: 'numeric',
      month: 'short',
      year: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
    partFormats.set(zone, format);
  }
  const found = Object.fromEntries(format.formatToParts(atMs).map((part) => [part.type, part.value]));
  return {
    weekday: found['weekday'] ?? '',
    day: found['day'] ?? '',
    month: (found['month'] ?? '').slice(0, 3),
    year: found['year'] ?? '',
    time: `${found['hour'] ?? ''}:${found['minute'] ?? ''}`,
  };
}

/** Short name of a zone at an instant: "EDT", "EST", "GMT+1". */
export function zoneName(zone: string, atMs: number): string {
  const parts = new Intl.DateTimeFormat(LOCALE, { timeZone: zone, timeZoneName: 'short' }).formatToParts(atMs);
  return parts.find((part) => part.type === 'timeZoneName')?.value ?? zone;
}

export interface Moment {
  readonly zone: string;
  /** The present, for leaving out the year and saying "today". */
  readonly nowMs: number;
}

/** "Tue 12 Aug, 14:35 EDT"; with the year when it is not the present one. */
export function formatInstant(iso: string, moment: Moment): string {
  const atMs = Date.parse(iso);
  return `${dayOf(atMs, moment)}, ${partsIn(atMs, moment.zone).time} ${zoneName(moment.zone, atMs)}`;
}

function dayOf(atMs: number, moment: Moment): string {
  const at = partsIn(atMs, moment.zone);
  const thisYear = at.year === partsIn(moment.nowMs, moment.zone).year;
  return `${at.weekday} ${at.day} ${at.month}${thisYear ? '' : ` ${at.year}`}`;
}

/** "14:35 EDT". */
export const formatTime = (iso: string, zone: string): string =>
  `${partsIn(Date.parse(iso), zone).time} ${zoneName(zone, Date.parse(iso))}`;

/** "today 14:35 EDT", "tomorrow 08:00 EST", "yesterday 9:10 EST", else the full day. Reads well after "about". */
export function formatWhen(iso: string, moment: Moment): string {
  const atMs = Date.parse(iso);
  const day = (ms: number): string => dayOf(ms, moment);
  const time = formatTime(iso, moment.zone);
  if (day(atMs) === day(moment.nowMs)) return `today ${time}`;
  if (day(atMs) === day(moment.nowMs + DAY_MS)) return `tomorrow ${time}`;
  if (day(atMs) === day(moment.nowMs - DAY_MS)) return `yesterday ${time}`;
  return formatInstant(iso, moment);
}

/** A calendar day without a zone, "2026-08-12" -> "Wed 12 Aug". */
export function formatDay(day: string): string {
  const at = partsIn(Date.parse(`${day}T12:00:00Z`), 'UTC');
  return `${at.weekday} ${at.day} ${at.month}`;
}

/** Clock of the shell: "Tue 10:42 EST". */
export function formatClock(clock: { readonly nowMs: number; readonly zone: string }): string {
  const at = partsIn(clock.nowMs, clock.zone);
  return `${at.weekday} ${at.time} ${zoneName(clock.zone, clock.nowMs)}`;
}

/** A length of time with at most two units: "45 s", "4 min", "2 h 10 min", "3 d". */
export function formatDuration(ms: number): string {
  const whole = Math.max(0, ms);
  if (whole < MINUTE_MS) return `${Math.floor(whole / SECOND_MS)}${JOIN}s`;
  if (whole < HOUR_MS) return `${Math.floor(whole / MINUTE_MS)}${JOIN}min`;
  if (whole < DAY_MS) {
    const hours = Math.floor(whole / HOUR_MS);
    const minutes = Math.floor((whole % HOUR_MS) / MINUTE_MS);
    return minutes === 0 ? `${hours}${JOIN}h` : `${hours}${JOIN}h ${minutes}${JOIN}min`;
  }
  return `${Math.floor(whole / DAY_MS)}${JOIN}d`;
}

/** "just now", "3 min ago", "in 2 h"; one unit, because it is read at a glance. */
export function formatRelative(iso: string, nowMs: number): string {
  const deltaMs = Date.parse(iso) - nowMs;
  const length = Math.abs(deltaMs);
  if (length < 45 * SECOND_MS) return 'just now';
  const unit =
    length < HOUR_MS
      ? `${Math.max(1, Math.round(length / MINUTE_MS))}${JOIN}min`
      : length < DAY_MS
        ? `${Math.round(length / HOUR_MS)}${JOIN}h`
        : `${Math.round(length / DAY_MS)}${JOIN}d`;
  return deltaMs < 0 ? `${unit} ago` : `in ${unit}`;
}

/** "New York" from "America/New_York". */
export const zoneCity = (zone: string): string => (zone.split('/').at(-1) ?? zone).replaceAll('_', ' ');

/** "a", "a and b", "a, b and c". */
export function listWords(words: readonly string[]): string {
  if (words.length < 2) return words[0] ?? '';
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
