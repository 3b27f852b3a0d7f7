import { describe, expect, it } from 'vitest';
import type { Totals } from '../api/campaigns.ts';
import { filtersOf, type RecipientSearch, withFilter } from './recipient-filters.ts';

const moment = { zone: 'America/New_York', nowMs: Date.parse('2026-11-17T11:00:00Z') };
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
  forecast: null,
};

describe('the filters over the people of a campaign', () => {
  const names = (labels: readonly string[]) =>
    filtersOf({ totals, variants: labels.map(variant) }, live, {}, moment).map((filter) => filter.name);
  it('offer variants only where there are several', () => {
    expect(names(['A'])).toEqual(['state', 'reason']);
    expect(names(['A', 'B'])).toEqual(['state', 'reason', 'variant']);
  });
  it('offer the states that somebody is in', () =>
    expect(filtersOf({ totals, variants: [] }, live, {}, moment)[0]?.options.map((option) => option.value)).toEqual([
      'delivered',
      'failed',
      'skipped',
    ]));
});

describe('what people wait for', () => {
  const wait = (reason: 'turn' | 'cap' | 'put_off', people: number) => ({
    reason,
    people,
    sentence: reason,
    until: null,
  });
  const forecast = { waits: [wait('turn', 3), wait('cap', 4), wait('put_off', 2)] };
  const offered = (waits?: 'cap' | 'stopped' | 'put_off', until?: string) =>
    filtersOf(
      { totals, variants: [] },
      { ...live, forecast: { ...forecast, finishAt: null, noFinish: null, perDay: [], later: null } },
      { ...(waits === undefined ? {} : { waits }), ...(until === undefined ? {} : { until }) },
      moment,
    ).find(({ name }) => name === 'waits');
  it('is counted as the forecast counts it, and whoever waits for their turn together', () =>
    expect(offered()?.options.map(({ value, count }) => [value, count])).toEqual([
      ['turn', 7],
      ['put_off', 2],
    ]));
  it('says which time of it is chosen', () =>
    expect(offered('put_off', '2026-11-18T13:00:00Z')?.options.at(-1)?.label).toBe('tomorrow 08:00 EST: put_off'));
  it('is chosen by any of its names, also when nobody waits for it any more', () => {
    expect(offered('cap')?.value).toBe('turn');
    expect(offered('stopped')?.options.at(-1)).toEqual({
      value: 'stopped',
      label: 'The campaign has stopped',
      count: 0,
    });
  });
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
    ['what is waited for takes the state along', 'waits', 'put_off', { search: 'ann', variant: 'B', waits: 'put_off' }],
    ['an empty search is none', 'search', '', { variant: 'B', state: 'failed', reason: 'landline' }],
    ['a state that does not exist is none', 'state', 'gone', { search: 'ann', variant: 'B' }],
  ])('%s', (_, name, value, after) => expect(withFilter(all, { name, value }, live)).toEqual(after));
});
