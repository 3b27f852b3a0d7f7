import { formatTime, listWords } from '../patterns/format.ts';

/** Hours in which people are not texted unasked (47 CFR 64.1200(c)(1)); an answer is allowed, and still may wake somebody. */
const DAY_STARTS_HOUR = 8;
const DAY_ENDS_HOUR = 21;

const hourIn = (zone: string, nowMs: number): number =>
  Number(new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', hourCycle: 'h23' }).format(nowMs));

/** Local time without its zone, because the sentence says where: "22:40". */
const clockIn = (zone: string, nowMs: number): string =>
  formatTime(new Date(nowMs).toISOString(), zone).split(' ')[0] ?? '';

/** The different times that the clocks of these zones show, earliest place first. */
export const localTimes = (zones: readonly string[], nowMs: number): readonly string[] => [
  ...new Set(zones.map((zone) => clockIn(zone, nowMs))),
];

/**
 * "It is 22:40 where Ana is." when it is night in any zone in which the person may be; undefined by day, and when nothing is known
 * about the place.
 */
export function quietHint(given: {
  readonly zones: readonly string[];
  readonly nowMs: number;
  readonly who: string;
}): string | undefined {
  const { zones, nowMs, who } = given;
  const night = zones.some((zone) => {
    const hour = hourIn(zone, nowMs);
    return hour < DAY_STARTS_HOUR || hour >= DAY_ENDS_HOUR;
  });
  if (!night) return undefined;
  const times = localTimes(zones, nowMs);
  return times.length === 1
    ? `It is ${times[0]} where ${who} is.`
    : `It is ${listWords(times).replace(/ and ([^ ]+)$/, ' or $1')} where ${who} may be.`;
}
