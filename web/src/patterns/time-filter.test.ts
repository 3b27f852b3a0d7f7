import { expect, it } from 'vitest';
import { timeFilter, withinFrom } from './time-filter.ts';

const clock = { nowMs: Date.parse('2026-11-17T15:00:42Z'), zone: 'America/New_York' };

it.each<[string, string | undefined]>([
  ['1h', '2026-11-17T14:00:00.000Z'],
  ['7d', '2026-11-10T15:00:00.000Z'],
  ['', undefined],
])('within "%s" begins at %s', (within, from) => expect(withinFrom(within, clock.nowMs)).toBe(from));

it('goes from an instant of the address to another', () => {
  const { filter, chips } = timeFilter({ within: '1h', from: '2026-11-17T10:00:00Z', until: 'soon' }, clock);
  expect(filter).toEqual({ from: '2026-11-17T10:00:00Z', until: 'soon' });
  expect(chips.map(({ options, value }) => options.find((one) => one.value === value)?.label)).toEqual([
    'Last hour',
    'Tue 17 Nov, 05:00 EST',
    'soon',
  ]);
});
