import { expect, it } from 'vitest';
import { instant } from '../platform/time.ts';
import { alarmOf, mostAlarming, type OptOutAlarm, optOutLevelsAt } from './opt-out-rate.ts';

/** What is in force on that day is never written anew (docs/decisions/0064): the rows may name its figures. */
const levels = optOutLevelsAt(instant('2026-11-17T15:00:00Z'));

it.each<[number, number, OptOutAlarm, string]>([
  [0, 0, 'few', 'no text'],
  [49, 0, 'few', 'nobody of too few'],
  [49, 49, 'few', 'everybody of too few'],
  [50, 0, 'fine', 'nobody of just enough'],
  [50, 1, 'fine', '2 % of just enough'],
  [50, 2, 'warning', '4 % of just enough'],
  [50, 5, 'suspended', '10 % of just enough'],
  [10_000, 299, 'fine', 'just below 3 %'],
  [10_000, 300, 'warning', 'exactly 3 %'],
  [10_000, 301, 'warning', 'just above 3 %'],
  [10_000, 499, 'warning', 'just below 5 %'],
  [10_000, 500, 'flagged', 'exactly 5 %'],
  [10_000, 501, 'flagged', 'just above 5 %'],
  [10_000, 999, 'flagged', 'just below 10 %'],
  [10_000, 1_000, 'suspended', 'exactly 10 %'],
  [10_000, 1_001, 'suspended', 'just above 10 %'],
  [10_000, 10_000, 'suspended', 'everybody'],
])('of %i texts, %i opt-outs are %s: %s', (texts, optOuts, alarm) => {
  expect(alarmOf({ texts, optOuts }, levels)).toBe(alarm);
});

it('exactly at a level is at it for every number of texts', () => {
  for (const [level, alarm] of [
    [3, 'warning'],
    [5, 'flagged'],
    [10, 'suspended'],
  ] as const)
    for (let hundreds = 1; hundreds <= 2_000; hundreds += 1) {
      const [texts, optOuts] = [hundreds * 100, hundreds * level];
      expect(alarmOf({ texts, optOuts }, levels), `${optOuts} of ${texts}`).toBe(alarm);
      expect(alarmOf({ texts, optOuts: optOuts - 1 }, levels), `${optOuts - 1} of ${texts}`).not.toBe(alarm);
    }
});

it('what is at a level is among the few that are shown, however many others drove more people away', () => {
  const large = { texts: 10_000, optOuts: 100 };
  const [few, warned, stopped] = [
    { texts: 49, optOuts: 30 },
    { texts: 500, optOuts: 20 },
    { texts: 60, optOuts: 6 },
  ];
  expect(mostAlarming([large, few, large, warned, stopped], { levels, shownMax: 3 })).toEqual([stopped, warned, large]);
  expect(mostAlarming([large, few], { levels, shownMax: 3 })).toEqual([large, few]);
});
