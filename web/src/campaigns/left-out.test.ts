import { expect, it } from 'vitest';
import { reasonsInShort } from './left-out.tsx';

const reason = (count: number, sentence: string) => ({ reason: sentence, sentence, count, sample: [] });
const canadian = reason(1_206, 'A Canadian number; campaigns text US numbers only');
const tollFree = reason(2, 'A toll-free number is no one’s phone');

it.each([
  [[canadian], 'a Canadian number; campaigns text US numbers only'],
  [
    [canadian, tollFree],
    '1,206 (a Canadian number; campaigns text US numbers only), 2 (a toll-free number is no one’s phone)',
  ],
])('reasons in short: %#', (excluded, words) => expect(reasonsInShort(excluded)).toBe(words));
