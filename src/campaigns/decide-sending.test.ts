import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_SENDING_POLICY, type SendingPolicy } from '../business/sending-policy.ts';
import { HOUR_MS, instant, isBefore, msBetween } from '../platform/time.ts';
import { dated, pointlessInstant, type SendingFacts, sendingProblems, shutOutByWindow } from './decide-sending.ts';
import { laneWarnings, scheduleWarnings } from './decide-warnings.ts';
import { DEFAULT_SENDING, isPointless, type Pointless, type SendingOptions } from './sending-options.ts';

const NEW_YORK = 'America/New_York';
const HONOLULU = 'Pacific/Honolulu';
/** Tuesday, 10:00 in New York. */
const NOW = instant('2026-11-17T15:00:00Z');
const LAW: SendingPolicy = { ...DEFAULT_SENDING_POLICY, preset: 'federal_state' };
const facts = (change: Partial<SendingFacts> = {}): SendingFacts => ({
  now: NOW,
  zone: NEW_YORK,
  policy: LAW,
  groups: [{ zones: [NEW_YORK], states: ['NY'], people: 7 }],
  ...change,
});
/** Eight in the morning in Hawaii is one in the afternoon in New York. */
const OFFICE_MORNINGS: SendingPolicy = {
  ...LAW,
  businessHours: {
    zone: NEW_YORK,
    days: Object.fromEntries([1, 2, 3, 4, 5].map((day) => [day, { startMinute: 540, endMinute: 720 }])),
  },
};
const window = (start: number, end: number): Partial<SendingOptions> => ({
  windowStartMinute: start * 60,
  windowEndMinute: end * 60,
});
const finishBy = (at: string): Partial<SendingOptions> => ({
  pace: { maxPerHour: null, maxPerDay: null, finishBy: instant(at) },
});
const pointless = (change: Partial<Pointless> = {}): Partial<SendingOptions> => ({
  pointless: { after: instant('2026-11-17T22:00:00Z'), hoursAfterWindow: null, action: 'drop', ...change },
});

