import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addMs, HOUR_MS, instant, MINUTE_MS } from '../platform/time.ts';
import { freshPace, isPaced, type PaceLimits, paceAfter, paceRoom } from './decide-pace.ts';

const NOW = instant('2026-11-17T15:20:00Z');
const FREE: PaceLimits = { maxPerHour: null, maxPerDay: null, finishBy: null };
const moment = (minutes: number, intervalMs = 0, day = '2026-11-17') => ({
  now: addMs(NOW, minutes * MINUTE_MS),
  day,
  intervalMs,
});

describe('the pace of a campaign', () => {
  it('is none without limits', () => {
    expect(isPaced(FREE)).toBe(false);
    expect(paceRoom(FREE, freshPace(moment(0)), moment(0))).toBe(Number.POSITIVE_INFINITY);
  });

  it('ends for this hour and begins anew with the next', () => {
    const limits = { ...FREE, maxPerHour: 10 };
    const used = paceAfter(paceAfter(freshPace(moment(0)), 6, moment(0)), 4, moment(30));
    expect(paceRoom(limits, used, moment(39))).toBe(0);
    expect(paceRoom(limits, used, moment(40))).toBe(10);
  });

  it('ends for this business day and begins anew with the next', () => {
    const limits = { ...FREE, maxPerDay: 10 };
    const used = paceAfter(freshPace(moment(0)), 9, moment(0));
    expect(paceRoom(limits, used, moment(300))).toBe(1);
    expect(paceRoom(limits, used, moment(300, 0, '2026-11-18'))).toBe(10);
  });

  it('waits for the hour that a worker whose clock is ahead has begun, and begins neither anew', () => {
    const limits = { ...FREE, maxPerHour: 10 };
    const ahead = paceAfter(paceAfter(freshPace(moment(39)), 10, moment(39)), 3, moment(40));
    expect(paceRoom(limits, ahead, moment(39))).toBe(0);
    expect(paceRoom(limits, ahead, moment(40))).toBe(7);
  });

  it('does not wait for an hour that a clock wrote that was days ahead', () => {
    const limits = { ...FREE, maxPerHour: 10 };
    const ahead = freshPace(moment(3 * 24 * 60));
    expect(paceRoom(limits, ahead, moment(0))).toBe(10);
  });

  it('is spread: one text, then the next after its interval', () => {
    const limits = { ...FREE, finishBy: addMs(NOW, HOUR_MS) };
    const every = 5 * MINUTE_MS;
    const used = paceAfter(freshPace(moment(0)), 1, moment(0, every));
    expect(paceRoom(limits, used, moment(4, every))).toBe(0);
    expect(paceRoom(limits, used, moment(5, every))).toBe(1);
  });

  it('does not make up in the morning for what a night held up', () => {
    const limits = { ...FREE, finishBy: addMs(NOW, 30 * HOUR_MS) };
    const every = 5 * MINUTE_MS;
    const used = paceAfter(freshPace(moment(0)), 1, moment(0, every));
    const morning = moment(720, every);
    expect(paceRoom(limits, used, morning)).toBe(2);
    expect(paceRoom(limits, paceAfter(used, 2, morning), moment(721, every))).toBe(0);
  });

  it('lets no hour and no day have more than its limit, whatever the rhythm of asking', () => {
    const steps = fc.array(
      fc.record({ minutes: fc.integer({ min: 1, max: 45 }), wants: fc.integer({ min: 1, max: 9 }) }),
      {
        minLength: 20,
        maxLength: 120,
      },
    );
    fc.assert(
      fc.property(
        steps,
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 40 }),
        (asks, maxPerHour, maxPerDay) => {
          const limits = { ...FREE, maxPerHour, maxPerDay };
          const perHour = new Map<string, number>();
          const perDay = new Map<string, number>();
          let used = freshPace(moment(0));
          let minutes = 0;
          for (const ask of asks) {
            minutes += ask.minutes;
            const now = addMs(NOW, minutes * MINUTE_MS);
            const day = now.toString().slice(0, 10);
            const at = { now, day, intervalMs: 0 };
            const taken = Math.min(ask.wants, paceRoom(limits, used, at));
            used = paceAfter(used, taken, at);
            const hour = now.toString().slice(0, 13);
            perHour.set(hour, (perHour.get(hour) ?? 0) + taken);
            perDay.set(day, (perDay.get(day) ?? 0) + taken);
          }
          expect(Math.max(...perHour.values())).toBeLessThanOrEqual(maxPerHour);
          expect(Math.max(...perDay.values())).toBeLessThanOrEqual(maxPerDay);
        },
      ),
      { numRuns: 100 },
    );
  });
});
