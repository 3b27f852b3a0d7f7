import {
  AREA_CODES_OUTSIDE_US,
  MAINLAND_ZONES,
  PLACE_BY_AREA_CODE,
  PREMIUM_AREA_CODES,
  STATE_BY_ZIP_PREFIX,
  TOLL_FREE_AREA_CODES,
  ZONES_BY_PROVINCE,
  ZONES_BY_STATE,
} from './area-codes.ts';
import { areaCodeOf, type E164 } from './phone.ts';
import { stateCode } from './states.ts';

/**
 * Where a recipient may be. Only `us` and `unknown` numbers can get a campaign text: the other regions have neither zones nor
 * states, so that no window of theirs is ever open.
 */
export interface PlausiblePlaces {
  /** Sorted IANA names. A text may go out only while the window is open in every one of them. */
  readonly zones: readonly string[];
  /** Sorted codes. Empty with zones: nothing is known, so that the rules of any state may apply. */
  readonly states: readonly string[];
  readonly region: 'us' | 'outside_us' | 'toll_free' | 'premium' | 'unknown';
}

export interface PlaceEvidence {
  readonly phone: E164;
  /** Code or name, as typed. */
  readonly state?: string | null | undefined;
  readonly postalCode?: string | null | undefined;
}

/**
 * The union of what the area code, the state and the ZIP code of the address say (numbers move with their owners,
 * yet some statutes presume residence from the area code, so that no piece of evidence removes another).
 */
export function plausibleZones(evidence: PlaceEvidence): PlausiblePlaces {
  const areaCode = areaCodeOf(evidence.phone);
  if (AREA_CODES_OUTSIDE_US.has(areaCode)) return { zones: [], states: [], region: 'outside_us' };
  if (TOLL_FREE_AREA_CODES.has(areaCode)) return { zones: [], states: [], region: 'toll_free' };
  if (PREMIUM_AREA_CODES.has(areaCode)) return { zones: [], states: [], region: 'premium' };
  const zones = new Set<string>();
  const states = new Set<string>();
  const place = PLACE_BY_AREA_CODE.get(areaCode);
  if (place !== undefined) {
    states.add(place.state);
    for (const zone of place.zones) zones.add(zone);
  }
  for (const code of addressStates(evidence)) {
    const ofState = ZONES_BY_STATE.get(code);
    if (ofState !== undefined) states.add(code);
    for (const zone of ofState ?? ZONES_BY_PROVINCE.get(code) ?? []) zones.add(zone);
  }
  if (states.size > 0) return { zones: [...zones].sort(), states: [...states].sort(), region: 'us' };
  return { zones: [...new Set([...zones, ...MAINLAND_ZONES])].sort(), states: [], region: 'unknown' };
}

function addressStates(evidence: PlaceEvidence): readonly string[] {
  const named = evidence.state ? stateCode(evidence.state) : undefined;
  const zip = zipPrefix(evidence.postalCode ?? '');
  return [named, zip === undefined ? undefined : STATE_BY_ZIP_PREFIX.get(zip)].filter((code) => code !== undefined);
}

/** The first three digits of a ZIP or ZIP+4 code: all of a postal code that zones depend on. */
export const zipPrefix = (postalCode: string): string | undefined => /^\s*(\d{3})\d{2}(?:\D|$)/.exec(postalCode)?.[1];

/** Contacts of one group have the same windows: quiet hours are decided once per group, `FL|America/Chicago,America/New_York`. */
export const zoneGroupKey = (places: Pick<PlausiblePlaces, 'zones' | 'states'>): string =>
  `${[...new Set(places.states)].sort().join(',')}|${[...new Set(places.zones)].sort().join(',')}`;

/** Reads a stored key back. Throws for text that `zoneGroupKey` did not make: then the table was written around it. */
export function parseZoneGroupKey(key: string): Pick<PlausiblePlaces, 'zones' | 'states'> {
  const match =
    /^((?:[A-Z]{2}(?:,[A-Z]{2})*)?)\|((?:[A-Za-z_]+(?:\/[A-Za-z_-]+)+(?:,[A-Za-z_]+(?:\/[A-Za-z_-]+)+)*)?)$/.exec(key);
  const [, states, zones] = match ?? [];
  if (states === undefined || zones === undefined)
    throw new Error(
      `zone group ${JSON.stringify(key)}: expected states, a bar and IANA zones, like FL|America/Chicago,America/New_York`,
    );
  return { states: states === '' ? [] : states.split(','), zones: zones === '' ? [] : zones.split(',') };
}
