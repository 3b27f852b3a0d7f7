import { hoursOf, type SendingPolicy } from '../business/sending-policy.ts';
import { nextOpening } from '../compliance/quiet-hours.ts';
import { parseZoneGroupKey } from '../contacts/zones.ts';
import { dayIn, nextMidnight } from '../platform/calendar.ts';
import type { Instant } from '../platform/time.ts';
import type { Campaign } from './campaign.ts';
import type { ForecastDay, ForecastGroup, OpeningFrom } from './decide-forecast.ts';

/** People who have the same hours. */
export interface PeopleAt {
  readonly zones: readonly string[];
  readonly states: readonly string[];
  readonly people: number;
}

export const peopleAt = (
  groups: readonly { readonly zoneGroup: string; readonly people: number }[],
): readonly PeopleAt[] => groups.map(({ zoneGroup, people }) => ({ ...parseZoneGroupKey(zoneGroup), people }));

type Hours = Pick<Campaign, 'windowStartMinute' | 'windowEndMinute'>;

/** What forecasts ask about the days ahead. One of these serves many campaigns: what one has asked the others know. */
export interface LookAhead {
  readonly now: Instant;
  readonly dayOf: (at: Instant) => ForecastDay;
  /** In the order of their turns. */
  readonly groups: (people: readonly PeopleAt[], campaign: Hours) => readonly ForecastGroup[];
}

/** `zone` is that of the business. */
export function lookAhead(zone: string, now: Instant, policy: SendingPolicy): LookAhead {
  const days = new Map<number, ForecastDay>();
  const openings = new Map<string, OpeningFrom>();
  const offsets = new Map<string, number>();
  const offsetIn = (zone: string): number =>
    remembered(offsets, zone, () => now.toZonedDateTimeISO(zone).offsetNanoseconds);
  const lastOpening = ({ zones }: PeopleAt): number => Math.min(...zones.map(offsetIn));
  const dayOf = (at: Instant): ForecastDay =>
    remembered(days, at.epochMilliseconds, () => ({ day: dayIn(zone, at), midnight: nextMidnight(zone, at) }));
  const groups: LookAhead['groups'] = (people, campaign) =>
    people
      .map((group) => ({ group, offset: lastOpening(group) }))
      // East before west: the engine takes first those whose window closes first.
      .sort((a, b) => b.offset - a.offset)
      .map(({ group }) => ({
        people: group.people,
        opening: remembered(
          openings,
          JSON.stringify([group.zones, group.states, campaign.windowStartMinute, campaign.windowEndMinute]),
          (): OpeningFrom => rememberingOpening((from) => nextOpening(group, hoursOf(policy, campaign), from)),
        ),
      }));
  return { now, dayOf, groups };
}

function rememberingOpening(opening: OpeningFrom): OpeningFrom {
  const known = new Map<number, { readonly at: Instant | undefined }>();
  return (from) => remembered(known, from.epochMilliseconds, () => ({ at: opening(from) })).at;
}

function remembered<K, V>(known: Map<K, V>, key: K, answer: () => V): V {
  const before = known.get(key);
  if (before !== undefined) return before;
  const value = answer();
  known.set(key, value);
  return value;
}
