import { describe, expect, it } from 'vitest';
import { audienceWords } from './audience-words.ts';

describe('an audience in words', () => {
  it.each([
    [{ all: true as const }, 'all contacts'],
    [null, 'nobody yet'],
    [{ tags: [], states: [] }, 'nobody yet'],
    [{ tags: ['estimate', 'flood'], states: ['MA'] }, 'contacts tagged estimate or flood, in MA'],
    [{ cities: ['Boston'], notContactedDays: 1 }, 'contacts living in Boston, not contacted for 1 day'],
  ])('%j', (rule, words) => expect(audienceWords(rule)).toBe(words));
});
