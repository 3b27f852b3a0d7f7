import { expect, it } from 'vitest';
import { answerWords, questionWords } from './reassigned-words.ts';
import { batchWords } from './scrub-words.ts';

it('a check says what was asked and answered, and who was left out', () => {
  expect(questionWords({ questions: 1, undated: 0 })).toBe('1 question');
  expect(questionWords({ questions: 1_204, undated: 3 })).toBe(
    '1,204 questions; 3 people were left out, who have neither agreed nor written',
  );
  expect(answerWords({ answers: null })).toBe('Not answered yet.');
  const answers = { file: 'a.csv', digest: '', asOf: '2026-11-17', by: 'Ann', at: '2026-11-17T15:00:00Z' };
  expect(answerWords({ answers: { ...answers, yes: 3, no: 400, noData: 9, unanswered: 1 } })).toBe(
    '3 given up and left out of campaigns, 400 not, 9 without data, 1 unanswered, of Tue 17 Nov 2026.',
  );
});

it('a batch of a scrub service says how far it is', () => {
  const batch = { id: 'scr_1', chosen: 'all contacts', startedBy: 'Ann', createdAt: '', finishedAt: null };
  expect(
    batchWords({
      ...batch,
      state: 'open',
      total: 10,
      listed: 1,
      clean: 2,
      unknown: 0,
      wait: { kind: 'down', message: '', until: '' },
    }),
  ).toBe('Waiting: 3 of 10. 1 on a list, 2 on none, 0 not known.');
});
