import { type Instant, Temporal } from '../platform/time.ts';

/**
 * When a campaign text may be handed over: local wall-clock minutes, half-open `[startMinute, endMinute)`, that must hold in every
 * zone in which the recipient may plausibly be (47 CFR 64.1200(c)(1): 8:00 to 21:00 at the called party's location).
 */
export interface SendWindow {
  readonly startMinute: number;
  readonly endMinute: number;
}

export const FEDERAL_WINDOW: SendWindow = { startMinute: 8 * 60, endMinute: 21 * 60 };

/** The instant at which the window closes, when it is open at `at` in every zone; otherwise `undefined`. */
export function openUntil(zones: readonly string[], window: SendWindow, at: Instant): Instant | undefined {
  let closes: Instant | undefined;
  for (const zone of zones) {
    const local = at.toZonedDateTimeISO(zone);
    const minute = local.hour * 60 + local.minute;
    if (minute < window.startMinute || minute >= window.endMinute) return undefined;
    const end = instantAtMinute(local, window.endMinute);
    if (closes === undefined || Temporal.Instant.compare(end, closes) < 0) closes = end;
  }
  return closes;
}

const DAYS_AHEAD_MAX = 8;

/** The first instant not before `at` at which the window is open in every zone; `undefined` when the zones never overlap. */
export function nextOpening(zones: readonly string[], window: SendWindow, at: Instant): Instant | undefined {
  if (openUntil(zones, window, at) !== undefined) return at;
  // The window of the intersection opens when the last zone opens, so one of the zones' own openings is the answer.
  const candidates = zones
    .flatMap((zone) => {
      const today = at.toZonedDateTimeISO(zone);
      return Array.from({ length: DAYS_AHEAD_MAX }, (_, days) =>
        instantAtMinute(today.add({ days }), window.startMinute),
      );
    })
    .filter((candidate) => Temporal.Instant.compare(candidate, at) >= 0)
    .sort(Temporal.Instant.compare);
  return candidates.find((candidate) => openUntil(zones, window, candidate) !== undefined);
}

/** Minute 1440 is the midnight that ends the day. A minute that DST skips becomes the first one after the gap. */
function instantAtMinute(day: Temporal.ZonedDateTime, minute: number): Instant {
  const date = day.toPlainDate();
  if (minute >= 1440) return date.add({ days: 1 }).toZonedDateTime({ timeZone: day.timeZoneId }).toInstant();
  const time = Temporal.PlainTime.from({ hour: Math.floor(minute / 60), minute: minute % 60 });
  return date.toZonedDateTime({ timeZone: day.timeZoneId, plainTime: time }).toInstant();
}
