import { describe, expect, it } from 'vitest';
import { safeNext } from './safe-next.ts';

describe('after signing in one gets to the wanted page of this site and nowhere else', () => {
  it.each([
    ['/campaigns/cmp_1?state=failed', '/campaigns/cmp_1?state=failed'],
    [undefined, '/'],
    ['https://elsewhere.example', '/'],
    ['//elsewhere.example', '/'],
    ['/\\elsewhere.example', '/'],
    ['javascript:alert(1)', '/'],
    ['/sign-in?next=/inbox', '/'],
    ['/sign-insurance', '/sign-insurance'],
  ])('%s leads to %s', (next, expected) => {
    expect(safeNext(next)).toBe(expected);
  });
});
