import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addMs, DAY_MS, HOUR_MS, instant, instantFromMs, MINUTE_MS } from '../platform/time.ts';
import { hoursAhead, openMsOfAny } from './open-spans.ts';
import { openUntil, type Places, type QuietHoursPolicy } from './quiet-hours.ts';

const NOW = instant('2026-10-20T15:00:00Z');
const PLACES: readonly Places[] = [
  { zones: ['America/New_York'], states: ['MA'] },
  { zones: ['America/Chicago', 'America/New_York'], states: ['FL'] },
  { zones: ['America/Chicago'], states: ['AL'] },
  { zones: ['Pacific/Honolulu'], states: ['HI'] },
  { zones: ['America/Denver', 'America/Phoenix', 'Pacific/Guam'], states: [] },
];
const LAW: QuietHoursPolicy = { preset: 'federal_state', window: { startMinute: 480, endMinute: 1260 } };
const NARROW: QuietHoursPolicy = {
  preset: 'strict',
  window: { startMinute: 600, endMinute: 1080 },
  businessHours: {
    zone: 'America/Chicago',
    days: { 1: { startMinute: 540, endMinute: 1440 }, 3: { startMinute: 0, endMinute: 720 } },
  },
  blackouts: [{ state: 'MA', firstDay: '2026-11-02', lastDay: '2026-11-09', reason: 'storm' }],
};

describe('hours ahead', () => {
  it('are open exactly when the rules say so of an instant, holidays and changes of the clock included', () => {
    const minutes = fc.integer({ min: 0, max: 120 * 24 * 60 });
    const ahead = hoursAhead(NOW);
    const known = PLACES.flatMap((places) =>
      [LAW, NARROW].map((policy) => ({ places, policy, spans: ahead(places, policy) })),
    );
    fc.assert(
      fc.property(minutes, fc.constantFrom(...known), (minute, { places, policy, spans }) => {
        const at = addMs(NOW, minute * MINUTE_MS);
        const span = spans.from(at.epochMilliseconds);
        const open = openUntil(places, policy, at);
        const found =
          span !== undefined && span.opensMs <= at.epochMilliseconds ? instantFromMs(span.closesMs) : undefined;
        expect(found?.toString()).toBe(open?.toString());
      }),
      { numRuns: 400 },
    );
  });

  it('never come where zones are too far apart, and never without a zone', () => {
    const ahead = hoursAhead(NOW);
    const morning = { ...LAW, window: { startMinute: 540, endMinute: 720 } };
    expect(
      ahead({ zones: ['America/New_York', 'Asia/Tokyo'], states: [] }, morning).from(NOW.epochMilliseconds),
    ).toBeUndefined();
    expect(ahead({ zones: [], states: [] }, LAW).from(NOW.epochMilliseconds)).toBeUndefined();
  });

  it('count once where two groups are open together', () => {
    const ahead = hoursAhead(NOW);
    const groups = [PLACES[0], PLACES[2]].flatMap((places) => (places === undefined ? [] : [ahead(places, LAW)]));
    // 8:00 to 20:00 in New York, 8:00 to 20:00 in Chicago: together thirteen hours; from 11:00 on, ten are left.
    const fromMs = NOW.epochMilliseconds;
    expect(openMsOfAny(groups, fromMs, fromMs + DAY_MS - 3 * HOUR_MS)).toBe(10 * HOUR_MS);
    expect(openMsOfAny(groups, fromMs, fromMs + DAY_MS)).toBe(13 * HOUR_MS);
  });
});
