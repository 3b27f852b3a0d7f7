import { describe, expect, it } from 'vitest';
import {
  countAndRate,
  formatBytes,
  formatClock,
  formatCount,
  formatDay,
  formatDuration,
  formatInstant,
  formatMoney,
  formatPhone,
  formatRate,
  formatRelative,
  formatTime,
  formatWhen,
  initials,
  listWords,
  plural,
  zoneCity,
} from './format.ts';

const NEW_YORK = 'America/New_York';
const nowMs = Date.parse('2026-08-11T18:00:00Z');
const plain = (text: string): string => text.replaceAll('\u00a0', ' ');

describe('a rate keeps what is not all apart from all, and what is not nothing apart from nothing', () => {
  it.each([
    [31, 412, '7.5%'],
    [0, 412, '0%'],
    [0, 0, '0%'],
    [412, 412, '100%'],
    [1, 20_000, '<0.1%'],
    [19_999, 20_000, '>99.9%'],
    [1, 4, '25%'],
    [1, 3, '33.3%'],
  ])('%i of %i is %s', (part, whole, expected) => {
    expect(formatRate(part, whole)).toBe(expected);
  });
});

describe('a count stands beside its rate', () => {
  const replies = { one: 'reply', many: 'replies', ofWord: 'delivered' };
  it.each([
    [31, 412, '31 replies, 7.5% of 412 delivered'],
    [1, 1204, '1 reply, <0.1% of 1,204 delivered'],
    [0, 0, '0 replies'],
  ])('%i of %i reads "%s"', (count, of, expected) => {
    expect(countAndRate({ ...replies, count, of })).toBe(expected);
  });
});

describe('numbers and units', () => {
  it.each([
    [formatCount(12_403), '12,403'],
    [plural(1, 'person', 'people'), '1 person'],
    [plural(1204, 'person', 'people'), '1,204 people'],
    [formatMoney(963), '$9.63'],
    [formatMoney(120_400), '$1,204.00'],
    [plain(formatBytes(0)), '0 bytes'],
    [plain(formatBytes(2_411_724)), '2.3 MB'],
    [plain(formatBytes(734_003_200)), '700 MB'],
    [formatPhone('+16175550123'), '(617) 555-0123'],
    [formatPhone('+447911123456'), '+447911123456'],
    [formatPhone('617'), '617'],
    [formatPhone('erased:00ff'), 'erased number'],
    [initials('Maria del Carmen Gonzales'), 'MG'],
    [initials('Åse'), 'Å'],
    [initials('(617) 555-0123'), '#'],
    [initials('🏠 Haus Verwaltung'), 'HV'],
    [zoneCity(NEW_YORK), 'New York'],
    [listWords(['opted out', 'landline', 'no consent']), 'opted out, landline and no consent'],
    [listWords(['opted out']), 'opted out'],
  ])('%s is %s', (actual, expected) => {
    expect(actual).toBe(expected);
  });
});

describe('times are written with their zone', () => {
  it.each([
    [formatInstant('2026-08-11T18:35:00Z', { zone: NEW_YORK, nowMs }), 'Tue 11 Aug, 14:35 EDT'],
    [formatInstant('2026-09-01T04:05:00Z', { zone: NEW_YORK, nowMs }), 'Tue 1 Sep, 00:05 EDT'],
    [formatInstant('2025-12-01T15:00:00Z', { zone: NEW_YORK, nowMs }), 'Mon 1 Dec 2025, 10:00 EST'],
    [formatTime('2026-11-17T15:42:00Z', 'America/Los_Angeles'), '07:42 PST'],
    [formatWhen('2026-08-11T18:35:00Z', { zone: NEW_YORK, nowMs }), 'today 14:35 EDT'],
    [formatWhen('2026-08-12T12:00:00Z', { zone: NEW_YORK, nowMs }), 'tomorrow 08:00 EDT'],
    [formatWhen('2026-08-11T01:10:00Z', { zone: NEW_YORK, nowMs }), 'yesterday 21:10 EDT'],
    [formatWhen('2026-08-14T15:20:00Z', { zone: NEW_YORK, nowMs }), 'Fri 14 Aug, 11:20 EDT'],
    [formatDay('2026-08-12'), 'Wed 12 Aug'],
    [formatClock({ nowMs, zone: NEW_YORK }), 'Tue 14:00 EDT'],
  ])('%s', (actual, expected) => {
    expect(actual).toBe(expected);
  });
});

describe('lengths of time', () => {
  it.each([
    [0, '0 s'],
    [45_999, '45 s'],
    [240_000, '4 min'],
    [7_800_000, '2 h 10 min'],
    [7_200_000, '2 h'],
    [260_000_000, '3 d'],
  ])('%i ms is %s', (ms, expected) => {
    expect(plain(formatDuration(ms))).toBe(expected);
  });

  it.each([
    ['2026-08-11T17:59:40Z', 'just now'],
    ['2026-08-11T17:59:10Z', '1 min ago'],
    ['2026-08-11T17:57:00Z', '3 min ago'],
    ['2026-08-11T20:00:00Z', 'in 2 h'],
    ['2026-08-06T18:00:00Z', '5 d ago'],
  ])('%s is %s', (iso, expected) => {
    expect(plain(formatRelative(iso, nowMs))).toBe(expected);
  });
});
