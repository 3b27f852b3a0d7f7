import { type Instant, Temporal } from './time.ts';

/** The calendar day (`YYYY-MM-DD`) that an instant is in, in a zone. */
export const dayIn = (zone: string, at: Instant): string => at.toZonedDateTimeISO(zone).toPlainDate().toString();

/** The first instant of a day there. */
export const startOfDay = (zone: string, day: string): Instant =>
  Temporal.PlainDate.from(day).toZonedDateTime(zone).toInstant();

/** Midnight that begins the day after the one of `at`. */
export const nextMidnight = (zone: string, at: Instant): Instant =>
  startOfDay(zone, at.toZonedDateTimeISO(zone).toPlainDate().add({ days: 1 }).toString());

/** The days up to and with `lastDay`, oldest first. */
export const daysUpTo = (lastDay: string, count: number): readonly string[] => {
  const last = Temporal.PlainDate.from(lastDay);
  return Array.from({ length: count }, (_, index) => last.subtract({ days: count - 1 - index }).toString());
};
