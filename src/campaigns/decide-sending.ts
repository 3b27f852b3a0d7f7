import { REMEDY } from '../business/policy-hours.ts';
import { hoursOf, type SendingPolicy, WINDOW_MARGIN_MS } from '../business/sending-policy.ts';
import {
  DAYS_AHEAD_MAX,
  nextOpening,
  openUntil,
  type Places,
  type QuietHoursPolicy,
} from '../compliance/quiet-hours.ts';
import { dayIn, localTime, minuteOfDay, nextMidnight } from '../platform/calendar.ts';
import { addMs, HOUR_MS, type Instant, isBefore, msBetween } from '../platform/time.ts';
import type { PeopleAt } from './people-at.ts';
import { minuteText, type Pointless, type SendingOptions } from './sending-options.ts';

/** Something that would keep a campaign from sending as it says; `pointer` is the field of the API. */
export interface SendingProblem {
  readonly pointer: '/window' | '/pace/finishBy' | '/pointless/after';
  readonly message: string;
}

export interface SendingFacts {
  readonly now: Instant;
  /** Of the business: times are told in it. */
  readonly zone: string;
  readonly policy: SendingPolicy;
  /** The people who are to be texted, by the hours that they have. */
  readonly groups: readonly PeopleAt[];
}

export function sendingProblems(options: SendingOptions, facts: SendingFacts): readonly SendingProblem[] {
  const opens = facts.groups.length === 0 ? undefined : windowOpening(options, facts);
  return [
    ...(opens?.kind === 'never' ? [{ pointer: '/window', message: opens.message } as const] : []),
    ...finishProblem(options, facts, opens?.kind === 'at' ? opens.at : undefined),
    ...pointlessProblem(options.pointless, facts),
  ];
}

/** How many of the people can never be texted in these hours although the law and the owner leave them some; of some, not of all. */
export function shutOutByWindow(options: SendingOptions, { policy, groups, now }: SendingFacts): number {
  const shutOut = groups.filter(
    (group) =>
      firstOpening(group, hoursOf(policy, options), now) === undefined &&
      firstOpening(group, hoursOf(policy, WHOLE_DAY), now) !== undefined,
  );
  return shutOut.length === groups.length ? 0 : shutOut.reduce((sum, group) => sum + group.people, 0);
}

/** How many of the people, of some and not of all, have no hour at all that the law and the owner leave them. */
export function shutOutBySettings({ policy, groups, now }: SendingFacts): number {
  const somewhere = groups.filter(isSomewhere);
  const shutOut = somewhere.filter((group) => firstOpening(group, hoursOf(policy, WHOLE_DAY), now) === undefined);
  return shutOut.length === somewhere.length ? 0 : shutOut.reduce((sum, group) => sum + group.people, 0);
}

/** Others are left out of every campaign. */
const isSomewhere = ({ zones }: Places): boolean => zones.length > 0;

const WHOLE_DAY = { windowStartMinute: 0, windowEndMinute: 1440 };

type Opening = { readonly kind: 'at'; readonly at: Instant } | { readonly kind: 'never'; readonly message: string };

/** When the first people may be texted; `undefined` when nobody is anywhere. */
function windowOpening(options: SendingOptions, facts: SendingFacts): Opening | undefined {
  const { policy, now } = facts;
  const groups = facts.groups.toSorted((a, b) => b.people - a.people);
  let first: Instant | undefined;
  for (const group of groups) {
    const at = firstOpening(group, hoursOf(policy, options), now);
    if (at !== undefined && (first === undefined || isBefore(at, first))) first = at;
    // Nobody can be earlier.
    if (first?.equals(now)) break;
  }
  if (first !== undefined) return { kind: 'at', at: first };
  const allowed = groups.map((group) => allowedHours(group, facts)).find((hours) => hours !== undefined);
  if (allowed === undefined) return groups.some(isSomewhere) ? { kind: 'never', message: closedTo(groups) } : undefined;
  const window = `${minuteText(options.windowStartMinute)} to ${minuteText(options.windowEndMinute)}`;
  return {
    kind: 'never',
    message: `Nobody can be texted from ${window}: the law and your settings leave ${allowed}. Choose hours that overlap these by more than ${WINDOW_MARGIN_MS / 60_000} minutes`,
  };
}

const STATES_NAMED_MAX = 5;

