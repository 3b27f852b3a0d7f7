import { describe, expect, it } from 'vitest';
import { instant } from '../platform/time.ts';
import { checkSendingPolicy } from './check-sending-policy.ts';
import { explainHours } from './explain-hours.ts';
import { hoursOfPlaces, type PlaceHours, POLICY_PLACES, policyReach, policyWarnings } from './policy-hours.ts';
import { DEFAULT_SENDING_POLICY, hoursOfAll, type SendingPolicy } from './sending-policy.ts';

/** A Tuesday, 10:00 in New York. */
const NOW = instant('2026-11-17T15:00:00Z');
const hours = (startHour: number, endHour: number) => ({ startMinute: startHour * 60, endMinute: endHour * 60 });
const OFFICE = {
  zone: 'America/New_York',
  days: { 1: hours(9, 17), 2: hours(9, 17), 3: hours(9, 17), 4: hours(9, 17), 5: hours(9, 17) },
};
const storm = { state: 'TX', firstDay: '2026-11-17', lastDay: '2026-11-19', reason: 'Ice storm' };
const policy = (change: Partial<SendingPolicy>): SendingPolicy => ({ ...DEFAULT_SENDING_POLICY, ...change });

describe('a sending policy', () => {
  it('is kept in one form: zones in their usual spelling, closed days left out, blackouts in order', () => {
    const later = { ...storm, firstDay: '2026-12-24', lastDay: '2026-12-24', reason: '  Office party ' };
    const checked = checkSendingPolicy(
      policy({
        businessHours: { zone: 'america/new_york', days: { ...OFFICE.days, 6: undefined } },
        blackouts: [later, storm],
      }),
      NOW,
    );
    expect(checked).toEqual({
      ok: true,
      value: policy({ businessHours: OFFICE, blackouts: [storm, { ...later, reason: 'Office party' }] }),
    });
  });

  // biome-ignore lint/suspicious/noExplicitAny: what comes over the wire may have any shape.
  const refusals: readonly (readonly [string, any, string, string])[] = [
    ['an unknown preset', { preset: 'relaxed' }, '/preset', 'got "relaxed"'],
    ['no text at all', { messagesPerDay: 0 }, '/messagesPerDay', 'got 0; to text nobody, pause sending'],
    ['fewer than none', { messagesPerDay: -3 }, '/messagesPerDay', 'got -3'],
    ['too many texts', { messagesPerDay: 21 }, '/messagesPerDay', 'expected 1 to 20'],
    ['half a text', { messagesPerDay: 1.5 }, '/messagesPerDay', 'got 1.5'],
    [
      'an unknown zone',
      { businessHours: { ...OFFICE, zone: 'Eastern' } },
      '/businessHours/zone',
      'expected a time zone like America/Chicago, got "Eastern"',
    ],
    ['no open day', { businessHours: { ...OFFICE, days: {} } }, '/businessHours/days', 'open at least one'],
    [
      'a day that ends before it begins',
      { businessHours: { ...OFFICE, days: { 3: hours(17, 9) } } },
      '/businessHours/days/3',
      'Wednesday must begin before it ends, in whole minutes of the day from 0 to 1440, got 1020 to 540',
    ],
    [
      'a day of no length',
      { businessHours: { ...OFFICE, days: { 1: hours(9, 9) } } },
      '/businessHours/days/1',
      '540 to 540',
    ],
    [
      'a day that is too long',
      { businessHours: { ...OFFICE, days: { 1: hours(9, 25) } } },
      '/businessHours/days/1',
      '1500',
    ],
    ['an eighth day', { businessHours: { ...OFFICE, days: { 8: hours(9, 17) } } }, '/businessHours/days/8', 'got "8"'],
    ['a state that is none', { blackouts: [{ ...storm, state: 'Texas' }] }, '/blackouts/0/state', 'got "Texas"'],
    ['a province', { blackouts: [{ ...storm, state: 'ON' }] }, '/blackouts/0/state', 'got "ON"'],
    [
      'a day that is none',
      { blackouts: [storm, { ...storm, firstDay: '2026-02-30' }] },
      '/blackouts/1/firstDay',
      '02-30',
    ],
    [
      'a blackout that ends before it begins',
      { blackouts: [{ ...storm, lastDay: '2026-11-16' }] },
      '/blackouts/0/lastDay',
      'the last day 2026-11-16 is before the first 2026-11-17',
    ],
    ['a blackout without a reason', { blackouts: [{ ...storm, reason: ' ' }] }, '/blackouts/0/reason', '1 to 300'],
    [
      'the same blackout twice',
      { blackouts: [storm, { ...storm, reason: 'Again' }] },
      '/blackouts/1/firstDay',
      'TX has one already that begins 2026-11-17',
    ],
    ['too many blackouts', { blackouts: Array(201).fill(storm) }, '/blackouts', 'at most 200, got 201'],
    [
      'hours in which nobody may be texted',
      { businessHours: { zone: 'America/New_York', days: { 1: hours(1, 2) } } },
      '/businessHours/days',
      'the business hours Monday 01:00-02:00 (America/New_York) and the preset standard leave no hour',
    ],
  ];
  it.each(refusals)('is refused with %s', (_, change, pointer, words) => {
    expect(checkSendingPolicy(policy(change), NOW)).toMatchObject({
      ok: false,
      error: { kind: 'invalid', message: expect.stringContaining(words), errors: [{ pointer }] },
    });
  });

  it('is refused with all that is wrong at once', () => {
    const checked = checkSendingPolicy(policy({ messagesPerDay: 0, businessHours: { zone: 'x', days: {} } }), NOW);
    expect(checked.ok ? [] : checked.error.errors?.map((problem) => problem.pointer)).toEqual([
      '/messagesPerDay',
      '/businessHours/zone',
      '/businessHours/days',
    ]);
  });

  it('names the states that it closes for good, and only those', () => {
    expect(policyWarnings(DEFAULT_SENDING_POLICY, NOW)).toEqual([]);
    // Nine to five in New York is night in Guam.
    expect(policyReach(policy({ businessHours: OFFICE }), NOW).closed.map((place) => place.name)).toEqual([
      'Guam',
      'Northern Mariana Islands',
    ]);
    const long = { ...storm, lastDay: '2027-11-17' };
    expect(policyWarnings(policy({ blackouts: [long] }), NOW)).toEqual([
      'No hour of the next 62 days is open for Texas, people whose state is not known: campaigns text nobody there. Widen the business hours, choose a wider preset or shorten a blackout',
    ]);
    expect(policyWarnings(policy({ blackouts: [storm] }), NOW)).toEqual([]);
    const early = { zone: 'America/New_York', days: { 2: hours(8, 9) } };
    expect(policyWarnings(policy({ preset: 'federal_state', businessHours: early }), NOW)[0]).toMatch(
      /is open anywhere but in Delaware, .*, West Virginia: campaigns text nobody else\. Widen/,
    );
  });
});

