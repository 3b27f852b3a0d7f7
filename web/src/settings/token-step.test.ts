import { expect, it } from 'vitest';
import type { Webhooks } from '../api/health.ts';
import { tokenStep } from './token-step.ts';

const key = (signer: string, change: Partial<Webhooks['keys'][number]> = {}): Webhooks['keys'][number] => ({
  ...{ signer, part: 'number', since: '2026-11-17T15:00:00Z' },
  ...{ retireAt: null, succeededBy: null, lastSeenAt: null, mayRetire: false },
  ...change,
});
const leaving = key('a', { retireAt: '2026-11-18T19:00:00Z', succeededBy: 'b', lastSeenAt: '2026-11-17T15:00:00Z' });

it.each([
  ['a token is to be given while one alone is known', [key('a')], 'give'],
  ['or none', [], 'give'],
  ['it is to be promoted while nothing came that it signed', [key('b'), leaving], 'promote'],
  ['the old one may go once something did', [key('b'), { ...leaving, mayRetire: true }], 'retire'],
  ['also when one was given by mistake in between', [key('c'), { ...leaving, mayRetire: true }, leaving], 'retire'],
] as const)('%s', (_case, keys, step) => {
  expect(tokenStep([...keys])).toBe(step);
});
