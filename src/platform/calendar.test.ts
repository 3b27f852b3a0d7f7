import { expect, it } from 'vitest';
import { dayIn, daysUpTo, localTime, minuteOfDay, nextMidnight, startOfDay } from './calendar.ts';
import { instant } from './time.ts';

const NEW_YORK = 'America/New_York';

it('counts days in the zone', () => {
  expect(dayIn(NEW_YORK, instant('2026-11-18T04:59:59Z'))).toBe('2026-11-17');
  expect(dayIn(NEW_YORK, instant('2026-11-18T05:00:00Z'))).toBe('2026-11-18');
  expect(nextMidnight(NEW_YORK, instant('2026-11-01T05:30:00Z')).toString()).toBe('2026-11-02T05:00:00Z');
  expect(startOfDay(NEW_YORK, '2026-11-01').toString()).toBe('2026-11-01T04:00:00Z');
});

it('tells a time with its zone', () => {
  expect(localTime(instant('2026-11-18T13:00:00Z'), NEW_YORK)).toBe('Wed, Nov 18, 08:00 EST');
});

it('lists days, the last one given', () => {
  expect(daysUpTo('2026-03-01', 3)).toEqual(['2026-02-27', '2026-02-28', '2026-03-01']);
});

it('writes a time with its zone', () =>
  expect(localTime(instant('2026-11-18T13:00:00Z'), NEW_YORK)).toBe('Wed, Nov 18, 08:00 EST'));

it.each([
  ['a minute of the day there', 9 * 60 + 30, '2026-11-17T14:30:00Z'],
  ['the midnight that ends it', 1440, '2026-11-18T05:00:00Z'],
])('finds %s', (_, minute, at) =>
  expect(minuteOfDay(NEW_YORK, instant('2026-11-18T04:00:00Z'), minute).toString()).toBe(at),
);

it('takes the first minute after the gap for one that is skipped', () =>
  expect(minuteOfDay(NEW_YORK, instant('2026-03-08T12:00:00Z'), 2 * 60 + 30).toString()).toBe('2026-03-08T07:30:00Z'));
