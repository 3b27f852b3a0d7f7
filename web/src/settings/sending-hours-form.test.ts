import { describe, expect, it } from 'vitest';
import type { SendingPolicy } from '../api/sending-policy.ts';
import { formOf, formProblems, type HoursForm, isoDay, policyOf } from './sending-hours-form.ts';

const office = { startMinute: 570, endMinute: 1_020 };
const policy: SendingPolicy = {
  preset: 'strict',
  messagesPerDay: 2,
  businessHours: { zone: 'America/Denver', days: { '1': office, '6': { startMinute: 0, endMinute: 1_440 } } },
  blackouts: [{ state: 'TX', firstDay: '2026-12-24', lastDay: '2026-12-26', reason: 'Ice storm' }],
};
const form = formOf(policy, 'America/New_York');

describe('the form of the sending hours', () => {
  it.each([
    ['with business hours', policy],
    ['without', { ...policy, businessHours: null }],
  ])('says what it was given %s', (_, given) => expect(policyOf(formOf(given, 'America/Chicago'))).toEqual(given));

  it('has nine to five ready in the zone of the business', () => {
    const ready = formOf({ ...policy, businessHours: null }, 'America/Chicago');
    const nine = { startMinute: 540, endMinute: 1_020 };
    expect(policyOf({ ...ready, limited: true }).businessHours).toEqual({
      zone: 'America/Chicago',
      days: { '1': nine, '2': nine, '3': nine, '4': nine, '5': nine },
    });
  });

  const week = (index: number, change: object): Partial<HoursForm> => ({
    days: form.days.map((day, at) => (at === index ? { ...day, ...change } : day)),
  });
  const cases: readonly (readonly [string, Partial<HoursForm>, Readonly<Record<string, string>>])[] = [
    ['nothing in a good one', {}, {}],
    ['an empty number', { messagesPerDay: '' }, { messagesPerDay: 'Type how many texts, at least 1' }],
    [
      'a day that ends before it begins',
      week(0, { end: '08:00' }),
      { businessHours: 'Monday must begin before it ends' },
    ],
    ['nothing in a day until midnight', week(0, { end: '00:00' }), {}],
    [
      'a week without an open day',
      { days: form.days.map((day) => ({ ...day, open: false })) },
      { businessHours: 'Open at least one day' },
    ],
    ['nothing in hours that are not used', { ...week(0, { end: '08:00' }), limited: false }, {}],
  ];
  it.each(cases)('finds %s', (_, change, problems) => expect(formProblems({ ...form, ...change })).toEqual(problems));
});

it('knows the day of the business', () =>
  expect(isoDay({ nowMs: Date.parse('2026-11-18T04:59:00Z'), zone: 'America/New_York' })).toBe('2026-11-17'));
