import { describe, expect, it } from 'vitest';
import type { Validation } from '../api/number-validation.ts';
import { effectWords, kindChoices, outcomeWords, stateWords } from './validation-words.ts';

const outcomes = { mobile: 18, landline: 1, voip: 0, toll_free: 0, other: 0, invalid: 2, unverified: 0 };
const batch: Validation = {
  id: `val_${'0'.repeat(32)}`,
  source: 'contacts',
  importId: null,
  state: 'open',
  total: 1_204,
  done: 21,
  asked: 21,
  outcomes,
  wait: null,
  startedBy: 'system',
  createdAt: '2026-11-17T15:00:00Z',
  finishedAt: null,
};

describe('a batch in words', () => {
  it('names what was found, and leaves out what was not', () => {
    expect(outcomeWords(batch)).toBe('18 mobile phones, 1 landline, 2 numbers not in use');
    expect(outcomeWords({ outcomes: { ...outcomes, mobile: 0, landline: 0, invalid: 0 } })).toBe('');
  });

  it('offers the kinds that are there, and what waits', () => {
    expect(kindChoices(batch).map(({ label, count }) => `${label} ${count}`)).toEqual([
      'Mobile phone 18',
      'Landline 1',
      'Not in use 2',
      'Waiting 1183',
    ]);
    expect(kindChoices({ ...batch, state: 'completed' }).map(({ value }) => value)).not.toContain('waiting');
  });

  it.each([
    [{}, 'Under way: 21 of 1,204'],
    [{ wait: { kind: 'down', message: 'no', until: '2026-11-17T16:00:00Z' } }, 'Waiting: 21 of 1,204'],
    [{ state: 'completed', total: 1 }, 'Done: 1 number'],
    [{ state: 'cancelled' }, 'Cancelled after 21 of 1,204'],
  ] as const)('says how far it is: %o', (change, words) => {
    expect(stateWords({ ...batch, ...change })).toBe(words);
  });
});

describe('what a policy would change', () => {
  it.each([
    [[61, 1_143], 0, 0, 'Campaigns leave out 1,204 contacts for their number, as now.'],
    [[0], 0, 0, 'Campaigns leave out nobody for their number, as now.'],
    [[61, 1_143], 300, 0, 'Campaigns would leave out 1,204 contacts for their number: 300 of them can be texted now.'],
    [[0], 0, 1, 'Campaigns would leave out nobody for their number: 1 contact could be texted again.'],
    [
      [5],
      2,
      3,
      'Campaigns would leave out 5 contacts for their number: 2 of them can be texted now, 3 contacts could be texted again.',
    ],
  ] as const)('%j, %i more and %i fewer', (after, newlyLeftOut, newlyTextable, words) => {
    const rules = after.map((count) => ({ code: 'number_voip', sentence: 'VoIP', before: 0, after: count }));
    expect(effectWords({ rules, newlyLeftOut, newlyTextable })).toBe(words);
  });
});
