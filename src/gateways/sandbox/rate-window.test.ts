import { describe, expect, it } from 'vitest';
import { rateWindow } from './rate-window.ts';

const admitted = (limit: number, atMs: readonly number[]): readonly number[] => {
  const window = rateWindow({ limit, windowMs: 1_000 });
  return atMs.filter((at) => window.admits(at));
};

describe('rate window', () => {
  it.each<[string, number, number[], number[]]>([
    ['three in one instant, and none more within the second', 3, [0, 0, 0, 0, 999], [0, 0, 0]],
    [
      'the next one a whole second after the oldest',
      3,
      [0, 400, 800, 999, 1_000, 1_399, 1_400],
      [0, 400, 800, 1_000, 1_400],
    ],
    ['no double burst around the turn of a second', 2, [900, 950, 1_000, 1_050, 1_900], [900, 950, 1_900]],
    ['everything without a limit', Number.POSITIVE_INFINITY, [0, 0, 0], [0, 0, 0]],
  ])('admits %s', (_what, limit, atMs, expected) => {
    expect(admitted(limit, atMs)).toEqual(expected);
  });

  it.each([0, -1, 1.5, Number.NaN])('refuses a limit of %s', (limit) => {
    expect(() => rateWindow({ limit, windowMs: 1_000 })).toThrow('requestsPerSecond');
  });
});
