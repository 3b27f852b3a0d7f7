import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dayIn, daysUpTo, startOfDay } from '../platform/calendar.ts';
import { instant } from '../platform/time.ts';
import { parseZone } from './business.ts';

describe('a time zone', () => {
  it.each([
    ['America/New_York', 'America/New_York'],
    ['america/los_angeles', 'America/Los_Angeles'],
    ['Pacific/Honolulu', 'Pacific/Honolulu'],
  ])('%s is taken', (text, zone) => expect(parseZone(text)).toEqual({ ok: true, value: zone }));

  it.each(['', 'Eastern', 'Mars/Olympus', '+05:00', '-08', 'America/New_York; drop table lane'])(
    '"%s" is refused',
    (text) => expect(parseZone(text)).toMatchObject({ ok: false, error: { errors: [{ pointer: '/zone' }] } }),
  );
});

describe('a day of the business', () => {
  it.each([
    ['the evening in Honolulu', 'Pacific/Honolulu', '2026-11-18T05:00:00Z', '2026-11-17'],
    ['the same instant in New York', 'America/New_York', '2026-11-18T05:00:00Z', '2026-11-18'],
    ['a second before midnight in New York', 'America/New_York', '2026-11-18T04:59:59Z', '2026-11-17'],
  ])('is that of its zone: %s', (_, zone, at, day) => expect(dayIn(zone, instant(at))).toBe(day));

  it.each([
    ['in winter', '2026-01-15', '2026-01-15T05:00:00Z'],
    ['in summer', '2026-07-15', '2026-07-15T04:00:00Z'],
    ['on the day the clocks go forward', '2026-03-08', '2026-03-08T05:00:00Z'],
    ['on the day after', '2026-03-09', '2026-03-09T04:00:00Z'],
  ])('begins at its own midnight %s', (_, day, start) =>
    expect(startOfDay('America/New_York', day).toString()).toBe(start),
  );

  it('contains the instant at which it begins, in every zone and on every day', () => {
    const zones = ['America/New_York', 'America/Phoenix', 'Pacific/Honolulu', 'America/St_Johns', 'Asia/Beirut'];
    const days = fc.constantFrom(...daysUpTo('2032-01-01', 3_651));
    fc.assert(
      fc.property(fc.constantFrom(...zones), days, (zone, day) => dayIn(zone, startOfDay(zone, day)) === day),
      { numRuns: 200 },
    );
  });

  it('follows the one before', () =>
    expect(daysUpTo('2026-03-01', 3)).toEqual(['2026-02-27', '2026-02-28', '2026-03-01']));
});
