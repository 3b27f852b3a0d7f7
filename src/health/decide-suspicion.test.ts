import { describe, expect, it } from 'vitest';
import { type Random, seededRandom } from '../platform/random.ts';
import {
  addMs,
  DAY_MS,
  HOUR_MS,
  type Instant,
  instant,
  instantFromMs,
  MINUTE_MS,
  SECOND_MS,
} from '../platform/time.ts';
import {
  chanceOfSilence,
  decideReceipts,
  decideSilence,
  hourOf,
  hoursBetween,
  receiptLimits,
  WEEKS,
} from './decide-suspicion.ts';
import { CHECK_WITHIN_MS, SUSPICION_REST_MS } from './health-check.ts';

const MONDAY = instant('2026-06-01T00:00:00Z');
const WEEK_MS = 7 * DAY_MS;

/**
 * How many events an hour an office has: nothing at night, little at weekends, a peak before noon. Each week has its own level, and
 * people write in clumps.
 */
interface Rhythm {
  readonly peak: number;
  readonly weekSpread: number;
  readonly clump: number;
  /** Hours of no event at all, once a month: a public holiday. */
  readonly holidays: boolean;
}

const OFFICE: Rhythm = { peak: 60, weekSpread: 0.25, clump: 1.5, holidays: false };
const BUSY: Rhythm = { peak: 600, weekSpread: 0.15, clump: 1.5, holidays: false };
const SMALL: Rhythm = { peak: 6, weekSpread: 0.4, clump: 1.5, holidays: false };

const SHAPE = [
  0, 0, 0, 0, 0, 0, 0.05, 0.2, 0.6, 0.9, 1, 0.95, 0.7, 0.8, 0.9, 0.85, 0.7, 0.5, 0.3, 0.2, 0.1, 0.05, 0, 0,
];

/** Instants of events over some weeks, oldest first. */
function play(rhythm: Rhythm, { weeks, seed }: { readonly weeks: number; readonly seed: number }): readonly number[] {
  const random = seededRandom(seed);
  const levels = Array.from({ length: weeks }, () => Math.exp(rhythm.weekSpread * normal(random)));
  const events: number[] = [];
  for (let hour = 0; hour < weeks * 168; hour += 1) {
    const weekend = Math.floor((hour % 168) / 24) >= 5 ? 0.15 : 1;
    const isHoliday = rhythm.holidays && Math.floor(hour / 24) % 30 === 9;
    const expected = isHoliday
      ? 0
      : rhythm.peak * (SHAPE[hour % 24] ?? 0) * weekend * (levels[Math.floor(hour / 168)] ?? 1);
    for (let at = gap(random, expected / rhythm.clump); at < 1; at += gap(random, expected / rhythm.clump)) {
      const ms = MONDAY.epochMilliseconds + (hour + at) * HOUR_MS;
      events.push(ms);
      for (let more = random.next(); more < 1 - 1 / rhythm.clump; more = random.next())
        events.push(ms + more * MINUTE_MS);
    }
  }
  return events.map(Math.round).sort((a, b) => a - b);
}

const normal = (random: Random): number => {
  let sum = -6;
  for (let draw = 0; draw < 12; draw += 1) sum += random.next();
  return sum;
};
const gap = (random: Random, perHour: number): number =>
  perHour <= 0 ? Number.POSITIVE_INFINITY : -Math.log(1 - random.next()) / perHour;

/**
 * When it began to suspect. The longer the silence, the less likely: a gap between two events that
 * is not suspicious at its end was not so before.
 */
function watch(events: readonly number[], span: { readonly fromMs: number; readonly toMs: number }): readonly number[] {
  const perHour = Map.groupBy(events, (ms) => Math.floor(ms / HOUR_MS));
  const countsAt = (hour: Instant): readonly number[] =>
    Array.from({ length: WEEKS }, (_, week) => hour.epochMilliseconds - (week + 1) * WEEK_MS)
      .filter((ms) => ms >= MONDAY.epochMilliseconds)
      .map((ms) => perHour.get(ms / HOUR_MS)?.length ?? 0);
  const suspects = (lastMs: number, nowMs: number): boolean =>
    decideSilence({ now: instantFromMs(nowMs), lastEventAt: instantFromMs(lastMs), countsAt }) !== undefined;
  const begun: number[] = [];
  const seen = events.filter((ms) => ms >= span.fromMs && ms < span.toMs);
  for (const [index, first] of seen.entries()) {
    const end = seen[index + 1] ?? span.toMs;
    for (let last = first; end - last > MINUTE_MS && suspects(last, end); ) {
      let now = last;
      while (!suspects(last, now)) now += LOOK_EVERY_MS;
      begun.push(now);
      // A healthy check is an event itself, and others for a suspicion rest.
      last = now + SUSPICION_REST_MS;
    }
  }
  return begun;
}

/** Three times a minute, as the job does. */
const LOOK_EVERY_MS = 20 * SECOND_MS;
const MONTHS = 2;
const AFTER_WEEKS = 9;