describe('the problems of how a campaign would send', () => {
  it.each<[string, Partial<SendingOptions>, Partial<SendingFacts>]>([
    ['the defaults', {}, {}],
    ['hours that overlap the law', window(6, 9), {}],
    ['hours of which nothing is known, because nobody is chosen', window(2, 3), { groups: [] }],
    ['people whom no hour suits, whatever the campaign says', {}, { groups: [{ zones: [], states: [], people: 1 }] }],
    ['a pace that ends after the hours have opened', finishBy('2026-11-17T16:00:00Z'), {}],
    ['texts that become pointless later', pointless(), {}],
    ['hours after the window, which always end later', pointless({ after: null, hoursAfterWindow: 0 }), {}],
  ])('are none for %s', (_, change, other) =>
    expect(sendingProblems({ ...DEFAULT_SENDING, ...change }, facts(other))).toEqual([]),
  );

  it.each<[string, Partial<SendingOptions>, Partial<SendingFacts>, string, string]>([
    [
      'hours outside of those of the law',
      window(5, 7),
      {},
      '/window',
      'Nobody can be texted from 05:00 to 07:00: the law and your settings leave 08:00 to 21:00 where they are. Choose hours that overlap these by more than 15 minutes',
    ],
    [
      'hours that overlap those of the law by the minutes in which nothing is begun any more',
      { windowStartMinute: 6 * 60, windowEndMinute: 8 * 60 + 15 },
      {},
      '/window',
      'Nobody can be texted from 06:00 to 08:15: the law and your settings leave 08:00 to 21:00 where they are. Choose hours that overlap these by more than 15 minutes',
    ],
    [
      'hours that the owner has closed',
      window(19, 21),
      {
        policy: {
          ...LAW,
          businessHours: {
            zone: NEW_YORK,
            days: Object.fromEntries([1, 2, 3, 4, 5].map((day) => [day, { startMinute: 540, endMinute: 1020 }])),
          },
        },
      },
      '/window',
      'Nobody can be texted from 19:00 to 21:00: the law and your settings leave 09:00 to 17:00 where they are. Choose hours that overlap these by more than 15 minutes',
    ],
    [
      'people for whom the owner has closed every hour',
      {},
      { policy: OFFICE_MORNINGS, groups: [{ zones: [HONOLULU], states: ['HI'], people: 7 }] },
      '/window',
      'Nobody of these people (HI) can be texted at any hour of the next 62 days: the law and your settings leave none where they are. Widen the business hours, choose a wider preset or shorten a blackout',
    ],
    [
      'a pace that ends in the past',
      finishBy('2026-11-17T15:00:00Z'),
      {},
      '/pace/finishBy',
      'The pace spreads the texts until Tue, Nov 17, 10:00 EST, which is past: choose a later time, or none',
    ],
    [
      'a pace that ends before anybody may be texted',
      finishBy('2026-11-17T17:00:00Z'),
      { groups: [{ zones: [HONOLULU], states: ['HI'], people: 7 }] },
      '/pace/finishBy',
      'The pace spreads the texts until Tue, Nov 17, 12:00 EST, but nobody may be texted before Tue, Nov 17, 13:00 EST: choose a later time, or none',
    ],
    [
      'texts that are pointless already',
      pointless({ after: NOW }),
      {},
      '/pointless/after',
      'The texts are pointless after Tue, Nov 17, 10:00 EST, which is past: choose a later time, or none',
    ],
  ])('name %s', (_, change, other, pointer, message) =>
    expect(sendingProblems({ ...DEFAULT_SENDING, ...change }, facts(other))).toEqual([{ pointer, message }]),
  );

  it('are not about some of the people, who are counted', () => {
    const groups = [
      { zones: [NEW_YORK], states: ['NY'], people: 7 },
      // Florida closes at eight in the evening.
      { zones: [NEW_YORK], states: ['FL'], people: 3 },
    ];
    const options = { ...DEFAULT_SENDING, ...window(20, 21) };
    expect(sendingProblems(options, facts({ groups }))).toEqual([]);
    expect(shutOutByWindow(options, facts({ groups }))).toBe(3);
    expect(scheduleWarnings(options, facts({ groups }), null)).toEqual([
      {
        field: 'schedule',
        message: '3 people can never be texted from 20:00 to 21:00: the law and your settings leave other hours there',
      },
    ]);
  });
});

it('people for whom the owner has closed every hour are counted when there are others', () => {
  const groups = [
    { zones: [NEW_YORK], states: ['NY'], people: 7 },
    { zones: [HONOLULU], states: ['HI'], people: 2 },
    { zones: [], states: [], people: 1 },
  ];
  const some = facts({ policy: OFFICE_MORNINGS, groups });
  expect(sendingProblems(DEFAULT_SENDING, some)).toEqual([]);
  expect(scheduleWarnings(DEFAULT_SENDING, some, null)).toEqual([
    {
      field: 'schedule',
      message:
        '2 people can never be texted: the law and your settings leave no hour where they are. Widen the business hours, choose a wider preset or shorten a blackout',
    },
  ]);
});

describe('hours after the window', () => {
  it.each([
    ['before it has ended, of today', '2026-11-17T15:00:00Z', 21, 2, '2026-11-18T04:00:00Z'],
    ['when it has just ended, of tomorrow', '2026-11-18T02:00:00Z', 21, 2, '2026-11-19T04:00:00Z'],
    ['of a window until midnight', '2026-11-17T15:00:00Z', 24, 0, '2026-11-18T05:00:00Z'],
    ['are hours of the clock where the clocks go back', '2026-10-31T15:00:00Z', 21, 6, '2026-11-01T07:00:00Z'],
  ])('%s', (_, now, end, hours, at) => {
    const counted = pointlessInstant({ windowEndMinute: end * 60 }, hours, { now: instant(now), zone: NEW_YORK });
    expect(counted.toString()).toBe(at);
  });

  it('always lie ahead, and within the day and the hours', () => {
    const now = fc.integer({ min: 0, max: 400 * 24 }).map((hours) => NOW.add({ hours }));
    const end = fc.integer({ min: 1, max: 1440 });
    fc.assert(
      fc.property(now, end, fc.integer({ min: 0, max: 720 }), (at, windowEndMinute, hours) => {
        const after = pointlessInstant({ windowEndMinute }, hours, { now: at, zone: NEW_YORK });
        expect(isBefore(at, after)).toBe(true);
        // A day on which the clocks go back has 25 hours.
        expect(msBetween(at, after)).toBeLessThanOrEqual((hours + 25) * HOUR_MS);
      }),
    );
  });

  it('become an instant, an instant stays one, and none stays none', () => {
    const named = { ...DEFAULT_SENDING, ...pointless({ after: null, hoursAfterWindow: 2 }) };
    expect(dated(named, facts())).toEqual({ ...named.pointless, after: instant('2026-11-18T04:00:00Z') });
    const fixed = { ...DEFAULT_SENDING, ...pointless() };
    expect(dated(fixed, facts())).toEqual(fixed.pointless);
    expect(dated(DEFAULT_SENDING, facts())).toBeNull();
  });
});

