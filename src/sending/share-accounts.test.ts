import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shareOf, toYield } from './share-accounts.ts';

const share = (accounts: number, held: Record<string, number>) =>
  shareOf({ accounts, held: new Map(Object.entries(held)) }, 'me');

describe('the share of a worker', () => {
  it.each([
    ['alone takes all', 5, { me: 0 }, { mayTake: 5, mustYield: 0 }],
    ['takes half when there are two', 5, { me: 0, other: 0 }, { mayTake: 3, mustYield: 0 }],
    ['gives half to a newcomer', 4, { me: 4, other: 0 }, { mayTake: 0, mustYield: 2 }],
    ['keeps the odd one', 5, { me: 3, other: 2 }, { mayTake: 0, mustYield: 0 }],
    ['gives no more than others lack', 6, { me: 4, two: 2, three: 0 }, { mayTake: 0, mustYield: 2 }],
    [
      'gives to whoever lacks, though it has no more than the full share',
      10,
      { me: 4, two: 4, three: 2 },
      { mayTake: 0, mustYield: 1 },
    ],
    [
      'gives its heap away, though nobody has less than the least share',
      7,
      { me: 4, two: 1, three: 1, four: 1 },
      { mayTake: 0, mustYield: 2 },
    ],
    [
      'keeps its only account when there are more workers than accounts',
      1,
      { me: 1, two: 0, three: 0 },
      { mayTake: 0, mustYield: 0 },
    ],
    ['of no accounts is none', 0, { me: 0, other: 0 }, { mayTake: 0, mustYield: 0 }],
  ])('%s', (_, accounts, held, expected) => expect(share(accounts, held)).toEqual(expected));

  it('comes to rest with everybody holding as many as everybody else, give or take one', () => {
    const spread = fc.array(fc.nat({ max: 12 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(spread, fc.nat({ max: 12 }), (start, free) => {
        const held = new Map(start.map((count, index) => [`w${index}`, count]));
        const accounts = start.reduce((sum, count) => sum + count, free);
        let unheld = free;
        // Ten rounds in which each looks once, one after the other.
        for (let round = 0; round < 10; round += 1)
          for (const owner of held.keys()) {
            const { mayTake, mustYield } = shareOf({ accounts, held }, owner);
            const taken = Math.min(mayTake, unheld);
            unheld += mustYield - taken;
            held.set(owner, (held.get(owner) ?? 0) + taken - mustYield);
          }
        expect(unheld).toBe(0);
        expect(Math.max(...held.values()) - Math.min(...held.values())).toBeLessThanOrEqual(1);
        for (const owner of held.keys()) expect(shareOf({ accounts, held }, owner).mustYield).toBe(0);
      }),
    );
  });

  it('is given by as many workers as it takes when all of them look at the same moment', () => {
    const ten = Array.from({ length: 10 }, (_, index): [string, number] => [`w${index}`, 2]);
    const held = new Map([...ten, ['newcomer', 0]]);
    const given = [...held.keys()].map((owner) => shareOf({ accounts: 20, held }, owner).mustYield);
    expect(given.reduce((sum, count) => sum + count)).toBe(1);
  });

  it('is given back from the same accounts for the same state', () => {
    expect(toYield(new Set(['c', 'a', 'b']), 2)).toEqual(['a', 'b']);
  });
});
