import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_SENDING_POLICY, hoursOf, type SendingPolicy } from '../business/sending-policy.ts';
import { openUntil } from '../compliance/quiet-hours.ts';
import { addMs, HOUR_MS, type Instant, instant, isBefore } from '../platform/time.ts';
import { type Campaign, NO_TOTALS } from './campaign.ts';
import { lookAhead } from './campaign-hours.ts';
import { type ForecastInput, forecast } from './decide-forecast.ts';
import { type LaunchFacts, launchProblems } from './decide-launch.ts';
import type { VariantReach } from './decide-reach.ts';
import { DEFAULT_SENDING } from './sending-options.ts';

const NEW_YORK = 'America/New_York';
const HONOLULU = 'Pacific/Honolulu';
const TUESDAY_TEN = instant('2026-11-17T15:00:00Z');

const LAW: SendingPolicy = { ...DEFAULT_SENDING_POLICY, preset: 'federal_state' };
const ALL_HOURS = { windowStartMinute: 480, windowEndMinute: 1260 };

interface Situation extends Omit<ForecastInput, 'groups'> {
  readonly groups: readonly { readonly zones: readonly string[]; readonly people: number }[];
}

function input(change: Partial<Situation>): ForecastInput {
  const { groups = [{ zones: [NEW_YORK], people: 100 }], ...rest } = change;
  const ahead = lookAhead(NEW_YORK, TUESDAY_TEN, LAW);
  return {
    now: TUESDAY_TEN,
    dayOf: ahead.dayOf,
    lanes: [{ dailyCap: 125, leftToday: 125 }],
    ratePerSecond: 8,
    groups: ahead.groups(
      groups.map((group) => ({ ...group, states: ['NY'] })),
      ALL_HOURS,
    ),
    ...rest,
  };
}

