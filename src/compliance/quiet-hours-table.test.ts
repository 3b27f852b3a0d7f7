import { describe, expect, it } from 'vitest';
import { instant } from '../platform/time.ts';
import { parseRuleTables, RULE_TABLES, requireRuleTable, ruleTableAt } from './quiet-hours-table.ts';

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
  federal: row,
  unknownPlace: row,
  presets: { standard: row, strict: row, federal_state: row },
  states: { FL: row },
};
const later = { ...table, version: 'b', validFrom: '2026-01-01' };

describe('rule tables', () => {
  it('follow each other without a gap, and the one of the day is found', () => {
    const tables = parseRuleTables({ versions: [{ ...table, validTo: '2026-01-01' }, later] });
    expect(ruleTableAt(tables, instant('2025-12-31T23:59:59Z')).version).toBe('a');
    expect(ruleTableAt(tables, instant('2026-01-01T00:00:00Z')).version).toBe('b');
    expect(ruleTableAt(tables, instant('2024-01-01T00:00:00Z')).version).toBe('a');
  });

  it.each([
    [
      'a day without a table',
      [{ ...table, validTo: '2025-12-31' }, later],
      'a: valid to 2025-12-31, but b begins 2026-01-01',
    ],
    [
      'two tables for one day',
      [{ ...table, validTo: '2026-02-01' }, later],
      'a: valid to 2026-02-01, but b begins 2026-01-01',
    ],
    ['a table that does not end before the next', [table, later], 'a: valid to null, but b begins 2026-01-01'],
    [
      'a table that ends before it begins',
      [
        { ...table, validTo: '2025-01-01' },
        { ...table, version: 'b', validFrom: '2025-01-01' },
      ],
      'a: valid from 2025-01-01 to 2025-01-01, which is no day at all',
    ],
    [
      'a state that the table before has and this one forgets',
      [{ ...table, validTo: '2026-01-01', states: { FL: row, TX: row, UT: row } }, later],
      'b: has no row for TX, UT, which a has; where a law was repealed, write the federal hours',
    ],
    ['a preset without hours', [{ ...table, presets: { standard: row, strict: row } }], 'presets.federal_state'],
    ['nothing from some day on', [{ ...table, validTo: '2027-01-01' }], 'a: nothing is valid from 2027-01-01 on'],
    ['no table at all', [], 'versions'],
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
    expect(() => parseRuleTables({ versions })).toThrow(message);
    expect(() => parseRuleTables({ versions })).toThrow('Mend compliance/rules/quiet-hours.json');
  });

  it('are refused before the first day of the oldest', () => {
    const tables = parseRuleTables({ versions: [later] });
    expect(() => requireRuleTable(tables, instant('2025-12-31T23:59:59Z'))).toThrow(
      'quiet-hours table b: begins 2026-01-01, and today is 2025-12-31, so that no rule is valid now; add the table that is',
    );
    expect(() => requireRuleTable(tables, instant('2026-01-01T00:00:00Z'))).not.toThrow();
  });

  it('of this product are in force', () => {
    expect(() => requireRuleTable(RULE_TABLES, instant('2026-11-17T15:00:00Z'))).not.toThrow();
    expect(Object.keys(RULE_TABLES.at(-1)?.states ?? {}).join(' ')).toBe(
      'AL CT FL IL KY LA MA MD MI MN MS NJ NM NV OK OR PA RI SD TX UT WA WY',
    );
  });
});
