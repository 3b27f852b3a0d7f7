import { describe, expect, it } from 'vitest';
import type { HoursRule, PlaceHours } from '../api/sending-policy.ts';
import { decidedBy, groupPlaces, hoursWords } from './place-groups.ts';

const rule = (code: string, because: string | null = null): HoursRule => ({ code, text: code, because });
const place = (name: string, change: Partial<PlaceHours> = {}): PlaceHours => ({
  state: name,
  name,
  zone: 'America/New_York',
  zones: ['America/New_York'],
  day: '2026-11-17',
  open: [
    {
      from: '2026-11-17T14:00:00Z',
      to: '2026-11-18T01:00:00Z',
      opensBy: rule('standard'),
      closesBy: rule('standard'),
    },
  ],
  closedBy: null,
  opensAt: '2026-11-17T14:00:00Z',
  messagesPerDay: 3,
  ...change,
});
const [span] = place('x').open;
const closed = (closedBy: HoursRule) => ({ open: [], closedBy });

describe('what the hours of a place mean', () => {
  const cases: readonly (readonly [string, PlaceHours, string, string])[] = [
    ['one rule for both ends', place('OH'), '09:00–20:00', 'Your preset'],
    [
      'a state that opens later',
      place('KY', { open: span === undefined ? [] : [{ ...span, opensBy: rule('KY') }] }),
      '09:00–20:00',
      'Opens by state law, closes by your preset',
    ],
    [
      'a day that is open from its first minute to its last',
      place('OH', {
        open: [{ from: '2026-11-17T05:00:00Z', to: '2026-11-18T05:00:00Z', opensBy: null, closesBy: rule('federal') }],
      }),
      '00:00–24:00',
      'Federal law',
    ],
    ['its own time', place('CA', { zone: 'America/Los_Angeles' }), '06:00–17:00', 'Your preset'],
    ['a holiday', place('UT', closed(rule('UT', 'Thanksgiving Day'))), 'Closed', 'State law, Thanksgiving Day'],
    ['a blackout', place('TX', closed(rule('blackout', 'Ice storm'))), 'Closed', 'A blackout: Ice storm'],
  ];
  it.each(cases)('is said of %s', (_, given, hours, decided) =>
    expect([hoursWords(given), decidedBy(given)]).toEqual([hours, decided]),
  );

  it('is said once for all that are alike, the closed ones last', () => {
    const groups = groupPlaces([
      place('AL', closed(rule('AL'))),
      place('LA', closed(rule('LA'))),
      place('SD', closed(rule('SD'))),
      place('OH'),
      place('NY', { open: span === undefined ? [] : [{ ...span, closesBy: rule('NY') }] }),
    ]);
    expect(groups.map((group) => [group.hours, group.places.map((one) => one.name), group.decidedBy])).toEqual([
      ['09:00–20:00', ['OH', 'NY'], 'Your preset, state law'],
      ['Closed', ['AL', 'LA', 'SD'], 'State law'],
    ]);
  });
});
