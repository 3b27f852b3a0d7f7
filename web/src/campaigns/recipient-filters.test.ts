import { describe, expect, it } from 'vitest';
import type { Totals } from '../api/campaigns.ts';
import { filtersOf, type RecipientSearch, withFilter } from './recipient-filters.ts';

const totals: Totals = {
  enrolled: 10,
  pending: 0,
  handing_over: 0,
  unknown: 0,
  sent: 0,
  delivered: 6,
  failed: 1,
  skipped: 3,
  replied: 0,
  opted_out: 0,
  parts: 7,
  accepted: 7,
};
const variant = (label: string) => ({ id: `var_${label}`, label, weight: 1, body: 'Hi', totals });
const live = {
  failures: [{ code: 'landline', sentence: 'A landline', remedy: '', count: 1 }],
  skips: [{ reason: 'opted_out', sentence: 'Asked not to be texted', count: 3 }],
};

describe('the filters over the people of a campaign', () => {
  const names = (labels: readonly string[]) =>
    filtersOf({ totals, variants: labels.map(variant) }, live, {}).map((filter) => filter.name);
  it('offer variants only where there are several', () => {
    expect(names(['A'])).toEqual(['state', 'reason']);
    expect(names(['A', 'B'])).toEqual(['state', 'reason', 'variant']);
  });
  it('offer the states that somebody is in', () =>
    expect(filtersOf({ totals, variants: [] }, live, {})[0]?.options.map((option) => option.value)).toEqual([
      'delivered',
      'failed',
      'skipped',
    ]));
});

describe('changing one filter', () => {
  const all: RecipientSearch = { search: 'ann', variant: 'B', state: 'failed', reason: 'landline' };
  it.each<[string, string, string | undefined, RecipientSearch]>([
    ['another state takes the reason along', 'state', 'sent', { search: 'ann', variant: 'B', state: 'sent' }],
    ['no state leaves the search and the variant', 'state', undefined, { search: 'ann', variant: 'B' }],
    ['a reason brings its state', 'reason', 'opted_out', { ...all, state: 'skipped', reason: 'opted_out' }],
    ['no reason leaves its state', 'reason', undefined, { search: 'ann', variant: 'B', state: 'failed' }],
    ['another variant changes nothing else', 'variant', 'A', { ...all, variant: 'A' }],
    ['a search changes nothing else', 'search', 'bob', { ...all, search: 'bob' }],
    ['an empty search is none', 'search', '', { variant: 'B', state: 'failed', reason: 'landline' }],
    ['a state that does not exist is none', 'state', 'gone', { search: 'ann', variant: 'B' }],
  ])('%s', (_, name, value, after) => expect(withFilter(all, { name, value }, live)).toEqual(after));
});
