import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../platform/random.ts';
import { type LoadAmount, type LoadProfile, planLoad } from './webhook-load-plan.ts';

const plan = (amount: LoadAmount, { repeatShare = 0, shuffle = false, seed = 1 } = {}) =>
  planLoad({ amount, repeatShare, shuffle }, seededRandom(seed));
const counted = (count: number, rate?: number): LoadAmount => ({ kind: 'count', count, rate });
const profiled = (profile: LoadProfile, rate: number, seconds: number): LoadAmount => ({
  kind: 'profile',
  profile,
  rate,
  seconds,
});
const timesOf = (posts: readonly number[]): ReadonlyMap<number, number> =>
  posts.reduce((times, event) => times.set(event, (times.get(event) ?? 0) + 1), new Map<number, number>());

describe('which events go out', () => {
  it('one after the other, once, as fast as they are answered', () => {
    expect(plan(counted(4))).toEqual({ events: 4, posts: [0, 1, 2, 3], dueMs: undefined });
  });

  it('every event, and just the share of them twice, never before the first time they are due', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 300 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.boolean(),
        fc.nat(),
        (count, repeatShare, shuffle, seed) => {
          const { events, posts } = plan(counted(count), { repeatShare, shuffle, seed });
          const times = [...timesOf(posts).values()];
          expect(events).toBe(count);
          expect(times).toHaveLength(count);
          expect(times.every((n) => n === 1 || n === 2)).toBe(true);
          expect(times.filter((n) => n === 2)).toHaveLength(Math.round(count * repeatShare));
          const firsts = [...new Set(posts)];
          if (!shuffle) expect(firsts).toEqual(firsts.toSorted((a, b) => a - b));
        },
      ),
    );
  });

  it('a copy comes soon after, but not always at once', () => {
    const { posts } = plan(counted(200), { repeatShare: 0.5 });
    const distances = posts.flatMap((event, place) => {
      const before = posts.indexOf(event);
      return before < place ? [place - before] : [];
    });
    expect(Math.max(...distances)).toBeLessThanOrEqual(45);
    expect(new Set(distances).size).toBeGreaterThan(10);
  });

  it('in any order when shuffled', () => {
    const { posts } = plan(counted(100), { shuffle: true });
    expect(posts.filter((event, place) => event === place).length).toBeLessThan(20);
  });
});

describe('when they go out', () => {
  const dueSeconds = (amount: LoadAmount, places: readonly number[]): readonly number[] =>
    places.map((place) => (plan(amount).dueMs?.(place) ?? Number.NaN) / 1_000);

  it.each<[string, LoadAmount, number, readonly number[], readonly number[]]>([
    ['a count at a rate', counted(10, 2), 10, [0, 1, 9], [0, 0.5, 4.5]],
    ['steady', profiled('steady', 10, 6), 60, [0, 30, 59], [0, 3, 5.9]],
    ['burst: five seconds worth at once', profiled('burst', 10, 20), 200, [0, 49, 50, 99, 199], [0, 0, 5, 5, 15]],
    ['ramp: a quarter of them in the first half', profiled('ramp', 10, 20), 100, [0, 25, 100], [0, 10, 20]],
  ])('%s', (_what, amount, events, places, seconds) => {
    expect(plan(amount).events).toBe(events);
    expect(dueSeconds(amount, places)).toEqual(seconds);
  });

  it('the rate of a profile counts the copies', () => {
    expect(plan(profiled('steady', 10, 12), { repeatShare: 0.2 })).toMatchObject({
      events: 100,
      posts: { length: 120 },
    });
  });
});
