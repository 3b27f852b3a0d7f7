import { expect, it } from 'vitest';
import { dayIn, daysUpTo, nextMidnight, startOfDay } from './calendar.ts';
import { instant } from './time.ts';

const NEW_YORK = 'America/New_York';

it('counts days in the zone', () => {
  expect(dayIn(NEW_YORK, instant('2026-11-18T04:59:59Z'))).toBe('2026-11-17');
  expect(dayIn(NEW_YORK, instant('2026-11-18T05:00:00Z'))).toBe('2026-11-18');
  expect(nextMidnight(NEW_YORK, instant('2026-11-01T05:30:00Z')).toString()).toBe('2026-11-02T05:00:00Z');
  expect(startOfDay(NEW_YORK, '2026-11-01').toString()).toBe('2026-11-01T04:00:00Z');
});

it('lists days, the last one given', () => {
  expect(daysUpTo('2026-03-01', 3)).toEqual(['2026-02-27', '2026-02-28', '2026-03-01']);
});
