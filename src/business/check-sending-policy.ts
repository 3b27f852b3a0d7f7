import { type Blackout, type BusinessHours, windowText } from '../compliance/quiet-hours.ts';
import { PRESETS } from '../compliance/quiet-hours-table.ts';
import { isUsState } from '../contacts/state-places.ts';
import { invalid, type Outcome, type Refusal } from '../platform/refusal.ts';
import { ok } from '../platform/result.ts';
import { type Instant, Temporal } from '../platform/time.ts';
import { parseZone } from './business.ts';
import { isState, policyReach, REMEDY } from './policy-hours.ts';
import type { SendingPolicy } from './sending-policy.ts';

export const MESSAGES_PER_DAY_MAX = 20;
export const BLACKOUTS_MAX = 200;
export const BLACKOUT_REASON_MAX = 300;
export const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const;
const MINUTES_PER_DAY = 1_440;

type Problem = NonNullable<Refusal['errors']>[number];

/**
 * The policy in its stored form, or everything that is wrong with it. One that leaves no open hour in any state is refused too:
 * campaigns would wait for ever.
 */
export function checkSendingPolicy(policy: SendingPolicy, now: Instant): Outcome<SendingPolicy> {
  const problems = [
    ...presetProblems(policy.preset),
    ...capProblems(policy.messagesPerDay),
    ...(policy.businessHours === null ? [] : businessHoursProblems(policy.businessHours)),
    ...blackoutsProblems(policy.blackouts),
  ];
  const [first] = problems;
  if (first !== undefined) return invalid(`sending policy: ${first.message}`, { errors: problems });
  const tidied = tidy(policy);
  if (policyReach(tidied, now).open.some(isState)) return ok(tidied);
  const message = `${narrowestWords(tidied)} leave no hour in which anybody may be texted, in no state. ${REMEDY}`;
  const pointer = tidied.businessHours === null ? '/blackouts' : '/businessHours/days';
  return invalid(`sending policy: ${message}`, { errors: [{ pointer, message }] });
}

/** `parseZone` has accepted the zone; days that are closed are left out. */
function tidy(policy: SendingPolicy): SendingPolicy {
  const { preset, messagesPerDay, businessHours } = policy;
  const blackouts = policy.blackouts
    .map(({ state, firstDay, lastDay, reason }) => ({ state, firstDay, lastDay, reason: reason.trim() }))
    .sort((a, b) => (a.firstDay + a.state < b.firstDay + b.state ? -1 : 1));
  if (businessHours === null) return { preset, businessHours, blackouts, messagesPerDay };
  const zone = parseZone(businessHours.zone);
  const days = Object.fromEntries(Object.entries(businessHours.days).filter(([, hours]) => hours !== undefined));
  return {
    preset,
    businessHours: { zone: zone.ok ? zone.value : businessHours.zone, days },
    blackouts,
    messagesPerDay,
  };
}

const presetProblems = (preset: string): readonly Problem[] =>
  PRESETS.some((known) => known === preset)
    ? []
    : [{ pointer: '/preset', message: `preset: expected ${PRESETS.join(', ')}, got "${preset}"` }];

const capProblems = (messagesPerDay: number): readonly Problem[] =>
  Number.isInteger(messagesPerDay) && messagesPerDay >= 1 && messagesPerDay <= MESSAGES_PER_DAY_MAX
    ? []
    : [
        {
          pointer: '/messagesPerDay',
          message: `messagesPerDay: expected 1 to ${MESSAGES_PER_DAY_MAX} texts to one person in 24 hours, got ${messagesPerDay}; to text nobody, pause sending`,
        },
      ];

function businessHoursProblems({ zone, days }: BusinessHours): readonly Problem[] {
  const parsed = parseZone(zone, '/businessHours/zone');
  const open = Object.entries(days).flatMap(([day, hours]) => (hours === undefined ? [] : [{ day, hours }]));
  return [
    ...(parsed.ok ? [] : [{ pointer: '/businessHours/zone', message: parsed.error.message }]),
    ...(open.length > 0
      ? []
      : [
          {
            pointer: '/businessHours/days',
            message: 'businessHours: no day is open; open at least one, or take the business hours away',
          },
        ]),
    ...open.flatMap(({ day, hours: { startMinute, endMinute } }): Problem[] => {
      const pointer = `/businessHours/days/${day}`;
      const name = WEEKDAYS[Number(day) - 1];
      if (name === undefined)
        return [{ pointer, message: `businessHours: expected days 1 (Monday) to 7 (Sunday), got "${day}"` }];
      const whole = [startMinute, endMinute].every(Number.isInteger);
      if (whole && startMinute >= 0 && startMinute < endMinute && endMinute <= MINUTES_PER_DAY) return [];
      const message = `businessHours: ${name} must begin before it ends, in whole minutes of the day from 0 to ${MINUTES_PER_DAY}, got ${startMinute} to ${endMinute}; turn the hours round or close the day`;
      return [{ pointer, message }];
    }),
  ];
}

function blackoutsProblems(blackouts: readonly Blackout[]): readonly Problem[] {
  if (blackouts.length > BLACKOUTS_MAX)
    return [
      {
        pointer: '/blackouts',
        message: `blackouts: at most ${BLACKOUTS_MAX}, got ${blackouts.length}; remove those that are over`,
      },
    ];
  return blackouts.flatMap((blackout, index) => {
    const problem = (field: string, message: string): Problem => ({
      pointer: `/blackouts/${index}/${field}`,
      message: `blackouts: ${message}`,
    });
    const { state, firstDay, lastDay, reason } = blackout;
    const twice = blackouts.findIndex((other) => other.state === state && other.firstDay === firstDay) < index;
    const notDays = (['firstDay', 'lastDay'] as const).filter((field) => !isDay(blackout[field]));
    return [
      ...(isUsState(state) ? [] : [problem('state', `expected the code of a US state like TX, got "${state}"`)]),
      ...notDays.map((field) => problem(field, `expected a day like 2026-12-24, got "${blackout[field]}"`)),
      ...(notDays.length === 0 && firstDay > lastDay
        ? [problem('lastDay', `the last day ${lastDay} is before the first ${firstDay}; turn them round`)]
        : []),
      ...(twice ? [problem('firstDay', `${state} has one already that begins ${firstDay}; keep the longer one`)] : []),
      ...(reason.trim() === '' || reason.length > BLACKOUT_REASON_MAX
        ? [problem('reason', `expected a reason of 1 to ${BLACKOUT_REASON_MAX} characters, got ${reason.length}`)]
        : []),
    ];
  });
}

function isDay(text: string): boolean {
  try {
    return Temporal.PlainDate.from(text).toString() === text;
  } catch {
    return false;
  }
}

const narrowestWords = ({ businessHours, preset, blackouts }: SendingPolicy): string =>
  [
    ...(businessHours === null
      ? []
      : [`the business hours ${businessHoursWords(businessHours)} (${businessHours.zone})`]),
    `the preset ${preset}`,
    ...(blackouts.length === 0 ? [] : [`${blackouts.length} blackouts`]),
  ].join(' and ');

/** `Monday 09:00-17:00, Tuesday 09:00-17:00`. */
export const businessHoursWords = ({ days }: BusinessHours): string =>
  WEEKDAYS.flatMap((name, index) => {
    const hours = days[index + 1];
    return hours === undefined ? [] : [`${name} ${windowText(hours)}`];
  }).join(', ');
