import { addMs, HOUR_MS, type Instant, instantFromMs, isBefore, msBetween } from '../platform/time.ts';

/** How fast a campaign may go, beside what its lanes and its account allow. `null`: as fast as those. */
export interface PaceLimits {
  readonly maxPerHour: number | null;
  readonly maxPerDay: number | null;
  /** Spread evenly over the open hours until then. */
  readonly finishBy: Instant | null;
}

/** What has been used of it; one row per campaign, locked by the claim. */
export interface PaceUsed {
  readonly hourStart: Instant;
  readonly hourTexts: number;
  /** Business day. */
  readonly day: string;
  readonly dayTexts: number;
  /** When the next text of an evenly spread campaign is due. */
  readonly nextAt: Instant;
}

export interface PaceMoment {
  readonly now: Instant;
  /** Business day of `now`. */
  readonly day: string;
  /** Whole milliseconds between two texts that spread the rest evenly; 0 without such a wish. */
  readonly intervalMs: number;
}

export const isPaced = (limits: PaceLimits): boolean =>
  limits.maxPerHour !== null || limits.maxPerDay !== null || limits.finishBy !== null;

export const freshPace = ({ now, day }: Pick<PaceMoment, 'now' | 'day'>): PaceUsed => ({
  hourStart: hourOf(now),
  hourTexts: 0,
  day,
  dayTexts: 0,
  nextAt: now,
});

/** The hour of the clock that an instant is in; all zones of the United States share its borders. */
export const hourOf = (at: Instant): Instant => instantFromMs(Math.floor(at.epochMilliseconds / HOUR_MS) * HOUR_MS);

/**
 * The hour that is counted lies ahead: the clock of another worker does, by at most an hour. Counting back and forth between two hours
 * would begin both anew each time.
 */
const isAhead = ({ hourStart }: PaceUsed, { now }: PaceMoment): boolean =>
  isBefore(now, hourStart) && msBetween(now, hourStart) <= HOUR_MS;

/** The counters as they are at `now`: those of an hour or a day that is over begin anew. */
export function paceCounts(used: PaceUsed, { now, day }: Pick<PaceMoment, 'now' | 'day'>): PaceUsed {
  const hourStart = hourOf(now);
  return {
    ...used,
    ...(msBetween(used.hourStart, hourStart) === 0 ? {} : { hourStart, hourTexts: 0 }),
    ...(used.day === day ? {} : { day, dayTexts: 0 }),
  };
}

/** Texts that may begin now. */
export function paceRoom(limits: PaceLimits, used: PaceUsed, moment: PaceMoment): number {
  if (isAhead(used, moment) && (limits.maxPerHour !== null || limits.maxPerDay !== null)) return 0;
  const counts = paceCounts(used, moment);
  return Math.min(countedRoom(limits, counts), spreadRoom(counts.nextAt, moment));
}

/** What the hour and the day leave. */
export function countedRoom(limits: PaceLimits, counts: Pick<PaceUsed, 'hourTexts' | 'dayTexts'>): number {
  const perHour = limits.maxPerHour === null ? Number.POSITIVE_INFINITY : limits.maxPerHour - counts.hourTexts;
  const perDay = limits.maxPerDay === null ? Number.POSITIVE_INFINITY : limits.maxPerDay - counts.dayTexts;
  return Math.max(0, Math.min(perHour, perDay));
}

/** Milliseconds between two texts of a campaign that spreads those who wait over `openMs` of open hours. */
export const spreadIntervalMs = (openMs: number, waiting: number): number => openMs / waiting;

/** At most two at once: what a closed night has held up is spread over the day, not made up for in the morning. */
function spreadRoom(nextAt: Instant, { now, intervalMs }: PaceMoment): number {
  if (intervalMs <= 0) return Number.POSITIVE_INFINITY;
  if (isBefore(now, nextAt)) return 0;
  return Math.min(2, 1 + Math.floor(msBetween(nextAt, now) / intervalMs));
}

export function paceAfter(used: PaceUsed, taken: number, moment: PaceMoment): PaceUsed {
  const { hourTexts, dayTexts, nextAt, ...rest } = paceCounts(used, moment);
  const { now, intervalMs } = moment;
  const earliest = addMs(now, -intervalMs);
  const from = isBefore(nextAt, earliest) ? earliest : nextAt;
  return {
    ...rest,
    hourTexts: hourTexts + taken,
    dayTexts: dayTexts + taken,
    nextAt: intervalMs > 0 ? addMs(from, taken * intervalMs) : now,
  };
}
