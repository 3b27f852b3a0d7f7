import { describe, expect, it } from 'vitest';
import { checkWords, receiptWords, silenceWords } from './watch-words.ts';

const ZONE = 'America/New_York';
const from = (minutes: readonly (number | null)[]) =>
  minutes.map((limit, hour) => ({ from: new Date(Date.UTC(2026, 10, 17, 15 + hour)).toISOString(), minutes: limit }));

describe('within what time silence is suspicious', () => {
  it.each<[string, readonly (number | null)[], number, string]>([
    ['the same all day', [3, 3, 3], 8, 'suspicious after 3\u00a0min now'],
    [
      'quicker and slower later',
      [19, 3, 730],
      8,
      'suspicious after 19\u00a0min now, 3\u00a0min from 11:00 EST, 12\u00a0h 10\u00a0min from 12:00 EST',
    ],
    ['slower later', [2, 2, 45], 8, 'suspicious after 2\u00a0min now, 45\u00a0min from 12:00 EST'],
    ['later only', [null, 4, 4], 8, 'not suspicious for a day now, 4\u00a0min from 11:00 EST'],
    ['that is not known yet', [null, null], 2, 'not watched yet: this hour is known of 2 weeks, 3 are needed'],
    [
      'with hardly any traffic',
      [null, null],
      8,
      'never suspicious: by the weeks before, a day without an event is as usual',
    ],
  ])('%s', (_, minutes, weeks, words) =>
    expect(silenceWords({ weeks, weeksNeeded: 3, hours: from(minutes) }, ZONE)).toBe(words),
  );
});

it('how many texts without a receipt are suspicious', () =>
  expect(receiptWords({ texts: 6, lagSeconds: 45 })).toBe(
    'suspicious when 6 texts in a row have none after 45\u00a0s',
  ));

it.each([
  [null, 'none: no two numbers are chosen for them'],
  [true, 'every 60\u00a0min, and at once on a suspicion: after 2\u00a0min without its event people are told'],
  [false, 'switched off'],
])('checks that are %s', (enabled, words) => {
  const settings = enabled === null ? null : { enabled, fromLaneId: 'lane_1', toLaneId: 'lane_2', intervalMinutes: 60 };
  const watch = {
    silence: { weeks: 0, weeksNeeded: 3, hours: [] },
    receipts: { texts: 6, lagSeconds: 45 },
    checkSeconds: 120,
  };
  expect(checkWords({ settings, watch })).toBe(words);
});
