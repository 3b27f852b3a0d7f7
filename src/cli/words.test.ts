import { describe, expect, it } from 'vitest';
import { confirmByTyping } from './confirm.ts';
import { count, money, printable, table } from './words.ts';

it('aligns the columns of a table and lets the last one be', () => {
  expect(
    table([
      ['a', 'bbb', 'c'],
      ['aaaa', 'b', 'cccccc'],
      ['a', 'b', ''],
    ]),
  ).toEqual(['a     bbb  c', 'aaaa  b    cccccc', 'a     b']);
});

it.each([
  ['words', count(1, 'row'), '1 row'],
  ['words', count(1_500, 'row'), '1,500 rows'],
  ['words', count(0, 'person', 'people'), '0 people'],
  ['money', money(43_005), '$430.05'],
  [
    'a text that would recolour the terminal',
    printable('a\x1b[31mb\x07\x9b1m\nc\td'),
    'a\uFFFD[31mb\uFFFD\uFFFD1m\nc\td',
  ],
])('%s', (_case, actual, expected) => {
  expect(actual).toBe(expected);
});

describe('confirmation by typing', () => {
  const question = { expected: 'Spring', what: "the campaign's name" };
  const answering = (answer: string | undefined) => ({ ask: async () => answer });

  it('goes on when the name was typed, or with --yes', async () => {
    await confirmByTyping(answering(' Spring '), { ...question, yes: false });
    await confirmByTyping({ ask: undefined }, { ...question, yes: true });
  });

  it.each([
    ['another name', answering('spring'), 'expected the campaign\'s name "Spring", got "spring"'],
    ['no answer', answering(undefined), 'nothing was done'],
    ['nobody to ask', { ask: undefined }, '--yes'],
  ])('refuses after %s', async (_case, shell, message) => {
    await expect(confirmByTyping(shell, { ...question, yes: false })).rejects.toThrow(message);
  });
});
