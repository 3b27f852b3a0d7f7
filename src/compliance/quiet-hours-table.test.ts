import { describe, expect, it } from 'vitest';
import { parseQuietHours, QUIET_HOURS } from './quiet-hours-table.ts';

const row = {
  weekday: '08:00-21:00',
  saturday: '08:00-21:00',
  sunday: null,
  holiday: 'as-day',
  source: 'a law',
};
const table = {
  version: 'a',
  validFrom: '2025-01-01',
  validTo: null as string | null,
  source: 'laws',
  federal: row,
  unknownPlace: row,
  presets: { standard: row, strict: row, federal_state: row },
  states: { FL: row },
};
const later = { ...table, version: 'b', validFrom: '2026-01-01' };

describe('rule tables', () => {
  it.each([
    [
      'a state that the table before has and this one forgets',
      [{ ...table, validTo: '2026-01-01', states: { FL: row, TX: row, UT: row } }, later],
      'b has no row for TX, UT, which a has; where a law was repealed, write the federal hours',
    ],
    ['a preset without hours', [{ ...table, presets: { standard: row, strict: row } }], 'presets.federal_state'],
    ['a state without its Sunday', [{ ...table, states: { FL: { ...row, sunday: undefined } } }], 'states.FL.sunday'],
    [
      'hours that end before they begin',
      [{ ...table, federal: { ...row, weekday: '21:00-08:00' } }],
      'got "21:00-08:00"',
    ],
    ['hours that are no hours', [{ ...table, federal: { ...row, weekday: '8 to 9' } }], 'got "8 to 9"'],
    ['a state that is none', [{ ...table, states: { Florida: row } }], 'Florida'],
    ['a cap of zero', [{ ...table, states: { FL: { ...row, messagesPerDay: 0 } } }], 'messagesPerDay'],
    [
      'a zone that is none',
      [{ ...table, states: { MS: { ...row, zones: ['America/Jackson'] } } }],
      'got "America/Jackson"',
    ],
    ['a word that nobody knows', [{ ...table, holidays: [] }], 'holidays'],
  ])('are refused with %s', (_, versions, message) => {
    expect(() => parseQuietHours({ versions })).toThrow(message);
    expect(() => parseQuietHours({ versions })).toThrow('Mend compliance/rules/quiet-hours.json');
  });

  it('of this product name the states with hours of their own', () => {
    expect(Object.keys(QUIET_HOURS.versions.at(-1)?.states ?? {}).join(' ')).toBe(
      'AL CT FL IL KY LA MA MD MI MN MS NJ NM NV OK OR PA RI SD TX UT WA WY',
    );
  });
});
