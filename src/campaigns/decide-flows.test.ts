import { describe, expect, it } from 'vitest';
import { campaign, finish, first, lane, one, people } from '../../test/forecast-facts.ts';
import { instant } from '../platform/time.ts';
import type { CampaignForecast, ForecastCampaign } from './forecast.ts';

describe('an evenly spread campaign of several accounts', () => {
  const account = (id: string, ratePerSecond: number) => ({ id, state: 'active', ratePerSecond }) as const;
  const at = (id: string, accountId: string, dailyCap: number) => lane({ id, accountId, dailyCap });
  const spread = (finishBy: string, change: Partial<ForecastCampaign>) =>
    campaign({ pace: { maxPerHour: null, maxPerDay: null, finishBy: instant(finishBy) }, ...change });
  const byLane = ({ perDay }: CampaignForecast) =>
    Object.fromEntries(perDay.flatMap(({ lanes }) => lanes.map(({ laneId, count }) => [laneId, count])));

  it('takes what its number with most room cannot give from the other, before less urgent ones', () => {
    const change = {
      accounts: [account('fast', 1), account('slow', 0.1)],
      lanes: [at('one', 'fast', 600), at('two', 'slow', 800)],
      campaigns: [
        spread('2026-11-17T15:08:00Z', { priority: 1, laneIds: ['one', 'two'], waiting: [people(150)] }),
        campaign({ id: 'b', waiting: [people(250)] }),
      ],
    };
    // 0.3 a second, of which the slow account gives 0.09; the other campaign has what is left of 0.9.
    expect(byLane(first(change))).toEqual({ one: 107, two: 43 });
    expect(finish(one(change, 'b'))).toBe('2026-11-17T15:06:08Z');
  });

  it('waits for the room of a number although people know that one', () => {
    const change = {
      accounts: [account('first', 8), account('second', 8)],
      lanes: [at('one', 'first', 100), at('two', 'second', 200)],
      campaigns: [
        spread('2026-11-17T20:00:00Z', {
          laneIds: ['one', 'two'],
          waiting: [people(100), people(100, { laneId: 'two' })],
        }),
      ],
    };
    expect(byLane(first(change))).toEqual({ one: 50, two: 150 });
  });

  it('takes as much from each of the others', () => {
    const change = {
      accounts: [account('slow', 0.1), account('first', 8), account('second', 8)],
      lanes: [at('most', 'slow', 900), at('one', 'first', 300), at('two', 'second', 300)],
      campaigns: [spread('2026-11-17T15:08:00Z', { laneIds: ['most', 'one', 'two'], waiting: [people(150)] })],
    };
    const { one: some, two: others, most } = byLane(first(change));
    expect(most).toBe(43);
    expect(Math.abs((some ?? 0) - (others ?? 0))).toBeLessThanOrEqual(1);
  });
});
