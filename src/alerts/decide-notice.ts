import { minuteOfDay } from '../platform/calendar.ts';
import { addMs, type Instant, isBefore } from '../platform/time.ts';
import { type Channel, SEVERITIES, type Severity } from './alert.ts';
import type { AlertSettings } from './alert-settings.ts';

/** An alert that comes back within this time is the same one, and is told at most once in it. */
export const SAME_CASE_MS = 10 * 60_000;

/** Whether an alert of this severity is told to anybody. */
export const isTold = (severity: Severity, settings: Pick<AlertSettings, 'minimumSeverity'>): boolean =>
  SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(settings.minimumSeverity);

export const isGraver = (severity: Severity, before: Severity): boolean =>
  SEVERITIES.indexOf(severity) > SEVERITIES.indexOf(before);

/**
 * When a notice leaves: at once, but for a case that came back (`notBefore`: some minutes after its last notice) and for mail in the
 * quiet hours.
 */
export function noticeAt(
  now: Instant,
  notice: {
    readonly channel: Channel;
    readonly severity: Severity;
    readonly notBefore: Instant | undefined;
    readonly quietHours: AlertSettings['quietHours'];
    readonly zone: string;
  },
): Instant {
  const { channel, severity, notBefore, quietHours, zone } = notice;
  const at = notBefore !== undefined && isBefore(now, notBefore) ? notBefore : now;
  if (channel !== 'mail' || severity === 'critical' || quietHours === null) return at;
  return endOfQuiet(at, quietHours, zone);
}

function endOfQuiet(at: Instant, quiet: NonNullable<AlertSettings['quietHours']>, zone: string): Instant {
  const { startMinute, endMinute } = quiet;
  const local = at.toZonedDateTimeISO(zone);
  const minute = local.hour * 60 + local.minute;
  const overnight = endMinute < startMinute;
  const isQuiet = overnight ? minute >= startMinute || minute < endMinute : minute >= startMinute && minute < endMinute;
  if (!isQuiet) return at;
  const day = overnight && minute >= startMinute ? local.add({ days: 1 }).toInstant() : at;
  return minuteOfDay(zone, day, endMinute);
}

const RETRY_FIRST_MS = 60_000;
const RETRY_LAST_MS = 15 * 60_000;
/** Then whoever was to be told has long seen it, or nobody looks at that channel. */
export const GIVE_UP_AFTER_MS = 3 * 24 * 3_600_000;

/** After how many real milliseconds a notice that failed `attempts` times is tried again: 1, 2, 4, 8, then every 15 minutes. */
export const retryAfterMs = (attempts: number): number =>
  Math.min(RETRY_LAST_MS, RETRY_FIRST_MS * 2 ** Math.min(attempts - 1, 10));

export const notBeforeAfter = (lastNoticeAt: Instant | undefined, sameCaseMs: number): Instant | undefined =>
  lastNoticeAt === undefined ? undefined : addMs(lastNoticeAt, sameCaseMs);
