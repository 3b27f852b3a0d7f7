import { expect, it } from 'vitest';
import { actWords, fieldWords, purposeWords, sourceWords } from './ledger-words.ts';

it.each([
  [{ action: 'grant', kind: 'express_written', needsConfirmation: true }, 'Agreed in writing, to be confirmed'],
  [{ action: 'grant', kind: 'express', needsConfirmation: false }, 'Agreed'],
  [{ action: 'revoke', kind: null, needsConfirmation: false }, 'Took back'],
] as const)('%j reads %s', (entry, words) => {
  expect(actWords(entry)).toBe(words);
});

it('names what it was for, by which way, and what shows it', () => {
  expect([purposeWords('all'), sourceWords({ source: 'web_form', wordingVersion: 'v3' })]).toEqual([
    'All texts',
    'Web form v3',
  ]);
  expect(['formUrl', 'ip', 'userAgent'].map(fieldWords)).toEqual(['Form address', 'IP address', 'User agent']);
});
