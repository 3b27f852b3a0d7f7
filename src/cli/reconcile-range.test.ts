import { expect, it } from 'vitest';
import { instant } from '../platform/time.ts';
import { parseWhen } from './reconcile-range.ts';

const context = { now: instant('2026-11-17T15:00:00Z'), zone: 'America/New_York' };

it.each([
  ['3d', '2026-11-14T15:00:00Z'],
  ['12h', '2026-11-17T03:00:00Z'],
  ['30m', '2026-11-17T14:30:00Z'],
  ['2026-11-16', '2026-11-16T05:00:00Z'],
  ['2026-11-16T08:00:00-05:00', '2026-11-16T13:00:00Z'],
])('%s is %s', (text, at) => {
  expect(parseWhen(text, context).toString()).toBe(at);
});

it.each(['', 'yesterday', '3w', '2026-13-01', '2026-11-16T08:00:00'])('"%s" is refused with what would do', (text) => {
  expect(() => parseWhen(text, context)).toThrow('is no time: give 3d');
});
