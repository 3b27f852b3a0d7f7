import { expect, it } from 'vitest';
import { matchedSpan } from './matched-span.ts';

it.each<[string, string, string, string | null]>([
  ['other case', 'NO thanks', 'no', 'NO'],
  ['punctuation between', 'Hm, who... IS this?', 'who is this', 'who... IS this'],
  ['an apostrophe that rules do not see', 'I don’t need it', 'dont need', 'don’t need'],
  ['a word inside another', 'I know, no', 'no', 'no'],
  ['spelling that was mended', 'stpo?', 'stop', null],
  ['signs alone', '🖕', '🖕', null],
])('the words that a rule recognised are found with %s', (_, text, matched, expected) => {
  const span = matchedSpan(text, matched);
  expect(span === null ? null : text.slice(span.start, span.end)).toBe(expected);
});
