import { describe, expect, it } from 'vitest';
import { neighbour, steadyRows } from './steady-rows.ts';

const rows = (text: string) => [...text].map((id) => ({ id }));
const words = (list: readonly { readonly id: string }[]) => list.map((row) => row.id).join('');

describe('a list that is being read stays where it is', () => {
  it.each([
    // what happens, before, now, hold, selected, shown, counted as new
    ['at the top the list is as the server says', 'abc', 'xabc', false, undefined, 'xabc', 0],
    ['scrolled down, newer rows are only counted', 'abc', 'xyabc', true, undefined, 'abc', 2],
    ['scrolled down, the next page still comes', 'abc', 'abcde', true, undefined, 'abcde', 0],
    ['scrolled down, both at once', 'abc', 'xabcde', true, undefined, 'abcde', 1],
    ['scrolled down, a row that left the view stays', 'abc', 'ac', true, undefined, 'abc', 0],
    ['scrolled down, a row that moved up stays in its place and is counted', 'abc', 'cab', true, undefined, 'abc', 1],
    ['scrolled down, one came and two moved up', 'abcd', 'xdcab', true, undefined, 'abcd', 3],
    ['scrolled down, the first row left and nothing came', 'abc', 'bc', true, undefined, 'abc', 0],
    ['the selected row stays after it has left the view', 'abc', 'ac', false, 'b', 'abc', 0],
    ['the selected row stays at the top', 'abc', 'bc', false, 'a', 'abc', 0],
    ['the selected row stays below what is left of its upper neighbours', 'abcd', 'ad', false, 'c', 'acd', 0],
    ['a selected row that is still there is not doubled', 'abc', 'bac', false, 'b', 'bac', 0],
    ['a selected row that was never listed is not invented', 'abc', 'abc', false, 'q', 'abc', 0],
    ['a list that was empty shows what came', '', 'ab', true, undefined, 'ab', 0],
  ])('%s', (_, before, now, hold, keepId, shown, fresh) => {
    const steady = steadyRows({ before: rows(before), now: rows(now), hold, keepId });
    expect([words(steady.rows), steady.fresh]).toEqual([shown, fresh]);
  });

  it('renews the contents of rows that keep their places', () => {
    const before = [{ id: 'a', unread: 0 }];
    const now = [{ id: 'a', unread: 3 }];
    expect(steadyRows({ before, now, hold: true, keepId: undefined }).rows).toEqual(now);
  });
});

describe('j and k', () => {
  it.each([
    ['j goes down', 'b', 1, 'c'],
    ['k goes up', 'b', -1, 'a'],
    ['j at the end stays', 'c', 1, undefined],
    ['k at the top stays', 'a', -1, undefined],
    ['with nothing selected the first is opened', undefined, 1, 'a'],
    ['a selected one that is not listed leads to the first', 'q', -1, 'a'],
  ] as const)('%s', (_, id, step, expected) => {
    expect(neighbour(rows('abc'), id, step)).toBe(expected);
  });
});
