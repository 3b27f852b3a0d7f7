import { expect, it } from 'vitest';
import { mergeLines } from './merge-words.ts';

const NOTHING = { filled: [], addedTags: [], conversations: 0, texts: 0, calls: 0, waitingEnded: 0 };

it.each([
  ['nothing is there', NOTHING, ['Nothing is filled in: all that is written here stays']],
  [
    'all of it',
    { filled: ['postalCode', 'email'], addedTags: ['vip'], conversations: 1, texts: 1_200, calls: 0, waitingEnded: 1 },
    [
      'Filled in: postal code, e-mail',
      'Tags added: vip',
      'Taken over: 1 conversation, 1,200 texts',
      '1 text of campaigns that still waited will not be sent, so that nobody is texted twice',
    ],
  ],
])('says what a merge does when %s', (_case, merge, lines) => {
  const told = mergeLines(merge);
  expect(told.slice(0, -2)).toEqual(lines);
  expect(told.at(-1)).toContain('An opt-out later on, at either number, holds at both');
});
