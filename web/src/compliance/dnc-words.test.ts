import { describe, expect, it } from 'vitest';
import type { DncList } from '../api/dnc-lists.ts';
import {
  dayWords,
  exemptionOf,
  kindWords,
  listState,
  listsWords,
  newUpload,
  standingWords,
  uploadQueryOf,
  versionWords,
} from './dnc-words.ts';

const list: DncList = {
  id: `dnc_${'0'.repeat(32)}`,
  kind: 'national',
  name: 'National',
  state: null,
  service: null,
  numbers: 12_403,
  asOf: '2026-11-16T00:00:00Z',
  age: 'current',
  sentence: 'In force',
  createdBy: 'Dana',
  createdAt: '2026-11-16T10:00:00Z',
  retiredAt: null,
};

describe('a do-not-call list in words', () => {
  it('names its registry, its numbers and the day that they are of', () => {
    expect(kindWords(list)).toBe('The national registry');
    expect(kindWords({ kind: 'state', state: 'TX' })).toBe('The registry of TX');
    expect(standingWords(list)).toBe('12,403 numbers, of Mon 16 Nov 2026. In force.');
    expect(standingWords({ numbers: 0, asOf: null, sentence: 'No file is in force' })).toBe('No file is in force.');
    expect(dayWords('2027-01-01')).toBe('Fri 1 Jan 2027');
  });

  it('is retired, however old it is', () => {
    expect([listState(list), listState({ age: 'stale', retiredAt: list.createdAt })]).toEqual(['current', 'retired']);
  });

  it.each<[string, readonly DncList[], string]>([
    ['none', [{ ...list, retiredAt: list.createdAt }], 'No list is asked before a campaign texts somebody.'],
    ['one', [list], '1 list with 12,403 numbers, asked before each text of a campaign.'],
    [
      'a registry without a file',
      [list, { ...list, name: 'Texas', kind: 'state', numbers: 0, age: 'missing' }],
      '2 lists with 12,403 numbers together. “Texas” needs a fresh file.',
    ],
    [
      'one of our own without a file',
      [{ ...list, kind: 'internal', numbers: 0, age: 'missing' }],
      '1 list with 0 numbers, asked before each text of a campaign.',
    ],
    ['an old one', [{ ...list, age: 'ageing' }], '1 list with 12,403 numbers. “National” will soon be too old.'],
  ])('of %s', (_what, lists, words) => expect(listsWords(lists)).toBe(words));

  it('says of a file what it was', () => {
    const version = { mode: 'full', lines: 2, refused: 1, numbers: null } as const;
    expect(versionWords(version)).toBe('Whole list · 2 lines read · 1 refused');
    expect(versionWords({ ...version, mode: 'changes', refused: 0, numbers: 3 })).toBe(
      'Changes · 2 lines read · 3 numbers on the list then',
    );
  });
});

describe('what is sent with a file', () => {
  const form = { ...newUpload(), asOf: '2026-11-17' };
  const about = { fileName: 'a.txt', asOf: '2026-11-17' };
  it.each([
    ['numbers', form, { ...about, format: 'numbers' }],
    ['a table', { ...form, format: 'csv', column: ' tel ' }, { ...about, format: 'csv', column: 'tel' }],
    [
      'changes',
      { ...form, format: 'changes', columns: 'phone, changeType' },
      { ...about, format: 'changes', columns: 'phone,changeType' },
    ],
    [
      'what is allowed',
      { ...form, refusedMax: 3, maySmaller: true },
      { ...about, format: 'numbers', refusedMax: 3, maySmaller: true },
    ],
  ] as const)('%s', (_what, given, query) => expect(uploadQueryOf(given, 'a.txt')).toEqual(query));
});

it('takes days in the zone of the business', () => {
  const about = { phone: '+16175550123', zone: 'America/New_York' };
  const form = { kind: 'purchase', reason: ' Bought a roof ', day: '2026-11-17' } as const;
  expect(exemptionOf(form, about)).toEqual({
    kind: 'purchase',
    phone: '+16175550123',
    reason: 'Bought a roof',
    happenedAt: '2026-11-17T05:00:00Z',
  });
  expect(exemptionOf({ ...form, kind: 'other' }, about)).toMatchObject({ until: '2026-11-18T04:59:00Z' });
  expect(exemptionOf({ ...form, day: '' }, about)).toBeUndefined();
});
