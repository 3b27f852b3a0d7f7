import { expect, it } from 'vitest';
import { countBound } from './list-contacts.ts';

it.each([
  ['the first business has, with or without filters', { filtered: true, contacts: 20_000 }, 100_000],
  ['a large one has in all', { filtered: false, contacts: 1_000_000 }, 100_000],
  ['a filter finds among very many', { filtered: true, contacts: 1_000_000 }, 10_000],
])('what %s is counted up to a bound that keeps it quick', (_whose, asked, bound) => {
  expect(countBound(asked)).toBe(bound);
});