function closedTo(groups: readonly PeopleAt[]): string {
  const states = [...new Set(groups.flatMap(({ states }) => (states.length === 0 ? ['state not known'] : states)))];
  const named = [...states.slice(0, STATES_NAMED_MAX), ...(states.length > STATES_NAMED_MAX ? ['and others'] : [])];
  return `Nobody of these people (${named.join(', ')}) can be texted at any hour of the next ${DAYS_AHEAD_MAX} days: the law and your settings leave none where they are. ${REMEDY}`;
}

/** A run of bad days; hours that are always too short are never usable. */
const OPENINGS_TRIED_MAX = 10;

/** The first instant from `from` on at which a text may be begun: in the last minutes before hours close none is. */
function firstOpening(places: Places, hours: QuietHoursPolicy, from: Instant): Instant | undefined {
  let at = from;
  for (let tried = 0; tried < OPENINGS_TRIED_MAX; tried += 1) {
    const opensAt = nextOpening(places, hours, at);
    const closesAt = opensAt === undefined ? undefined : openUntil(places, hours, opensAt);
    if (opensAt === undefined || closesAt === undefined) return undefined;
    if (msBetween(opensAt, closesAt) > WINDOW_MARGIN_MS) return opensAt;
    at = closesAt;
  }
  return undefined;
}

/** "09:00 to 20:00 where they are": what is left without the campaign's own hours, on the next day that has any. */
function allowedHours(group: PeopleAt, { policy, now }: SendingFacts): string | undefined {
  const [zone] = group.zones;
  if (zone === undefined) return undefined;
  const hours = hoursOf(policy, WHOLE_DAY);
  const opensAt = nextOpening(group, hours, nextMidnight(zone, now));
  const closesAt = opensAt === undefined ? undefined : openUntil(group, hours, opensAt);
  if (opensAt === undefined || closesAt === undefined) return undefined;
  const endsDay = dayIn(zone, closesAt) !== dayIn(zone, opensAt);
  return `${wallClock(opensAt, zone)} to ${endsDay ? '24:00' : wallClock(closesAt, zone)} where they are`;
}

const wallClock = (at: Instant, zone: string): string => {
  const local = at.toZonedDateTimeISO(zone);
  return minuteText(local.hour * 60 + local.minute);
};

function finishProblem(
  { pace: { finishBy } }: SendingOptions,
  { now, zone }: SendingFacts,
  opensAt: Instant | undefined,
): readonly SendingProblem[] {
  if (finishBy === null) return [];
  const pointer = '/pace/finishBy';
  const when = localTime(finishBy, zone);
  if (!isBefore(now, finishBy))
    return [
      { pointer, message: `The pace spreads the texts until ${when}, which is past: choose a later time, or none` },
    ];
  if (opensAt === undefined || isBefore(opensAt, finishBy)) return [];
  return [
    {
      pointer,
      message: `The pace spreads the texts until ${when}, but nobody may be texted before ${localTime(opensAt, zone)}: choose a later time, or none`,
    },
  ];
}

function pointlessProblem(pointless: Pointless | null, { now, zone }: SendingFacts): readonly SendingProblem[] {
  if (pointless === null || pointless.after === null || isBefore(now, pointless.after)) return [];
  return [
    {
      pointer: '/pointless/after',
      message: `The texts are pointless after ${localTime(pointless.after, zone)}, which is past: choose a later time, or none`,
    },
  ];
}

/**
 * When texts become pointless that are said to be so some hours after their window: counted from the end of the window of today, in
 * the business's zone, or of tomorrow when that of today has ended.
 */
export function pointlessInstant(
  window: Pick<SendingOptions, 'windowEndMinute'>,
  hours: number,
  { now, zone }: Pick<SendingFacts, 'now' | 'zone'>,
): Instant {
  const today = minuteOfDay(zone, now, window.windowEndMinute);
  const end = isBefore(now, today) ? today : minuteOfDay(zone, nextMidnight(zone, now), window.windowEndMinute);
  return addMs(end, hours * HOUR_MS);
}

/** Hours after the window as an instant: a launched campaign has one. */
export function dated(
  { pointless, windowEndMinute }: SendingOptions,
  facts: Pick<SendingFacts, 'now' | 'zone'>,
): SendingOptions['pointless'] {
  if (pointless === null || pointless.after !== null || pointless.hoursAfterWindow === null) return pointless;
  return { ...pointless, after: pointlessInstant({ windowEndMinute }, pointless.hoursAfterWindow, facts) };
}