describe('texts are pointless', () => {
  const after = instant('2026-11-17T22:00:00Z');
  it.each<[string, boolean, Partial<Pointless> | null, string, string | null]>([
    ['not without an instant', false, null, '2026-11-17T22:00:00Z', null],
    ['not before it', false, {}, '2026-11-17T21:59:59Z', null],
    ['from it on, when they are dropped', true, { action: 'drop' }, '2026-11-17T22:00:00Z', null],
    ['from it on, when nobody was asked', true, { action: 'ask' }, '2026-11-17T22:00:00Z', null],
    [
      'when somebody was asked about another instant',
      true,
      { action: 'ask' },
      '2026-11-17T22:00:00Z',
      '2026-11-16T22:00:00Z',
    ],
    [
      'not when somebody was asked about this one',
      false,
      { action: 'ask' },
      '2026-11-18T22:00:00Z',
      '2026-11-17T22:00:00Z',
    ],
    ['not when they go on', false, { action: 'go_on' }, '2026-11-18T22:00:00Z', null],
  ])('%s', (_, expected, rule, now, asked) => {
    const options = {
      pointless: rule === null ? null : { after, hoursAfterWindow: null, action: 'drop' as const, ...rule },
      pointlessAsked: asked === null ? null : instant(asked),
    };
    expect(isPointless(options, instant(now))).toBe(expected);
  });
});

describe('warnings', () => {
  const lane = (name: string, change: object = {}) => ({
    accountId: 'a',
    name,
    phone: '+16175550001',
    state: 'active' as const,
    stateReason: null,
    ...change,
  });
  const account = { id: 'a', name: 'Office account', state: 'active' as const, stateReason: null };

  it('name numbers that are off or paused, and the account that is', () => {
    const off = lane('Old', { state: 'off', stateReason: 'test' });
    const paused = lane('Second', { state: 'paused', stateReason: 'carrier limit' });
    const stopped = { ...account, state: 'paused' as const, stateReason: 'no credit' };
    expect(laneWarnings([lane('Office'), off, paused], [stopped]).map(({ message }) => message)).toEqual([
      'Old +16175550001 is switched off: nothing goes out from it',
      'Second +16175550001 is paused (carrier limit): nothing goes out from it for now',
      'Account Office account is paused (no credit): nothing goes out from its numbers until it is resumed under Settings, Numbers',
    ]);
  });
  it('are none for numbers that can send', () => expect(laneWarnings([lane('Office')], [account])).toEqual([]));
  it('leave it to the problem when every number is off', () =>
    expect(laneWarnings([lane('Old', { state: 'off' })], [account])).toEqual([]));

  it('say that texts become pointless before all are done', () => {
    const options = { ...DEFAULT_SENDING, ...pointless({ action: 'ask' }) };
    const finishAt = instant('2026-11-18T14:00:00Z');
    expect(scheduleWarnings(options, facts(), finishAt).map(({ message }) => message)).toEqual([
      'It is done about Wed, Nov 18, 09:00 EST, after the texts become pointless at Tue, Nov 17, 17:00 EST: who still waits then has to wait for your answer',
    ]);
    expect(scheduleWarnings(options, facts(), instant('2026-11-17T21:00:00Z'))).toEqual([]);
  });
});
