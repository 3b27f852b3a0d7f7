import { addMs, HOUR_MS, type Instant, MINUTE_MS } from '../platform/time.ts';
import { decideSilence, type HourCounts, hourOf, hoursBetween, WEEKS_MIN } from './decide-suspicion.ts';

/** Within what time the passive watch notices that events stay away, as the account's own rhythm makes it. */
export interface SilenceLimits {
  /** How many of the last weeks say something about this hour, and how many it takes. */
  readonly weeks: number;
  readonly weeksNeeded: number;
  /** The coming day, hour by hour, beginning with now. */
  readonly hours: readonly {
    readonly from: Instant;
    /** How long a silence that begins then lasts before it is suspicious; null where a day of it would not be. */
    readonly minutes: number | null;
  }[];
}

const HOURS = 24;
/** A silence is looked at for a day at most. */
const MINUTES_MAX = 24 * 60;

/** The hours whose weeks before are asked for. */
export const limitHours = (now: Instant): readonly Instant[] =>
  Array.from({ length: 2 * HOURS + 1 }, (_, index) => addMs(hourOf(now), index * HOUR_MS));

export function decideLimits(now: Instant, countsAt: (hour: Instant) => HourCounts): SilenceLimits {
  const [thisHour = now, ...later] = limitHours(now).slice(0, HOURS);
  return {
    weeks: countsAt(thisHour).length,
    weeksNeeded: WEEKS_MIN,
    hours: [now, ...later].map((from) => ({ from, minutes: suspiciousAfter(from, countsAt) })),
  };
}

/** The watch's own question, asked of one minute after the other: the longer a silence, the more suspicious it is. */
function suspiciousAfter(from: Instant, countsAt: (hour: Instant) => HourCounts): number | null {
  const isSuspicious = (minutes: number): boolean =>
    decideSilence({ now: addMs(from, minutes * MINUTE_MS), lastEventAt: from, countsAt }) !== undefined;
  // Beyond an hour of which too little is known nothing can be said any more.
  const known = hoursBetween(from, addMs(from, MINUTES_MAX * MINUTE_MS));
  const unknown = known.findIndex(({ hour }) => countsAt(hour).length < WEEKS_MIN);
  const hours = known.slice(0, unknown < 0 ? undefined : unknown).reduce((sum, part) => sum + part.hours, 0);
  let [least, most] = [0, Math.floor((hours * HOUR_MS) / MINUTE_MS)];
  if (!isSuspicious(most)) return null;
  while (most - least > 1) {
    const middle = Math.floor((least + most) / 2);
    if (isSuspicious(middle)) most = middle;
    else least = middle;
  }
  return most;
}
