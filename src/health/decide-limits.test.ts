import { expect, it } from 'vitest';
import { addMs, HOUR_MS, instant, MINUTE_MS } from '../platform/time.ts';
import { decideLimits } from './decide-limits.ts';
import { decideSilence, type HourCounts } from './decide-suspicion.ts';

const NOON = instant('2026-11-17T12:20:00Z');
const limitsWith = (countsAt: (utcHour: number) => HourCounts) =>
  decideLimits(NOON, (hour) => countsAt(Number(hour.toString().slice(11, 13))));
const weeks = (count: number, many = 8): HourCounts => Array.from({ length: many }, () => count);

it.each<[string, HourCounts, number | null]>([
  ['of a call centre: the least that is looked at', weeks(2_000), 2],
  ['of a busy line', weeks(500), 3],
  ['of an office', weeks(60), 19],
  ['of a small one', weeks(6), 185],
  ['of nobody', weeks(0), null],
  ['of which two weeks are known', weeks(500, 2), null],
  ['of one busy week in eight', [0, 0, 0, 0, 0, 0, 0, 700], null],
])('silence is suspicious with the traffic %s', (_, counts, minutes) => {
  const { hours } = limitsWith(() => counts);
  expect(hours.map((hour) => hour.minutes)).toEqual(Array.from({ length: 24 }, () => minutes));
});

it('knows an hour beside one of which nothing is known', () => {
  const { hours } = limitsWith((hour) => (hour === 12 ? weeks(500) : []));
  expect(hours.map(({ minutes }) => minutes)).toEqual([3, ...Array.from({ length: 23 }, () => null)]);
});

it('counts what comes after the night, and is what the watch itself says', () => {
  const countsAt = (hour: number): HourCounts => weeks(hour >= 8 && hour < 20 ? 120 : 0);
  const { hours, ...known } = limitsWith(countsAt);
  expect(known).toEqual({ weeks: 8, weeksNeeded: 3 });
  // At 20:00 twelve hours of nothing are as usual.
  expect(hours.find(({ from }) => from.toString() === '2026-11-17T20:00:00Z')?.minutes).toBe(12 * 60 + 10);
  for (const { from, minutes } of hours) {
    const saidAfter = (ms: number) =>
      decideSilence({
        now: addMs(from, ms),
        lastEventAt: from,
        countsAt: (hour) => countsAt((hour.epochMilliseconds / HOUR_MS) % 24),
      });
    const limitMs = (minutes ?? 0) * MINUTE_MS;
    expect([saidAfter(limitMs)?.kind, saidAfter(limitMs - MINUTE_MS)]).toEqual(['silence', undefined]);
  }
});
