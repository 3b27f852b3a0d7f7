import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  campaign,
  EAST,
  finish,
  first,
  HAWAII,
  lane,
  one,
  people,
  play,
  TUESDAY_TEN,
  WEST,
} from '../../test/forecast-facts.ts';
import { addMs, DAY_MS, HOUR_MS, type Instant, instant, msBetween } from '../platform/time.ts';
import { STEPS_MAX } from './decide-forecast.ts';
import type { CampaignForecast, ForecastFacts, WaitingPeople } from './forecast.ts';

const days = ({ perDay }: CampaignForecast) => perDay.map(({ day, count }) => [day, count]);
const waits = (one: CampaignForecast) =>
  one.waits.map(({ reason, people: n, until }) => [reason, n, until?.toString() ?? null]);

describe('forecast', () => {
  it.each<[string, Partial<ForecastFacts>, readonly [string, number][], string | undefined]>([
    [
      'ninety people at nine a second are done in ten seconds',
      { campaigns: [campaign({ waiting: [people(90)] })] },
      [['2026-11-17', 90]],
      '2026-11-17T15:00:10Z',
    ],
    [
      'what the caps leave over goes on half a minute after eight the next morning',
      { campaigns: [campaign({ waiting: [people(300)] })] },
      [
        ['2026-11-17', 125],
        ['2026-11-18', 125],
        ['2026-11-19', 50],
      ],
      '2026-11-19T13:00:36Z',
    ],
    [
      'what was sent today already counts',
      { lanes: [lane({ usedTexts: 120 })] },
      [
        ['2026-11-17', 5],
        ['2026-11-18', 95],
      ],
      '2026-11-18T13:00:41Z',
    ],
    [
      'who knows a number that was taken out of the campaign is texted from another',
      { campaigns: [campaign({ waiting: [people(90, { laneId: 'taken out' })] })] },
      [['2026-11-17', 90]],
      '2026-11-17T15:00:10Z',
    ],
    [
      'Hawaii waits for its own morning',
      { campaigns: [campaign({ waiting: [people(9, { zoneGroup: HAWAII })] })] },
      [['2026-11-17', 9]],
      '2026-11-17T18:00:31Z',
    ],
    [
      'a cap of the business day begins anew while Hawaii is still open, half a night before the East',
      {
        now: instant('2026-11-18T04:00:00Z'),
        lanes: [lane({ dailyCap: 10 })],
        campaigns: [campaign({ waiting: [people(18, { zoneGroup: HAWAII })] })],
      },
      [
        ['2026-11-17', 10],
        ['2026-11-18', 8],
      ],
      '2026-11-18T05:00:01Z',
    ],
    [
      'a number in another zone has its own midnight',
      {
        now: instant('2026-11-18T04:00:00Z'),
        lanes: [lane({ dailyCap: 10, zone: 'Pacific/Honolulu' })],
        campaigns: [campaign({ waiting: [people(18, { zoneGroup: HAWAII })] })],
      },
      [
        ['2026-11-17', 10],
        ['2026-11-18', 8],
      ],
      '2026-11-18T18:00:31Z',
    ],
    [
      'the last quarter of an hour of a window is left alone',
      { now: instant('2026-11-18T00:46:00Z') },
      [['2026-11-18', 100]],
      '2026-11-18T13:00:41Z',
    ],
    [
      'a slow number decides, not its account',
      { lanes: [lane({ messagesPerSecond: 1 })] },
      [['2026-11-17', 100]],
      '2026-11-17T15:01:39Z',
    ],
    [
      'parts count where the carrier counts them, in a second and in a day',
      { lanes: [lane({ partsPerSecond: 4, partsPerDay: 120 })], campaigns: [campaign({ partsPerText: 2 })] },
      [
        ['2026-11-17', 60],
        ['2026-11-18', 40],
      ],
      '2026-11-18T13:00:50Z',
    ],
    [
      'a pace per hour goes on at every full hour',
      { campaigns: [campaign({ pace: { maxPerHour: 40, maxPerDay: null, finishBy: null } })] },
      [['2026-11-17', 100]],
      '2026-11-17T17:00:03Z',
    ],
    [
      'a pace per day has the days of the business',
      { campaigns: [campaign({ pace: { maxPerHour: null, maxPerDay: 60, finishBy: null } })] },
      [
        ['2026-11-17', 60],
        ['2026-11-18', 40],
      ],
      '2026-11-18T13:00:35Z',
    ],
    [
      'a wished end spreads the texts over the open hours before it',
      {
        campaigns: [
          campaign({ pace: { maxPerHour: null, maxPerDay: null, finishBy: instant('2026-11-17T20:00:00Z') } }),
        ],
      },
      [['2026-11-17', 100]],
      '2026-11-17T19:57:00Z',
    ],
    [
      'who is put off waits for that moment',
      { campaigns: [campaign({ waiting: [people(9, { dueAt: instant('2026-11-17T21:00:00Z') })] })] },
      [['2026-11-17', 9]],
      '2026-11-17T21:00:01Z',
    ],
    [
      'a number whose pause ends by itself goes on then',
      { lanes: [lane({ state: 'paused', pausedUntil: instant('2026-11-18T05:00:00Z') })] },
      [['2026-11-18', 100]],
      '2026-11-18T13:00:41Z',
    ],
    [
      'a number that drained before its pause serves nobody new after it',
      {
        lanes: [
          lane({ state: 'paused', pausedUntil: instant('2026-11-18T05:00:00Z'), drains: true }),
          lane({ id: 'two', dailyCap: 10 }),
        ],
        campaigns: [campaign({ laneIds: ['one', 'two'], waiting: [people(5, { laneId: 'one' }), people(15)] })],
      },
      [
        ['2026-11-17', 10],
        ['2026-11-18', 10],
      ],
      '2026-11-18T13:00:32Z',
    ],
    [
      'who knows a number waits for it, however idle the other is',
      {
        lanes: [lane({ dailyCap: 10 }), lane({ id: 'two', dailyCap: 100 })],
        campaigns: [campaign({ laneIds: ['one', 'two'], waiting: [people(25, { laneId: 'one' }), people(30)] })],
      },
      [
        ['2026-11-17', 40],
        ['2026-11-18', 10],
        ['2026-11-19', 5],
      ],
      '2026-11-19T13:00:31Z',
    ],
    [
      'who knows a number that is switched off is texted from another one',
      {
        lanes: [lane({ state: 'off' }), lane({ id: 'two' })],
        campaigns: [campaign({ laneIds: ['one', 'two'], waiting: [people(9, { laneId: 'one' })] })],
      },
      [['2026-11-17', 9]],
      '2026-11-17T15:00:01Z',
    ],
    ['nobody is done at once', { campaigns: [campaign({ waiting: [] })] }, [], '2026-11-17T15:00:00Z'],
  ])('%s', (_, change, perDay, finishAt) => {
    const answer = first(change);
    expect(days(answer)).toEqual(perDay);
    expect(finish(answer)).toBe(finishAt);
    expect(answer.noFinish).toBeNull();
  });

  it.each<[string, Partial<ForecastFacts>, string]>([
    ['no number', { campaigns: [campaign({ laneIds: [] })] }, 'no_lane'],
    ['a number that is off', { lanes: [lane({ state: 'off' })] }, 'no_lane'],
    ['a number that a person has to resume', { lanes: [lane({ state: 'paused' })] }, 'lane_paused'],
    [
      'an account without credit',
      { accounts: [{ id: 'account', state: 'paused', ratePerSecond: 8 }] },
      'account_paused',
    ],
    ['sending that is paused', { sendingPaused: true }, 'sending_paused'],
    ['a paused campaign', { campaigns: [campaign({ state: 'paused' })] }, 'campaign_paused'],
    [
      'zones too far apart',
      {
        campaigns: [
          campaign({ windowEndMinute: 720, waiting: [people(1, { zoneGroup: '|America/New_York,Asia/Tokyo' })] }),
        ],
      },
      'never_opens',
    ],
    [
      'texts that become pointless before',
      { campaigns: [campaign({ stopsAt: addMs(TUESDAY_TEN, 5_000) })] },
      'stops_before',
    ],
    ['more people than a year has room for', { campaigns: [campaign({ waiting: [people(50_000)] })] }, 'over_a_year'],
    [
      'people whose number is paused, among others who can be texted',
      {
        lanes: [lane({ state: 'paused' }), lane({ id: 'two' })],
        campaigns: [campaign({ laneIds: ['one', 'two'], waiting: [people(5, { laneId: 'one' }), people(5)] })],
      },
      'lane_paused',
    ],
  ])('names why there is no end: %s', (_, change, reason) => {
    const answer = first(change);
    expect([answer.finishAt, answer.noFinish]).toEqual([null, reason]);
  });

  it('serves priority 1 before 5 on a number that both use', () => {
    const change = {
      campaigns: [campaign({ waiting: [people(100)] }), campaign({ id: 'b', priority: 1, waiting: [people(80)] })],
    };
    expect(days(one(change, 'b'))).toEqual([['2026-11-17', 80]]);
    expect(days(one(change, 'a'))).toEqual([
      ['2026-11-17', 45],
      ['2026-11-18', 55],
    ]);
    expect(finish(one(change, 'b'))).toBe('2026-11-17T15:00:09Z');
  });

  it('shares rate and cap evenly between equals, and gives what one cannot use to the other', () => {
    const change = {
      campaigns: [
        campaign({ waiting: [people(200)] }),
        campaign({ id: 'b', waiting: [people(30), people(100, { zoneGroup: HAWAII })] }),
      ],
    };
    // 30 for each while both have somebody, then the first alone: 95 of 125. At midnight only Hawaii is open.
    expect(days(one(change, 'a'))).toEqual([
      ['2026-11-17', 95],
      ['2026-11-18', 25],
      ['2026-11-19', 80],
    ]);
    expect(days(one(change, 'b'))).toEqual([
      ['2026-11-17', 30],
      ['2026-11-18', 100],
    ]);
  });

  it('fills the number with most room first, and keeps them level', () => {
    const answer = first({
      lanes: [lane({ dailyCap: 100 }), lane({ id: 'two', dailyCap: 60 })],
      campaigns: [campaign({ laneIds: ['one', 'two'], waiting: [people(80)] })],
    });
    expect(answer.perDay[0]?.lanes).toEqual([
      { laneId: 'one', count: 60 },
      { laneId: 'two', count: 20 },
    ]);
  });

  it('texts everybody once, never more a day than a cap, whatever there is', () => {
    const counts = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 4 });
    const caps = fc.array(fc.integer({ min: 20, max: 200 }), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(
        counts,
        caps,
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 0, max: 23 }),
        (sizes, laneCaps, priority, hour) => {
          const lanes = laneCaps.map((dailyCap, index) => lane({ id: `lane${index}`, dailyCap }));
          const laneIds = lanes.map(({ id }) => id);
          const campaigns = sizes.map((size, index) =>
            campaign({
              id: `c${index}`,
              laneIds,
              priority: index % 2 === 0 ? 5 : priority,
              waiting: [
                people(size, { zoneGroup: [EAST, WEST, HAWAII][index % 3] ?? EAST }),
                people(index, { laneId: laneIds[0] ?? null }),
              ],
            }),
          );
          const { byCampaign } = play({ now: addMs(TUESDAY_TEN, hour * HOUR_MS), lanes, campaigns });
          const perLane = new Map<string, number>();
          for (const [index, size] of sizes.entries()) {
            const answer = byCampaign.get(`c${index}`);
            expect(answer?.noFinish).toBeNull();
            expect(answer?.perDay.reduce((sum, day) => sum + day.count, 0)).toBe(size + index);
            expect(answer?.waits.reduce((sum, wait) => sum + wait.people, 0)).toBe(size + index);
            for (const day of answer?.perDay ?? [])
              for (const { laneId, count } of day.lanes)
                perLane.set(`${laneId} ${day.day}`, (perLane.get(`${laneId} ${day.day}`) ?? 0) + count);
          }
          for (const [key, count] of perLane) {
            const cap = lanes.find(({ id }) => key.startsWith(`${id} `))?.dailyCap ?? 0;
            // Each campaign's own count is rounded.
            expect(count).toBeLessThanOrEqual(cap + sizes.length);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('plays a year of a million people in a few thousand steps', () => {
    const groups = ['MA', 'NY', 'FL', 'AL', 'KY', 'TX', 'CA', 'WA', 'CO', 'AZ'].flatMap((state) =>
      ['America/New_York', 'America/Chicago', 'America/Denver', 'America/Los_Angeles'].map(
        (zone) => `${state}|${zone}`,
      ),
    );
    const lanes = Array.from({ length: 24 }, (_, index) => lane({ id: `lane${index}`, dailyCap: 125 - (index % 3) }));
    const laneIds = lanes.map(({ id }) => id);
    const large = campaign({
      laneIds,
      waiting: groups.flatMap((zoneGroup) => [
        people(20_000, { zoneGroup }),
        people(5_000, { zoneGroup, laneId: laneIds[3] ?? null }),
      ]),
    });
    const others = Array.from({ length: 5 }, (_, index) =>
      campaign({ id: `c${index}`, laneIds, priority: 6, waiting: [people(500)] }),
    );
    const { byCampaign, steps } = play({ lanes, campaigns: [large, ...others] });
    expect(byCampaign.get('a')?.perDay.length).toBeGreaterThan(300);
    expect(steps).toBeLessThan(6_000);
    expect(steps).toBeLessThan(STEPS_MAX);
  });
});

describe('who waits for what', () => {
  const at = (zoneGroup: string, count: number, change: Partial<WaitingPeople> = {}) =>
    people(count, { zoneGroup, ...change });

  it('tells those who are next from those for whom the cap is too small or the hour too early', () => {
    const answer = first({
      campaigns: [
        campaign({
          windowEndMinute: 720,
          waiting: [at(EAST, 200), at(WEST, 40), at(HAWAII, 7), at('|America/New_York,Asia/Tokyo', 2)],
        }),
      ],
    });
    expect(waits(answer)).toEqual([
      ['turn', 125, null],
      ['quiet_hours', 40, '2026-11-17T16:00:30Z'],
      ['quiet_hours', 7, '2026-11-17T18:00:30Z'],
      ['cap', 75, '2026-11-18T13:00:30Z'],
      ['never_opens', 2, null],
    ]);
  });

  it('names the pace where that is what holds people back', () => {
    const pace = { maxPerHour: null, maxPerDay: 60, finishBy: null };
    expect(waits(first({ campaigns: [campaign({ pace })] }))).toEqual([
      ['turn', 60, null],
      ['pace', 40, '2026-11-18T13:00:30Z'],
    ]);
  });

  it('names what was put off, and a number that is paused', () => {
    const dueAt: Instant = addMs(TUESDAY_TEN, HOUR_MS);
    const answer = first({
      lanes: [lane(), lane({ id: 'two', state: 'paused' })],
      campaigns: [
        campaign({ laneIds: ['one', 'two'], waiting: [at(EAST, 3, { dueAt }), at(EAST, 4, { laneId: 'two' })] }),
      ],
    });
    expect(waits(answer)).toEqual([
      ['put_off', 3, dueAt.toString()],
      ['lane_paused', 4, null],
    ]);
  });
});

it('spreads over several days without falling behind its wished end', () => {
  const finishBy = addMs(TUESDAY_TEN, 3 * DAY_MS);
  const answer = first({
    lanes: [lane({ dailyCap: 1_000 })],
    campaigns: [campaign({ waiting: [people(600)], pace: { maxPerHour: null, maxPerDay: null, finishBy } })],
  });
  expect(Math.abs(msBetween(answer.finishAt ?? TUESDAY_TEN, finishBy))).toBeLessThan(10 * 60_000);
});
