import { expect, it } from 'vitest';
import { decisionWords, piecesOf, timeLeft } from './review-words.ts';

it.each<[string, { readonly start: number; readonly end: number } | null, readonly string[]]>([
  ['NO!', null, ['NO!']],
  ['NO!', { start: 0, end: 2 }, ['[NO]', '!']],
  ['Hi, who is this?', { start: 4, end: 15 }, ['Hi, ', '[who is this]', '?']],
])('the words that make %s unclear are marked', (text, highlight, expected) => {
  expect(piecesOf({ text, highlight }).map((piece) => (piece.marked ? `[${piece.text}]` : piece.text))).toEqual(
    expected,
  );
});

const NOW = Date.parse('2026-11-17T15:00:00Z');
it.each<[string, string, boolean]>([
  ['2026-11-18T15:00:00Z', '1\u00a0d left to decide', false],
  ['2026-11-17T16:30:00Z', '1\u00a0h 30\u00a0min left to decide', true],
  ['2026-11-17T15:00:00Z', 'Time is up: it counts as an opt-out', true],
])('until %s it says "%s"', (dueAt, words, soon) => {
  expect(timeLeft(dueAt, NOW)).toEqual({ words, soon });
});

it('a decision says how it came about', () => {
  const by = { decision: 'opt_out', decidedBy: 'Olivia' } as const;
  expect(decisionWords({ ...by, decidedHow: 'person' })).toBe('An opt-out, decided by Olivia');
  expect(decisionWords({ ...by, decidedHow: 'deadline' })).toBe('An opt-out: nobody decided in time');
});
