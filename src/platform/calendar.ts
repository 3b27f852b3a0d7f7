import { type Instant, Temporal } from './time.ts';

/** The calendar day (`YYYY-MM-DD`) that an instant is in, in a zone. */
export const dayIn = (zone: string, at: Instant): string => at.toZonedDateTimeISO(zone).toPlainDate().toString();

/** The first instant of a day there. */
export const startOfDay = (zone: string, day: string): Instant =>
  Temporal.PlainDate.from(day).toZonedDateTime(zone).toInstant();

/** Midnight that begins the day after the one of `at`. */
export const nextMidnight = (zone: string, at: Instant): Instant =>
  startOfDay(zone, at.toZonedDateTimeISO(zone).toPlainDate().add({ days: 1 }).toString());

/** "Wed, Nov 18, 08:00 EST": a time is never shown without its zone. */
export const localTime = (at: Instant, zone: string): string =>
  at.toLocaleString('en-US', {
    timeZone: zone,
    weekday: 'short',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
  });

/** `17 November 2026`, in that zone. */
export const dayWords = (at: Instant, zone: string): string =>
  at.toZonedDateTimeISO(zone).toPlainDate().toLocaleString('en-GB', { day: 'numeric', month: 'long', year: 'numeric' });

/** A minute of the day that `at` is in, there; 1440 is the midnight that ends it. A minute that DST skips is the first after the gap. */
export function minuteOfDay(zone: string, at: Instant, minute: number): Instant {
  const date = at.toZonedDateTimeISO(zone).toPlainDate();
  if (minute >= 1440) return date.add({ days: 1 }).toZonedDateTime(zone).toInstant();
  const plainTime = Temporal.PlainTime.from({ hour: Math.floor(minute / 60), minute: minute % 60 });
  return date.toZonedDateTime({ timeZone: zone, plainTime }).toInstant();
}

/** The days up to and with `lastDay`, oldest first. */
export const daysUpTo = (lastDay: string, count: number): readonly string[] => {
  const last = Temporal.PlainDate.from(lastDay);
  return Array.from({ length: count }, (_, index) => last.subtract({ days: count - 1 - index }).toString());
};