/** "10:00-20:00 by KY, standard", in the place's own time. */
function words({ zone, hours: { spans, closedBy } }: PlaceHours): string {
  if (closedBy !== undefined) return `closed by ${closedBy.code}`;
  return spans
    .map(({ from, to, opensBy, closesBy }) => {
      const [start, end] = [from, to].map((at) => at.toZonedDateTimeISO(zone).toPlainTime().toString().slice(0, 5));
      return `${start}-${end} by ${opensBy?.code}, ${closesBy.code}`;
    })
    .join(' and ');
}

describe('what a policy means', () => {
  const cases: readonly (readonly [string, Partial<SendingPolicy>, string, string, string])[] = [
    ['the preset, where no state is stricter', {}, 'California', '2026-11-17', '09:00-20:00 by standard, standard'],
    [
      'the state that opens later, in the later of its two zones',
      {},
      'Kentucky',
      '2026-11-17',
      '11:00-20:00 by KY, standard',
    ],
    ['the state that closes earlier', {}, 'Rhode Island', '2026-11-17', '09:00-18:00 by RI, RI'],
    ['the law alone', { preset: 'federal_state' }, 'California', '2026-11-17', '08:00-21:00 by federal, federal'],
    ['the strictest of all', { preset: 'strict' }, 'California', '2026-11-17', '10:00-18:00 by strict, strict'],
    ['a state that rests on Sunday', {}, 'Alabama', '2026-11-22', 'closed by AL'],
    ['a holiday of a state', {}, 'Utah', '2026-11-26', 'closed by UT'],
    ['a blackout', { blackouts: [storm] }, 'Texas', '2026-11-19', 'closed by blackout'],
    ['the day after a blackout', { blackouts: [storm] }, 'Texas', '2026-11-20', '10:00-20:00 by TX, standard'],
    [
      'the office in the East, from which the West is texted until two',
      { businessHours: OFFICE },
      'California',
      '2026-11-17',
      '09:00-14:00 by standard, business hours',
    ],
    ['a closed office', { businessHours: OFFICE }, 'California', '2026-11-21', 'closed by business hours'],
    ['nobody knows where', {}, 'State not known', '2026-11-17', '12:00-20:00 by unknown place, unknown place'],
  ];
  it.each(cases)('is said of %s', (_, change, name, day, expected) => {
    const place = hoursOfPlaces(policy(change), { at: NOW, day }).find((one) => one.name === name);
    expect(place === undefined ? 'no such place' : words(place)).toBe(expected);
  });

  it('is said of every state once, of today there, with its own cap', () => {
    const places = hoursOfPlaces(policy({ messagesPerDay: 5 }), { at: instant('2026-11-17T04:30:00Z') });
    expect(places.map((place) => place.name)).toEqual(POLICY_PLACES.map((place) => place.name));
    expect(new Set(places.map((place) => place.state)).size).toBe(57);
    const day = (name: string) => places.find((place) => place.name === name)?.day;
    expect([day('Hawaii'), day('New York'), day('Guam')]).toEqual(['2026-11-16', '2026-11-16', '2026-11-17']);
    const cap = (name: string) => places.find((place) => place.name === name)?.messagesPerDay;
    expect([cap('Florida'), cap('Ohio')]).toEqual([3, 5]);
  });
});

