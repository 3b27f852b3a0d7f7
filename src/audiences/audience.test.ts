import { describe, expect, it } from 'vitest';
import { type AudienceRule, audienceSentence, isChosen } from './audience.ts';

describe('an audience in words', () => {
  it.each<[AudienceRule | null, string]>([
    [{ all: true }, 'all contacts'],
    [{ tags: ['estimate', 'flood'], states: ['MA'] }, 'tagged estimate or flood, in MA'],
    [{ cities: ['Boston'], notContactedDays: 30 }, 'living in Boston, not texted for 30 days'],
  ])('%j', (rule, words) => {
    expect(isChosen(rule)).toBe(true);
    expect(audienceSentence(rule)).toBe(words);
  });

  it.each<[AudienceRule | null]>([[null], [{}], [{ tags: [] }], [{ tags: [], states: [], cities: [] }]])(
    '%j chooses nobody, and certainly not everybody',
    (rule) => {
      expect(isChosen(rule)).toBe(false);
      expect(audienceSentence(rule)).toBe('nobody yet');
    },
  );
});