describe('forecast', () => {
  it.each<[string, Partial<Situation>, readonly [string, number][], string | undefined]>([
    ['a hundred people are done today', {}, [['2026-11-17', 100]], '2026-11-17T15:00:13Z'],
    [
      'what the caps leave over goes on at eight the next morning',
      { groups: [{ zones: [NEW_YORK], people: 300 }] },
      [
        ['2026-11-17', 125],
        ['2026-11-18', 125],
        ['2026-11-19', 50],
      ],
      '2026-11-19T13:00:07Z',
    ],
    [
      'what was sent today already counts',
      {
        lanes: [
          { dailyCap: 125, leftToday: 5 },
          { dailyCap: 10, leftToday: 0 },
        ],
        groups: [{ zones: [NEW_YORK], people: 100 }],
      },
      [
        ['2026-11-17', 5],
        ['2026-11-18', 95],
      ],
      '2026-11-18T13:00:12Z',
    ],
    [
      'Hawaii waits for its own morning',
      { groups: [{ zones: [HONOLULU], people: 8 }] },
      [['2026-11-17', 8]],
      '2026-11-17T18:00:01Z',
    ],
    ['nobody is done at once', { groups: [] }, [], '2026-11-17T15:00:00Z'],
    ['without a lane it never ends', { lanes: [] }, [], undefined],
  ])('%s', (_, change, perDay, finishAt) => {
    const answer = forecast(input(change));
    expect(answer.perDay.map(({ day, count }) => [day, count])).toEqual(perDay);
    expect(answer.finishAt?.round({ smallestUnit: 'second', roundingMode: 'ceil' }).toString()).toBe(finishAt);
  });

  it('texts everybody, never more a day than the caps, and ends inside a window', () => {
    const people = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(people, fc.integer({ min: 1, max: 200 }), fc.integer({ min: 0, max: 200 }), (counts, cap, left) => {
        const zones = [NEW_YORK, 'America/Chicago', HONOLULU];
        const groups = counts.map((count, index) => ({ zones: [zones[index] ?? NEW_YORK], people: count }));
        const leftToday = Math.min(left, cap);
        const answer = forecast(input({ groups, lanes: [{ dailyCap: cap, leftToday }] }));
        const total = counts.reduce((sum, count) => sum + count, 0);
        if (total > cap * 300) return;
        expect(answer.perDay.reduce((sum, day) => sum + day.count, 0)).toBe(total);
        for (const [index, day] of answer.perDay.entries())
          expect(day.count).toBeLessThanOrEqual(index === 0 && day.day === '2026-11-17' ? leftToday : cap);
        if (total > 0 && answer.finishAt !== null) {
          expect(isBefore(answer.finishAt, TUESDAY_TEN)).toBe(false);
          expect(
            zones.some(
              (zone) =>
                openUntil(
                  { zones: [zone], states: ['NY'] },
                  hoursOf(LAW, ALL_HOURS),
                  answer.finishAt ?? TUESDAY_TEN,
                ) !== undefined,
            ),
          ).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('asks for the hours of a group only when its turn comes, so that a year of many groups costs little', () => {
    let asked = 0;
    const opening = (from: Instant): Instant => {
      asked += 1;
      return addMs(from, 8 * HOUR_MS);
    };
    const groups = Array.from({ length: 200 }, () => ({ people: 200, opening }));
    expect(forecast({ ...input({}), groups }).perDay).toHaveLength(320);
    expect(asked).toBeLessThan(600);
  });

  it('asks each question once for many campaigns', () => {
    const ahead = lookAhead(NEW_YORK, TUESDAY_TEN, LAW);
    const [first, second] = [1, 2].map(
      () => ahead.groups([{ zones: [NEW_YORK], states: ['MA'], people: 3 }], ALL_HOURS)[0],
    );
    expect(first?.opening).toBe(second?.opening);
  });
});

describe('launchProblems', () => {
  const draft: Campaign = {
    id: 'c',
    name: 'Fall',
    state: 'draft',
    stateReason: null,
    audience: { all: true },
    ...DEFAULT_SENDING,
    pointlessAsked: null,
    revision: 1,
    createdBy: 'Dana',
    createdAt: TUESDAY_TEN,
    launchedAt: null,
    finishedAt: null,
    variants: [{ id: 'v', label: 'A', weight: 1, body: 'Hi {first_name|there}' }],
    laneIds: ['lane-1'],
    totalsByVariant: new Map(),
    totals: NO_TOTALS,
  };
  const reach: VariantReach = { people: 8, sendable: 0, missing: new Map(), tooLong: 0, empty: 0 };
  const facts: LaunchFacts = {
    matched: 10,
    textable: 8,
    lanes: [{ id: 'lane-1', name: 'Office', state: 'active' }],
    unsendable: new Map(),
    sending: {
      now: TUESDAY_TEN,
      zone: NEW_YORK,
      policy: LAW,
      groups: [{ zones: [NEW_YORK], states: ['NY'], people: 8 }],
    },
  };
  const unsendable = (change: Partial<VariantReach>): Partial<LaunchFacts> => ({
    unsendable: new Map([['v', { ...reach, ...change }]]),
  });

  it('has none for a draft that is ready', () => {
    expect(launchProblems(draft, facts)).toEqual([]);
  });

  it.each<[string, Partial<Campaign>, Partial<LaunchFacts>, string, RegExp]>([
    ['no message', { variants: [] }, {}, 'message', /write variant A/],
    [
      'an empty message',
      { variants: [{ id: 'v', label: 'A', weight: 1, body: '  ' }] },
      {},
      'message',
      /The message is empty/,
    ],
    [
      'a missing brace, with its position',
      { variants: [{ id: 'v', label: 'A', weight: 1, body: 'Hi {first_name' }] },
      {},
      'message',
      /position 3.*}/,
    ],
    [
      'two variants of one name',
      { variants: [draft.variants[0], draft.variants[0]].flatMap((v) => v ?? []) },
      {},
      'message',
      /called "A"/,
    ],
    ['no number', { laneIds: [] }, {}, 'lanes', /choose at least one/],
    [
      'only numbers that are off',
      {},
      { lanes: [{ id: 'lane-1', name: 'Office', state: 'off' }] },
      'lanes',
      /switched off/,
    ],
    [
      'numbers that take no new people',
      {},
      { lanes: [{ id: 'lane-1', name: 'Office', state: 'draining' }] },
      'lanes',
      /^Every chosen number is being drained and takes no new people: choose another/,
    ],
    [
      'a text that is too long for everybody, whoever is chosen',
      { variants: [{ id: 'v', label: 'A', weight: 1, body: 'x'.repeat(1_601) }] },
      { unsendable: new Map([['v', { ...reach, tooLong: 8 }]]) },
      'message',
      /^The message cannot be sent to anybody: it has at least 1,601 characters, and gateways take at most 1,600\. Shorten it$/,
    ],
    [
      'a field that nobody has',
      {},
      unsendable({ missing: new Map([['nickname', 8]]) }),
      'message',
      /^The message cannot be sent to anybody: all 8 people have no \{nickname\}\. Write a fallback, as in \{nickname\|there\}, or fill in the field$/,
    ],
    [
      'the variant of several',
      { variants: [{ id: 'w', label: 'B', weight: 1, body: 'Hi' }, ...draft.variants] },
      unsendable({ missing: new Map([['nickname', 7]]), tooLong: 1 }),
      'message',
      /^Variant A cannot be sent to anybody: 7 have no \{nickname\}, 1 would get more than the 1,600 characters/,
    ],
    [
      'no audience',
      { audience: null },
      { matched: 0, textable: 0 },
      'audience',
      /^No audience is chosen: choose tags, places or all contacts$/,
    ],
    ['an audience without conditions', { audience: { tags: [] } }, {}, 'audience', /^No audience is chosen/],
    ['an empty audience', {}, { matched: 0, textable: 0 }, 'audience', /no contact matches/],
    ['an audience that is left out whole', {}, { textable: 0 }, 'audience', /All 10 contacts/],
    [
      'hours that never open',
      { windowStartMinute: 300, windowEndMinute: 420 },
      {},
      'schedule',
      /^Nobody can be texted from 05:00 to 07:00/,
    ],
  ])('names %s', (_, change, otherFacts, field, message) => {
    const problems = launchProblems({ ...draft, ...change }, { ...facts, ...otherFacts });
    expect(problems).toHaveLength(1);
    expect(problems[0]?.field).toBe(field);
    expect(problems[0]?.message).toMatch(message);
  });
});
