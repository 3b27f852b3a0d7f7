import { describe, expect, it } from 'vitest';
import { addMs, HOUR_MS, instant, MINUTE_MS } from '../platform/time.ts';
import { lastDueAt } from './decide-due.ts';
import { remainingMs } from './run.ts';

const NEW_YORK = 'America/New_York';

describe('the daily run', () => {
  it.each([
    ['on a plain day', '2026-11-17T20:00:00Z', NEW_YORK, '2026-11-17T07:00:00Z'],
    ['before two it is that of the day before', '2026-11-17T06:59:59Z', NEW_YORK, '2026-11-16T07:00:00Z'],
    ['at two sharp', '2026-11-17T07:00:00Z', NEW_YORK, '2026-11-17T07:00:00Z'],
    ['where two is skipped, at three', '2026-03-08T12:00:00Z', NEW_YORK, '2026-03-08T07:00:00Z'],
    ['before that three', '2026-03-08T06:59:00Z', NEW_YORK, '2026-03-07T07:00:00Z'],
    ['where two comes once more after one, at two', '2026-11-01T12:00:00Z', NEW_YORK, '2026-11-01T07:00:00Z'],
    ['where two itself comes twice, at the first', '2026-10-25T12:00:00Z', 'Europe/Berlin', '2026-10-25T00:00:00Z'],
    ['far ahead of UTC', '2026-11-17T20:00:00Z', 'Pacific/Auckland', '2026-11-17T13:00:00Z'],
  ])('is due %s', (_case, now, zone, due) => {
    expect(lastDueAt(instant(now), zone).toString()).toBe(due);
  });

  it('is due once a day, whatever the clocks do', () => {
    const from = instant('2026-01-01T00:00:00Z');
    for (const zone of [NEW_YORK, 'Europe/Berlin', 'Australia/Lord_Howe']) {
      const dues = Array.from({ length: 366 * 24 }, (_, hour) => lastDueAt(addMs(from, hour * HOUR_MS), zone));
      const days = new Set(dues.map((due) => due.toZonedDateTimeISO(zone).toPlainDate().toString()));
      expect(new Set(dues.map(String)).size).toBe(days.size);
      expect(days.size).toBeGreaterThanOrEqual(366);
    }
  });
});

describe('the time that is left', () => {
  const startedAt = instant('2026-11-17T07:00:00Z');
  const after = (progress: number) =>
    remainingMs({ state: 'running', startedAt, progress }, addMs(startedAt, 10 * MINUTE_MS));

  it.each([
    ['anybody’s guess at the beginning', 0.01, undefined],
    ['three times as long as it took for a quarter', 0.25, 30 * MINUTE_MS],
    ['none at the end', 1, 0],
  ])('is %s', (_case, progress, left) => {
    expect(after(progress)).toBe(left);
  });
});