describe('silence', () => {
  it.each<[string, Rhythm, number]>([
    ['an office with 60 events in its best hours', OFFICE, 4],
    ['a busy account with 600', BUSY, 4],
    ['a small one with 6', SMALL, 2],
  ])(
    'of %s is suspected without reason a few times a month at most, each a text for nothing',
    (_who, rhythm, atMost) => {
      const weeks = AFTER_WEEKS + Math.ceil((MONTHS * 30) / 7);
      const falseAlarms = [1, 2].map((seed) => {
        const events = play(rhythm, { weeks, seed });
        const fromMs = MONDAY.epochMilliseconds + AFTER_WEEKS * WEEK_MS;
        return watch(events, { fromMs, toMs: fromMs + MONTHS * 30 * DAY_MS }).length / MONTHS;
      });
      expect(Math.max(...falseAlarms)).toBeLessThanOrEqual(atMost);
    },
  );

  it.each<[string, Rhythm, number]>([
    ['soon enough for a check within five minutes in the busy hours of a busy account', BUSY, 2.9],
    ['before the hourly check in the best hours of an office', OFFICE, 45],
  ])('that is an outage is suspected %s, whatever the day', (_when, rhythm, minutes) => {
    for (const seed of [1, 2, 3]) {
      const events = play({ ...rhythm, holidays: false }, { weeks: AFTER_WEEKS + 1, seed });
      for (const day of [0, 1, 2, 3, 4]) {
        const outageFromMs = MONDAY.epochMilliseconds + AFTER_WEEKS * WEEK_MS + day * DAY_MS + 10 * HOUR_MS + 17_000;
        const heard = events.filter((ms) => ms < outageFromMs);
        const [first] = watch(heard, { fromMs: outageFromMs - HOUR_MS, toMs: outageFromMs + 2 * HOUR_MS }).filter(
          (ms) => ms >= outageFromMs,
        );
        expect((first ?? Number.POSITIVE_INFINITY) - outageFromMs).toBeLessThanOrEqual(minutes * MINUTE_MS);
      }
    }
  });

  it('at night, and of weeks that nobody knows yet, says nothing', () => {
    expect(chanceOfSilence([{ hours: 8, counts: [0, 0, 0, 0, 0, 0, 0, 0] }])).toBe(1);
    expect(chanceOfSilence([{ hours: 1, counts: [500, 500] }])).toBe(1);
    expect(chanceOfSilence([{ hours: 1, counts: [500, 500, 500] }])).toBeLessThan(1e-9);
  });

  it('weighs less where the weeks differ much', () => {
    const alike = chanceOfSilence([{ hours: 0.5, counts: [40, 42, 38, 41, 39, 40, 43, 37] }]);
    const unlike = chanceOfSilence([{ hours: 0.5, counts: [100, 2, 80, 5, 110, 1, 20, 2] }]);
    expect(alike).toBeLessThan(1e-3);
    expect(unlike).toBeGreaterThan(0.05);
  });

  it('is taken apart into the hours that it touches', () => {
    const parts = hoursBetween(instant('2026-11-17T14:45:00Z'), instant('2026-11-17T16:15:00Z'));
    expect(parts.map(({ hour, hours }) => `${hour} ${hours}`)).toEqual([
      '2026-11-17T14:00:00Z 0.25',
      '2026-11-17T15:00:00Z 1',
      '2026-11-17T16:00:00Z 0.25',
    ]);
    expect(hourOf(addMs(MONDAY, 59 * MINUTE_MS)).toString()).toBe(MONDAY.toString());
  });
});

describe('receipts that do not come', () => {
  const usual = { texts: 1_000, confirmed: 990, lagMs: 4 * SECOND_MS };

  it.each<[string, Parameters<typeof receiptLimits>[0], { lagMs: number; texts: number }]>([
    ['nearly all come, within seconds', usual, { lagMs: 30 * SECOND_MS, texts: 7 }],
    [
      'a third never comes',
      { texts: 900, confirmed: 600, lagMs: 90 * SECOND_MS },
      { lagMs: 90 * SECOND_MS, texts: 16 },
    ],
    ['all of the first twenty came', { texts: 20, confirmed: 20, lagMs: 1_000 }, { lagMs: 30 * SECOND_MS, texts: 9 }],
    ['little is known', { texts: 19, confirmed: 19, lagMs: 1_000 }, { lagMs: MINUTE_MS, texts: 20 }],
    ['none has ever come', { texts: 500, confirmed: 0, lagMs: null }, { lagMs: MINUTE_MS, texts: 20 }],
  ])('where %s', (_where, known, limits) => {
    expect(receiptLimits(known)).toEqual(limits);
  });

  it('are suspicious from so many texts in a row on', () => {
    const waiting = (texts: number) => decideReceipts({ usual, waiting: { texts, since: MONDAY } });
    expect(waiting(6)).toBeUndefined();
    expect(waiting(7)).toMatchObject({
      kind: 'receipts',
      since: MONDAY,
      detail: expect.stringContaining('the last 7 texts'),
    });
    expect(decideReceipts({ usual, waiting: { texts: 0, since: null } })).toBeUndefined();
  });

  it.each<[string, number, Parameters<typeof receiptLimits>[0]]>([
    ['eight texts a minute', 8, usual],
    ['as many, and no more than twenty have ever gone out before', 8, { texts: 20, confirmed: 20, lagMs: 1_000 }],
    ['five texts a minute', 5, usual],
    ['fifteen, the first ones of the account', 15, { texts: 0, confirmed: 0, lagMs: null }],
  ])('are suspected soon enough for a check within five minutes where %s go out', (_where, perMinute, known) => {
    const { lagMs, texts } = receiptLimits(known);
    const untilCheckMs = 5 * MINUTE_MS - CHECK_WITHIN_MS - LOOK_EVERY_MS - 10 * SECOND_MS;
    expect(lagMs + (texts / perMinute) * MINUTE_MS).toBeLessThanOrEqual(untilCheckMs);
  });

  it('are suspected without reason less than once in ten months of 30,000 texts', () => {
    const random = seededRandom(3);
    const { texts: limit } = receiptLimits(usual);
    let run = 0;
    let alarms = 0;
    for (let text = 0; text < 300_000; text += 1) {
      // One in a hundred never has a receipt, one in ten takes longer than usual.
      run = random.next() < 0.109 ? run + 1 : 0;
      if (run === limit) alarms += 1;
    }
    expect(alarms).toBeLessThanOrEqual(1);
  });
});
