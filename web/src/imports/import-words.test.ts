import { describe, expect, it } from 'vitest';
import { affected, becomes, delimiterWord, encodingWord } from './import-words.ts';

const nothing = { rows: 0, created: 0, updated: 0, unchanged: 0, merged: 0, refused: 0 };

describe('what a file becomes', () => {
  it.each([
    [
      { ...nothing, rows: 1310, created: 980, updated: 200, unchanged: 24, refused: 90 },
      'make',
      '1,310 rows make 1,204 contacts: 980 new, 200 updated and 24 unchanged.',
    ],
    [{ ...nothing, rows: 1, created: 1 }, 'make', '1 row makes 1 contact, new.'],
    [{ ...nothing, rows: 9, unchanged: 9 }, 'make', '9 rows make 9 contacts, all unchanged.'],
    [{ ...nothing, rows: 1, refused: 1 }, 'made', '1 row made 0 contacts.'],
  ] as const)('%j', (counts, verb, expected) => {
    expect(becomes(counts, verb)).toBe(expected);
  });
});

it.each([
  [false, 3],
  [true, 7],
])('with tags for everyone: %s, an import changes %i', (withTags, expected) => {
  expect(affected({ ...nothing, created: 1, updated: 2, unchanged: 4 }, withTags)).toBe(expected);
});

it.each([
  [',', 'comma'],
  ['\t', 'tab'],
  ['~', '~'],
])('%j between cells is called %s', (delimiter, word) => {
  expect(delimiterWord(delimiter)).toBe(word);
});

it.each([
  ['utf-8', 'UTF-8'],
  ['utf-16le', 'UTF-16'],
  ['windows-1252', 'Windows-1252'],
])('%s is called %s', (encoding, word) => {
  expect(encodingWord(encoding)).toBe(word);
});
