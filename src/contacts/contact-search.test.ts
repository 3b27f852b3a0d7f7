import fc from 'fast-check';
import { expect, it } from 'vitest';
import { searchPatterns } from './contact-search.ts';

it.each([
  ['a name', 'Lopez', [['%lopez%']]],
  ['two words, both needed', 'maria  LOPEZ', [['%maria%'], ['%lopez%']]],
  ['a number as people write it', '(617) 555', [['%617555%', '%617) 555%']]],
  ['a whole number with its country code', '+1 617-555-0123', [['%16175550123%', '%1 617-555-0123%']]],
  ['bare digits', '5550123', [['%5550123%']]],
  ['a name and a piece of a number', 'lopez 617-555', [['%lopez%'], ['%617-555%', '%617555%']]],
  ['two letters: beginnings of words', 'jo', [['jo%', '% jo%']]],
  ['two digits: beginnings of words', '61', [['61%', '% 61%']]],
  ['a company named by digits', '24/7 plumbing', [['%24/7%', '%247%'], ['%plumbing%']]],
  ['wildcards inside a word mean themselves', '50%off a_b c\\d', [['%50\\%off%'], ['%a\\_b%'], ['%c\\\\d%']]],
  ['marks around words are dropped', '"smith" & sons,', [['%smith%'], ['%sons%']]],
  ['marks alone find nothing', '% _ \\ &', []],
  ['blanks find nothing', '   ', []],
  ['an address', 'ann@acme.com', [['%ann@acme.com%']]],
] as const)('%s', (_case, term, expected) => {
  expect(searchPatterns(term)).toEqual(expected);
});

it('never asks for more than eight words', () => {
  expect(searchPatterns('one two three four five six seven eight nine ten').length).toBe(8);
});

it('gives every pattern a trigram, so that no search reads the whole index', () => {
  // Of a LIKE pattern, pg_trgm can use runs of letters and digits; a run is padded on the side where it touches no wildcard.
  const hasTrigram = (pattern: string): boolean =>
    [...pattern.replace(/\\[\\%_]/g, '-').matchAll(/[\p{L}\p{N}]+/gu)].some((run) => {
      const text = pattern.replace(/\\[\\%_]/g, '-');
      const before = text[run.index - 1] === '%' ? 0 : 2;
      const after = text[run.index + run[0].length] === '%' ? 0 : 1;
      return [...run[0]].length + before + after >= 3;
    });
  fc.assert(
    fc.property(fc.stringMatching(/^[a-c1-3%_\\ .()'-]{0,12}$/), (term) =>
      searchPatterns(term).every((patterns) => patterns.every(hasTrigram)),
    ),
  );
});
