import { describe, expect, it } from 'vitest';
import { drainingWords, limitWords } from './lane-words.ts';

const none = { messagesPerSecond: null, partsPerSecond: null, partsPerDay: null, partsUsedToday: 0 };

describe('the limits of a number', () => {
  it.each([
    ['no words without any', {}, ''],
    ['its texts a second', { messagesPerSecond: 0.5 }, 'At most 0.5 texts a second'],
    ['both rates', { messagesPerSecond: 1, partsPerSecond: 2.25 }, 'At most 1 texts and 2.25 parts a second'],
    ['parts of the day', { partsPerDay: 2_000, partsUsedToday: 1_204 }, '1,204 of 2,000 parts today'],
    ['all', { partsPerSecond: 2, partsPerDay: 900 }, 'At most 2 parts a second, 0 of 900 parts today'],
  ])('are told: %s', (_, limits, words) => expect(limitWords({ ...none, ...limits })).toBe(words));
});

it.each([
  [0, 'Nobody who knows it waits any more: it can be switched off.'],
  [1, '1 person who knows it still waits in campaigns.'],
  [12, '12 people who know it still wait in campaigns.'],
  [1_000, '1,000 or more people who know it still wait in campaigns.'],
])('%i people who wait for a number that drains', (count, words) => expect(drainingWords(count)).toBe(words));
