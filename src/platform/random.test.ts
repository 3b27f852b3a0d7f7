import fc from 'fast-check';
import { expect, it } from 'vitest';
import { seededRandom, systemRandom } from './random.ts';

it('draws the same from the same seed and something else from another', () => {
  const draw = (seed: number): readonly number[] => {
    const random = seededRandom(seed);
    return Array.from({ length: 20 }, random.next);
  };
  expect(draw(42)).toEqual(draw(42));
  expect(draw(42)).not.toEqual(draw(43));
});

it('keeps whole numbers inside their bounds and reaches both', () => {
  const random = seededRandom(1);
  const drawn = new Set(Array.from({ length: 1_000 }, () => random.int(3, 6)));
  expect([...drawn].sort()).toEqual([3, 4, 5, 6]);
});

it('spreads evenly: each tenth of [0, 1) gets its share', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const random = seededRandom(seed);
      const counts = Array.from({ length: 10 }, () => 0);
      for (let n = 0; n < 2_000; n += 1) {
        const value = random.next();
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThan(1);
        const tenth = Math.floor(value * 10);
        counts[tenth] = (counts[tenth] ?? 0) + 1;
      }
      // 200 expected, standard deviation 13.4: six of them on either side.
      for (const count of counts) expect(Math.abs(count - 200)).toBeLessThan(81);
    }),
    { numRuns: 50 },
  );
});

it('has as many random bytes as asked for', () => {
  expect(systemRandom.bytes(12)).toHaveLength(12);
  expect(seededRandom(1).bytes(5)).toHaveLength(5);
});
