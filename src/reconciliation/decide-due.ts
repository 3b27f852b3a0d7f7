import { type Instant, isBefore, Temporal } from '../platform/time.ts';

const HOUR = 2;

/**
 * The newest two o'clock there. Where the clock jumps over it that is three; where it comes twice, the first: in each case one a day.
 */
export function lastDueAt(now: Instant, zone: string): Instant {
  const today = now.toZonedDateTimeISO(zone).toPlainDate();
  const at = (date: Temporal.PlainDate): Instant =>
    date.toZonedDateTime({ timeZone: zone, plainTime: Temporal.PlainTime.from({ hour: HOUR }) }).toInstant();
  return isBefore(now, at(today)) ? at(today.subtract({ days: 1 })) : at(today);
}
