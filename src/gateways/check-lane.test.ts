import { describe, expect, it } from 'vitest';
import { checkLaneLimits, type LaneLimits } from './check-lane.ts';

const lane = { phone: '+16175550100', name: 'Office' };

describe('limits of a lane', () => {
  const taken: readonly Partial<LaneLimits>[] = [
    {},
    { dailyCap: 1 },
    { dailyCap: 1_000_000, messagesPerSecond: 1_000, partsPerSecond: 0.01, partsPerDay: 1 },
    { messagesPerSecond: null, partsPerSecond: null, partsPerDay: null },
  ];
  it.each(taken)('%j are taken', (limits) =>
    expect(checkLaneLimits(lane, limits)).toEqual({ ok: true, value: limits }),
  );

  const refused: readonly (readonly [Partial<LaneLimits>, string])[] = [
    [
      { dailyCap: 0 },
      'number +16175550100 (Office): dailyCap: expected 1 to 1,000,000 campaign texts a day, got 0; to send nothing from it, pause it or switch it off',
    ],
    [{ dailyCap: -5 }, 'got -5; to send nothing'],
    [{ dailyCap: 12.5 }, 'got 12.5; choose a value between them'],
    [{ dailyCap: 1_000_001 }, 'got 1000001; choose a value'],
    [{ messagesPerSecond: 0 }, 'messagesPerSecond: expected 0.01 to 1,000 messages a second, got 0; to send nothing'],
    [{ messagesPerSecond: 1_000.01 }, 'got 1000.01; choose'],
    // Rounds to nothing in its column.
    [{ partsPerSecond: 0.001 }, 'partsPerSecond: expected 0.01 to 1,000 message parts a second, got 0.001'],
    [{ partsPerSecond: -1 }, 'got -1'],
    [{ partsPerDay: 0 }, 'partsPerDay: expected 1 to 100,000,000 message parts a day, got 0'],
    [{ partsPerDay: 0.5 }, 'got 0.5'],
    [{ messagesPerSecond: Number.NaN }, 'got NaN'],
  ];
  it.each(refused)('%j are refused with what, value and remedy', (limits, words) =>
    expect(checkLaneLimits(lane, limits)).toMatchObject({
      ok: false,
      error: {
        kind: 'invalid',
        message: expect.stringContaining(words),
        errors: [{ pointer: `/${Object.keys(limits)[0]}` }],
      },
    }),
  );

  it('are refused with all that is wrong at once', () => {
    const checked = checkLaneLimits(lane, { dailyCap: 0, partsPerDay: 0 });
    expect(checked.ok ? [] : checked.error.errors?.map((problem) => problem.pointer)).toEqual([
      '/dailyCap',
      '/partsPerDay',
    ]);
  });
});
