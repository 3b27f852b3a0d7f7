import { describe, expect, it } from 'vitest';
import { quietHint } from './quiet-hint.ts';

const BOSTON = 'America/New_York';
const CHICAGO = 'America/Chicago';
const DENVER = 'America/Denver';
const hint = (zones: readonly string[], at: string) => quietHint({ zones, nowMs: Date.parse(at), who: 'Ana' });

describe('whether it is night where the person is', () => {
  it.each([
    ['by day nothing is said', [BOSTON], '2026-11-17T18:00:00Z', undefined],
    ['at eight the day begins', [BOSTON], '2026-11-17T13:00:00Z', undefined],
    ['a minute before it is night', [BOSTON], '2026-11-17T12:59:00Z', 'It is 07:59 where Ana is.'],
    ['at nine in the evening it is night', [BOSTON], '2026-11-18T02:00:00Z', 'It is 21:00 where Ana is.'],
    ['midnight is 00', [BOSTON], '2026-11-17T05:10:00Z', 'It is 00:10 where Ana is.'],
    ['night in one of two places', [BOSTON, CHICAGO], '2026-11-18T02:40:00Z', 'It is 21:40 or 20:40 where Ana may be.'],
    [
      'three places',
      [BOSTON, CHICAGO, DENVER],
      '2026-11-18T02:40:00Z',
      'It is 21:40, 20:40 or 19:40 where Ana may be.',
    ],
    [
      'two zones with the same clock are one',
      [BOSTON, 'America/Detroit'],
      '2026-11-18T02:40:00Z',
      'It is 21:40 where Ana is.',
    ],
    ['an unknown place says nothing', [], '2026-11-18T02:40:00Z', undefined],
  ] as const)('%s', (_, zones, at, expected) => {
    expect(hint(zones, at)).toBe(expected);
  });
});