describe('whether one person may be texted', () => {
  const ask = (where: { phone?: string; state?: string }, at: string, change: Partial<SendingPolicy> = {}) =>
    explainHours(where, { policy: hoursOfAll(policy(change)), allowed: 3, at: instant(at) });

  it('is answered with the rule and until when', () => {
    expect(ask({ phone: '(850) 555-0123' }, '2026-11-17T19:30:00Z')).toMatchObject({
      ok: true,
      value: {
        open: true,
        closesAt: instant('2026-11-18T01:00:00Z'),
        rule: { code: 'FL', zone: 'America/New_York' },
        places: { states: ['FL'], zones: ['America/Chicago', 'America/New_York'] },
        tableVersion: '2026-01',
        messagesPerDay: 3,
      },
    });
  });
  it('is answered with when it opens again', () => {
    expect(ask({ state: 'florida' }, '2026-11-18T01:30:00Z')).toMatchObject({
      ok: true,
      value: { open: false, opensAt: instant('2026-11-18T15:00:00Z'), rule: { code: 'FL' } },
    });
  });
  it.each([
    [{}, 'name a phone number, a state, or both'],
    [{ state: 'Narnia' }, 'expected a US state like FL or Florida, got "Narnia"'],
    [{ state: 'Ontario' }, 'got "Ontario"'],
    [{ phone: '555' }, 'expected a US number like (617) 555-0123, got "555"'],
    [{ phone: '+18005550123' }, 'is a toll-free number'],
    [{ phone: '+14165550123' }, 'is outside of the United States'],
  ])('is refused for %j', (where, sentence) =>
    expect(ask(where, '2026-11-17T15:00:00Z')).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining(sentence) },
    }),
  );
});
