import { describe, expect, it } from 'vitest';
import { hourlySeries } from './hourly.ts';

const hour = (at: string, sent: number) => ({
  hour: `2026-11-${at}:00:00Z`,
  sent,
  delivered: 0,
  replied: 0,
  optedOut: 0,
});

describe('texts per hour', () => {
  it('have a zero for every hour in which nothing happened, also before the first text', () =>
    expect(hourlySeries([hour('17T21', 5), hour('18T01', 2)], 'sent', 48)).toEqual([
      0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 2,
    ]));
  it('are the newest when there are too many', () =>
    expect(hourlySeries([hour('17T21', 5), hour('17T23', 2)], 'sent', 2)).toEqual([0, 2]));
  it('are none before the first text', () => expect(hourlySeries([], 'sent', 48)).toEqual([]));
});
