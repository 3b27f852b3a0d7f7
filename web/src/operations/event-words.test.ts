import { describe, expect, it } from 'vitest';
import { lagWords, refusedWords, searchFilters, selectionWords, tookMs, typeWords } from './event-words.ts';

describe('events in words', () => {
  it.each<[string, string]>([
    ['message.received', 'Text received'],
    ['task.created', 'task.created'],
  ])('%s is %s', (type, words) => expect(typeWords(type)).toBe(words));

  it.each<[number, string]>([
    [84.6, '85 ms'],
    [1_000, '1 s'],
    [1_240, '1.2 s'],
    [180_000, '3 min'],
  ])('%s ms are %s', (ms, words) => expect(lagWords(ms).replace('\u00a0', ' ')).toBe(words));

  it('an event that a clock says was applied before it came took no time', () => {
    const receivedAt = '2026-11-17T15:00:01Z';
    expect(tookMs({ receivedAt, appliedAt: '2026-11-17T15:00:00Z', attempts: 1 })).toBe(0);
    expect(tookMs({ receivedAt, appliedAt: null, attempts: 0 })).toBeUndefined();
    expect(tookMs({ receivedAt, appliedAt: '2026-11-18T15:00:00Z', attempts: 3 })).toBeUndefined();
  });

  it.each<[string, object]>([
    ['', {}],
    ['  ', {}],
    ['(617) 555-0123', { phone: '(617) 555-0123' }],
    ['+442079460000', { phone: '+442079460000' }],
    ['404', { error: '404' }],
    [' no lane ', { error: 'no lane' }],
  ])('typed "%s" looks for %o', (search, filters) => expect(searchFilters(search)).toEqual(filters));

  it.each<[string, Parameters<typeof selectionWords>[0], string]>([
    ['one', { eventIds: ['evt_1'], filter: null }, '1 event, chosen by hand'],
    ['all', { eventIds: null, filter: {} }, 'All events'],
    [
      'a filter',
      { eventIds: null, filter: { state: 'failed', type: 'call.missed', error: 'no lane' } },
      'Failed events “Call missed” with “no lane” in their error',
    ],
  ])('a replay of %s', (_case, replay, words) => expect(selectionWords(replay)).toBe(words));

  it('refusals are told by their number', () =>
    expect(refusedWords({ too_large: 2, signature_missing: 1_040, new_reason: 1 })).toBe(
      '1,040 not signed, 2 too large, 1 new_reason',
    ));
});
