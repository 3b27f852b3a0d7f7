import {
  decideQuietHours,
  messagesPerDay,
  nextOpening,
  type Places,
  type QuietHoursPolicy,
  type QuietHoursRule,
} from '../compliance/quiet-hours.ts';
import { QUIET_HOURS } from '../compliance/quiet-hours-table.ts';
import { parsePhone } from '../contacts/phone.ts';
import { isUsState, mainZone, placesOfState } from '../contacts/state-places.ts';
import { stateCode } from '../contacts/states.ts';
import { plausibleZones } from '../contacts/zones.ts';
import { startOfDay } from '../platform/calendar.ts';
import { invalid, type Outcome } from '../platform/refusal.ts';
import { ok } from '../platform/result.ts';
import { type Instant, isBefore } from '../platform/time.ts';

/** Somebody of whom the number is known, or the state, or both. */
export interface Whereabouts {
  readonly phone?: string | undefined;
  /** Code or name. */
  readonly state?: string | undefined;
  /** IANA name: somewhere that they may be as well. No piece of evidence removes another. */
  readonly zone?: string | undefined;
}

export interface HoursAt {
  readonly places: Places;
  /** Times are shown in it. */
  readonly zone: string;
  readonly at: Instant;
  readonly open: boolean;
  /** Open: until when. */
  readonly closesAt: Instant | undefined;
  /** Closed: from when on, if ever. */
  readonly opensAt: Instant | undefined;
  /** The rule that is closed now, or that will close first. */
  readonly rule: QuietHoursRule;
  readonly tableVersion: string;
  /** First day of the state rules, when this is before it: they are a guess then, and whoever shows them says so. */
  readonly rulesBeginOn: string | undefined;
  readonly messagesPerDay: number;
}

/** May this person be texted at this instant? The engine's own decision, with the rule that decides. */
export function explainHours(
  where: Whereabouts,
  { policy, allowed, at }: { readonly policy: QuietHoursPolicy; readonly allowed: number; readonly at: Instant },
): Outcome<HoursAt> {
  const found = placesOf(where);
  if (!found.ok) return found;
  if (where.zone !== undefined && !isZone(where.zone, at))
    return field('zone', `expected a time zone like America/Chicago, got "${where.zone}"`);
  const places = where.zone === undefined ? found.value : withZone(found.value, where.zone);
  const { closesAt, rule, tableVersion } = decideQuietHours(places, policy, at);
  const open = closesAt !== undefined;
  return ok({
    places,
    zone: zoneOf(places),
    at,
    open,
    closesAt,
    opensAt: open ? undefined : nextOpening(places, policy, at),
    rule,
    tableVersion,
    rulesBeginOn: isBefore(at, startOfDay(rule.zone, FIRST_DAY)) ? FIRST_DAY : undefined,
    messagesPerDay: messagesPerDay(places.states, allowed, at),
  });
}

const FIRST_DAY = QUIET_HOURS.versions[0].validFrom;

/** Appended to the rule that decided; nothing for a day of which the rules are known. */
export const guessWords = ({ rulesBeginOn }: Pick<HoursAt, 'rulesBeginOn'>): string =>
  rulesBeginOn === undefined
    ? ''
    : `; a guess: the state rules begin on ${rulesBeginOn}, and what held before is not known here`;

function placesOf({ phone, state }: Whereabouts): Outcome<Places> {
  const code = state === undefined ? undefined : stateCode(state);
  if (state !== undefined && (code === undefined || !isUsState(code)))
    return field('state', `expected a US state like FL or Florida, got "${state}"`);
  if (phone === undefined)
    return code === undefined ? field('phone', 'name a phone number, a state, or both') : ok(placesOfState(code));
  const number = parsePhone(phone);
  if (!number.ok) return field('phone', `expected a US number like (617) 555-0123, got "${phone}"`);
  const places = plausibleZones({ phone: number.value, state: code });
  if (places.zones.length > 0) return ok(places);
  return field('phone', `${phone} is ${REGION_WORDS[places.region]}; campaigns text US numbers only`);
}

function isZone(zone: string, at: Instant): boolean {
  try {
    at.toZonedDateTimeISO(zone);
    return zone.includes('/');
  } catch {
    return false;
  }
}

const withZone = ({ states, zones }: Places, zone: string): Places => ({
  states,
  zones: [...new Set([...zones, zone])].sort(),
});

const REGION_WORDS = {
  us: 'in the United States',
  unknown: 'nowhere that is known',
  outside_us: 'outside of the United States',
  toll_free: 'a toll-free number',
  premium: 'a premium or personal number',
} as const;

const field = (name: string, message: string) =>
  invalid(`${name}: ${message}`, { errors: [{ pointer: `/query/${name}`, message }] });

/** The main zone of the only state; otherwise the first of the plausible ones. */
function zoneOf({ states, zones }: Places): string {
  const [state, ...others] = states;
  const main = state === undefined || others.length > 0 ? undefined : mainZone(state);
  const zone = zones.find((candidate) => candidate === main) ?? zones[0];
  if (zone === undefined) throw new Error('quiet hours: a place without a zone has no time');
  return zone;
}
