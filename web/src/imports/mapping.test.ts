import { describe, expect, it } from 'vitest';
import { attributeName, mappingProblem, ownField, phoneCandidates, sameMapping } from './mapping.ts';

describe('a field of its own is named after its header', () => {
  it.each([
    ['Lead Source', 'lead_source'],
    ['  Año de construcción (aprox.) ', 'año_de_construcción_aprox'],
    ['###', ''],
    ['x'.repeat(80), 'x'.repeat(60)],
  ])('%s', (header, expected) => {
    expect(attributeName(header)).toBe(expected);
  });

  it('or after its place when the header has no letters', () => {
    expect(ownField({ index: 3, header: '#' })).toBe('attribute:column_4');
  });
});

describe('a mapping', () => {
  it.each([
    ['needs a column of numbers', { 0: 'firstName' }, 'Choose the column that holds the phone numbers.'],
    [
      'takes a field once',
      { 0: 'phone', 1: 'city', 2: 'city' },
      'Two columns are both “City”. Choose another field for one of them.',
    ],
    [
      'takes an own field once',
      { 0: 'phone', 1: 'attribute:a', 2: 'attribute:a' },
      'Two columns are both “a”. Choose another field for one of them.',
    ],
    [
      'takes several columns of numbers, streets and tags',
      { 0: 'phone', 1: 'phone', 2: 'tags', 3: 'tags', 4: 'street', 5: 'street', 6: 'ignore', 7: 'ignore' },
      undefined,
    ],
    ['needs a name for an own field', { 0: 'phone', 1: 'attribute:' }, 'Give every field of your own a name.'],
  ])('%s', (_case, mapping, expected) => {
    expect(mappingProblem(mapping)).toBe(expected);
  });

  it('is the same whatever the order of its columns', () => {
    expect(sameMapping({ 0: 'phone', 1: 'city' }, { 1: 'city', 0: 'phone' })).toBe(true);
    expect(sameMapping({ 0: 'phone', 1: 'city' }, { 0: 'phone', 1: 'ignore' })).toBe(false);
  });
});

it('a column of numbers is recognised by its values', () => {
  const column = (index: number, ...samples: readonly string[]) => ({
    index,
    header: `H${index}`,
    field: 'ignore',
    samples: [...samples],
  });
  const columns = [
    column(0, '617-555-0123', '(617) 555-0199'),
    column(1, '02118'),
    column(2, '12 Elm St 6175550123'),
    column(3),
    column(4, '+1 617.555.0123'),
    column(5, '6175550123', 'none'),
  ];
  expect(phoneCandidates(columns).map((found) => found.index)).toEqual([0, 4]);
});
