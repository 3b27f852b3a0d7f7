import { describe, expect, it } from 'vitest';
import type { WebhookStats } from '../api/webhook-events.ts';
import { everyHour, everyMinute, figuresCsv, hourWords } from './figures.ts';

const stats: WebhookStats = {
  from: '2026-11-17T14:57:30Z',
  until: '2026-11-17T15:00:10Z',
  minutes: [
    { at: '2026-11-17T14:58:00Z', received: 1_200, applied: 1_197, failed: 3, lagP50Ms: 80, lagP95Ms: 240 },
    { at: '2026-11-17T15:00:00Z', received: 4, applied: 0, failed: 0, lagP50Ms: null, lagP95Ms: null },
  ],
  types: [],
};

describe('the figures of the last minutes', () => {
  it('have every minute, those without an event too', () =>
    expect(everyMinute(stats).map(({ at, received }) => [at.slice(11, 16), received])).toEqual([
      ['14:57', 0],
      ['14:58', 1_200],
      ['14:59', 0],
      ['15:00', 4],
    ]));

  it('are told in a sentence', () => {
    expect(hourWords(stats).replaceAll('\u00a0', ' ')).toBe(
      '1,204 events in the last hour, 95% applied within 240 ms in every minute, 3 failed',
    );
    expect(hourWords({ ...stats, minutes: [] })).toBe('No event in the last hour');
  });

  it('become a file', () => expect(figuresCsv(stats.minutes).split('\r\n')[2]).toBe('2026-11-17T15:00:00Z,4,0,0,,'));
});

describe('where webhooks came from', () => {
  const hours = [
    { at: '2026-11-16T20:00:00Z', accepted: 1, repeated: 2, refused: 3 },
    { at: '2026-11-17T15:00:00Z', accepted: 10, repeated: 20, refused: 30 },
  ];
  const nowMs = Date.parse('2026-11-17T15:20:00Z');
  it('is shown by the hour of a day', () => {
    const bars = everyHour(hours, { hours: 24, nowMs });
    expect(bars).toHaveLength(24);
    expect(bars[0]?.at).toBe('2026-11-16T16:00:00.000Z');
    expect(bars[4]).toMatchObject({ accepted: 1, repeated: 2, refused: 3 });
    expect(bars.at(-1)).toMatchObject({ at: '2026-11-17T15:00:00.000Z', refused: 30 });
  });
  it('and by the day of a week', () => {
    const bars = everyHour(hours, { hours: 168, nowMs });
    expect(bars.map(({ accepted }) => accepted)).toEqual([0, 0, 0, 0, 0, 0, 11]);
  });
});
