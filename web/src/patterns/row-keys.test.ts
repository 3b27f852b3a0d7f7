import { describe, expect, it } from 'vitest';
import { rowAfterKey } from './row-keys.ts';

const at = { index: 5, count: 20, pageRows: 10 };

describe('keys that move through rows stop at the ends', () => {
  it.each([
    ['ArrowDown', at, 6],
    ['ArrowUp', at, 4],
    ['j', at, 6],
    ['PageDown', at, 15],
    ['PageUp', at, 0],
    ['Home', at, 0],
    ['End', at, 19],
    ['ArrowDown', { ...at, index: 19 }, 19],
    ['ArrowUp', { ...at, index: 0 }, 0],
    ['x', at, undefined],
    ['ArrowDown', { index: -1, count: 0, pageRows: 10 }, undefined],
  ])('%s from %o leads to %s', (key, from, expected) => {
    expect(rowAfterKey(key, from)).toBe(expected);
  });
});
