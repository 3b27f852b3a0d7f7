import { describe, expect, it } from 'vitest';
import { inputWords, inTheWayFirst, rulesInShort } from './explanation-words.ts';

const holds = { forbids: false, kind: 'bars' } as const;
const bars = { forbids: true, kind: 'bars' } as const;
const delays = { forbids: true, kind: 'delays' } as const;

describe('the rules in short', () => {
  it.each([
    [[holds], '1 rule asked, none forbids'],
    [[holds, bars], '2 rules asked, 1 forbids'],
    [[holds, delays, delays], '3 rules asked, 2 let the text wait'],
    [[bars, delays], '2 rules asked, 1 forbids, 1 lets the text wait'],
  ] as const)('%j are "%s"', (rules, words) => expect(rulesInShort(rules)).toBe(words));
  it('tell what stands in the way first', () =>
    expect(inTheWayFirst([holds, delays, holds, bars])).toEqual([delays, bars, holds, holds]));
});

it('names what a rule looked at, and leaves out what is not there', () => {
  expect(inputWords({ inputs: { suppressionId: null, numberState: 'invalid', tags: [], texts: 0, ok: false } })).toBe(
    'number state invalid · texts 0 · ok false',
  );
  expect(inputWords({ inputs: { localTimes: ['Tue 10:00', 'Tue 07:00'] } })).toBe('local times Tue 10:00; Tue 07:00');
});
