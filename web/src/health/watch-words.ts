import type { Health } from '../api/health.ts';
import { formatDuration, formatTime, plural } from '../patterns/format.ts';

const MINUTE_MS = 60_000;
const SECOND_MS = 1_000;

type Hour = Health['watch']['silence']['hours'][number];
type Limited = Hour & { readonly minutes: number };

/** "suspicious after 19 min now, 3 min from 10:00 EST, 12 h 10 min from 20:00 EST": now, and the extremes of the coming day. */
export function silenceWords({ weeks, weeksNeeded, hours }: Health['watch']['silence'], zone: string): string {
  const [now, ...later] = hours;
  const limited = later.filter((hour): hour is Limited => hour.minutes !== null);
  if (now === undefined || (now.minutes === null && limited.length === 0))
    return weeks < weeksNeeded
      ? `not watched yet: this hour is known of ${plural(weeks, 'week', 'weeks')}, ${weeksNeeded} are needed`
      : 'never suspicious: by the weeks before, a day without an event is as usual';
  const inDay = (hour: Limited | undefined): string[] =>
    hour === undefined ? [] : [`${lengthOf(hour.minutes)} from ${formatTime(hour.from, zone)}`];
  const [shortest, longest] = extremes(limited, now.minutes);
  const atNow = now.minutes === null ? 'not suspicious for a day now' : `suspicious after ${lengthOf(now.minutes)} now`;
  return [atNow, ...inDay(shortest), ...inDay(longest)].join(', ');
}

/** The first hours in which the watch is quickest and slowest, where they differ from now. */
function extremes(
  hours: readonly Limited[],
  now: number | null,
): readonly [shortest: Limited | undefined, longest: Limited | undefined] {
  const at = (minutes: number): Limited | undefined => hours.find((hour) => hour.minutes === minutes);
  const shortest = Math.min(...hours.map(({ minutes }) => minutes));
  const longest = Math.max(...hours.map(({ minutes }) => minutes));
  return [
    now === null || shortest < now ? at(shortest) : undefined,
    (now === null || longest > now) && longest !== shortest ? at(longest) : undefined,
  ];
}

const lengthOf = (minutes: number): string => formatDuration(minutes * MINUTE_MS);

/** "suspicious when 6 texts in a row have none after 45 s". */
export const receiptWords = ({ texts, lagSeconds }: Health['watch']['receipts']): string =>
  `suspicious when ${plural(texts, 'text', 'texts')} in a row have none after ${formatDuration(lagSeconds * SECOND_MS)}`;

/** "every 60 min, and at once on a suspicion: within 2 min it has failed, and people are told". */
export function checkWords({ settings, watch }: Pick<Health, 'settings' | 'watch'>): string {
  if (settings === null) return 'none: no two numbers are chosen for them';
  const within = formatDuration(watch.checkSeconds * SECOND_MS);
  const onSuspicion = `at once on a suspicion: after ${within} without its event people are told`;
  return settings.enabled ? `every ${settings.intervalMinutes}\u00a0min, and ${onSuspicion}` : 'switched off';
}
