import { describe, expect, it } from 'vitest';
import { oneOf, parseSearch, searchSchema, stringifySearch, text, texts } from './search-schema.ts';

const schema = searchSchema({
  search: text(),
  state: oneOf(['draft', 'running'], ''),
  view: oneOf(['waiting', 'open'], 'waiting'),
  tag: texts(),
});

describe('the address of a list', () => {
  it.each([
    ['?search=maria&state=running', { search: 'maria', state: 'running' }],
    ['?state=burning&page=7', {}],
    ['?view=waiting', {}],
    ['?view=open', { view: 'open' }],
    ['?tag=flood&tag=vip', { tag: ['flood', 'vip'] }],
    ['?tag=flood', { tag: ['flood'] }],
    ['?search=%2B1617', { search: '+1617' }],
    ['?search=0012', { search: '0012' }],
    ['', {}],
  ])('%s means %o', (address, expected) => {
    expect(schema(parseSearch(address))).toEqual(expected);
  });

  it.each([
    [{ search: 'maria', state: undefined }, '?search=maria'],
    [{ tag: ['flood', 'a & b'] }, '?tag=flood&tag=a+%26+b'],
    [{ search: '' }, ''],
  ])('%o is written %s', (search, expected) => {
    expect(stringifySearch(search)).toBe(expected);
  });
});
