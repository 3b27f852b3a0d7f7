import { DAYS_AHEAD_MAX, messagesPerDay, type Places } from '../compliance/quiet-hours.ts';
import { type DayHours, hoursOfDay } from '../compliance/quiet-hours-day.ts';
import { quietHoursAt } from '../compliance/quiet-hours-table.ts';
import { MAINLAND_ZONES } from '../contacts/area-codes.ts';
import { mainZone, placesOfState, STATE_CODES } from '../contacts/state-places.ts';
import { stateName } from '../contacts/states.ts';
import { dayIn, startOfDay } from '../platform/calendar.ts';
import type { Instant } from '../platform/time.ts';
import { hoursOfAll, type SendingPolicy } from './sending-policy.ts';

/** A state, or the people of whom no state is known (`state` null). */
export interface PolicyPlace {
  readonly state: string | null;
  readonly name: string;
  /** Times are shown in it. */
  readonly zone: string;
  readonly places: Places;
}

export interface PlaceHours extends PolicyPlace {
  readonly day: string;
  readonly hours: DayHours;
  readonly messagesPerDay: number;
}

/** Hours that only a territory across the date line could use are a slip, not a policy. */
const TERRITORIES: readonly (string | null)[] = ['PR', 'VI', 'GU', 'MP', 'AS'];
export const isState = ({ state }: PolicyPlace): boolean => state !== null && !TERRITORIES.includes(state);

const UNKNOWN: PolicyPlace = {
  state: null,
  name: 'State not known',
  zone: 'America/New_York',
  places: { zones: MAINLAND_ZONES, states: [] },
};

export const POLICY_PLACES: readonly PolicyPlace[] = [
  ...STATE_CODES.map((state) => ({
    state,
    name: stateName(state),
    zone: mainZone(state),
    places: placesOfState(state),
  })),
  UNKNOWN,
].sort((a, b) => Number(a.state === null) - Number(b.state === null) || a.name.localeCompare(b.name, 'en'));

/** What a policy leaves of one day, place by place; of today in each place when no day is named. */
export function hoursOfPlaces(
  policy: SendingPolicy,
  { at, day }: { readonly at: Instant; readonly day?: string | undefined },
): readonly PlaceHours[] {
  const known = new Map<string, DayHours>();
  return POLICY_PLACES.map((place) => {
    const local = day ?? dayIn(place.zone, at);
    const key = sameHoursKey(policy, place, local);
    let hours = known.get(key);
    if (hours === undefined) {
      hours = hoursOfDay(place.places, hoursOfAll(policy), { zone: place.zone, day: local });
      known.set(key, hours);
    }
    const from = startOfDay(place.zone, local);
    return {
      ...place,
      day: local,
      hours,
      messagesPerDay: messagesPerDay(place.places.states, policy.messagesPerDay, from),
    };
  });
}

/** States without a rule of their own have the same hours in the same zones, and are computed once. */
function sameHoursKey(policy: SendingPolicy, { state, zone, places }: PolicyPlace, day: string): string {
  const table = quietHoursAt(startOfDay(zone, day));
  const own =
    state === null ||
    table.states[state] !== undefined ||
    policy.blackouts.some((blackout) => blackout.state === state);
  return JSON.stringify([own ? state : 'no rule', zone, places.zones, day]);
}

/** Who can and who cannot be texted at all under a policy, in DAYS_AHEAD_MAX days from `at` on. */
export interface PolicyReach {
  readonly open: readonly PolicyPlace[];
  readonly closed: readonly PolicyPlace[];
}

export function policyReach(policy: SendingPolicy, at: Instant): PolicyReach {
  const places = hoursOfPlaces(policy, { at });
  return {
    open: places.filter((place) => place.hours.opensAt !== undefined),
    closed: places.filter((place) => place.hours.opensAt === undefined),
  };
}

/** What is unusual about a policy, in sentences; empty when everybody can be reached. */
export function policyWarnings(policy: SendingPolicy, at: Instant): readonly string[] {
  const { open, closed } = policyReach(policy, at);
  if (closed.length === 0) return [];
  const names = (places: readonly PolicyPlace[]): string =>
    places.map(({ state, name }) => (state === null ? 'people whose state is not known' : name)).join(', ');
  const where = closed.length <= open.length ? `for ${names(closed)}` : `anywhere but in ${names(open)}`;
  return [
    `No hour of the next ${DAYS_AHEAD_MAX} days is open ${where}: campaigns text nobody ${closed.length <= open.length ? 'there' : 'else'}. ${REMEDY}`,
  ];
}

export const REMEDY = 'Widen the business hours, choose a wider preset or shorten a blackout';
