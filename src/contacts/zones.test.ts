import { describe, expect, it } from 'vitest';
import {
  AREA_CODES_OUTSIDE_US,
  PLACE_BY_AREA_CODE,
  PREMIUM_AREA_CODES,
  TOLL_FREE_AREA_CODES,
  ZONES_BY_STATE,
} from './area-codes.ts';
import { storedE164 } from './phone.ts';
import { stateCode } from './states.ts';
import { parseZoneGroupKey, plausibleZones, zoneGroupKey } from './zones.ts';

const group = (areaCode: string, address: { state?: string; postalCode?: string } = {}): string =>
  zoneGroupKey(plausibleZones({ phone: storedE164(`+1${areaCode}5550123`), ...address }));

describe('plausibleZones', () => {
  it.each<[string, { state?: string; postalCode?: string }, string, string]>([
    ['617', {}, 'MA|America/New_York', 'an area code with one zone'],
    ['850', {}, 'FL|America/Chicago,America/New_York', 'an area code with two zones'],
    ['448', {}, 'FL|America/Chicago,America/New_York', 'an overlay inherits the zones of its parent'],
    ['208', {}, 'ID|America/Boise,America/Los_Angeles', 'the panhandle of Idaho is Pacific'],
    ['865', {}, 'TN|America/Chicago,America/New_York', 'a doubtful row takes the wider set'],
    ['915', {}, 'TX|America/Denver', 'El Paso differs from the rest of Texas'],
    ['928', {}, 'AZ|America/Denver,America/Phoenix', 'the Navajo Nation has daylight saving time'],
    ['787', {}, 'PR|America/Puerto_Rico', 'a territory'],
    ['671', {}, 'GU|Pacific/Guam', 'a territory across the date line'],
    ['617', { state: 'CA' }, 'CA,MA|America/Los_Angeles,America/New_York', 'the address adds, it never removes'],
    ['617', { state: 'massachusetts' }, 'MA|America/New_York', 'a name for the same state'],
    ['617', { state: 'FL' }, 'FL,MA|America/Chicago,America/New_York', 'an address may lie in any zone of its state'],
    ['617', { postalCode: '96813' }, 'HI,MA|America/New_York,Pacific/Honolulu', 'a ZIP code names a state'],
    [
      '617',
      { state: 'MA', postalCode: '94103-1234' },
      'CA,MA|America/Los_Angeles,America/New_York',
      'ZIP and state may disagree',
    ],
    [
      '617',
      { state: 'ON', postalCode: 'M5H 2N2' },
      'MA|America/New_York,America/Toronto,America/Winnipeg',
      'a Canadian address adds zones',
    ],
    ['617', { state: 'Bavaria', postalCode: '809' }, 'MA|America/New_York', 'unknown places say nothing'],
    [
      '299',
      {},
      '|America/Chicago,America/Denver,America/Los_Angeles,America/New_York',
      'nothing known: the four mainland zones, any state',
    ],
    ['299', { state: 'TX' }, 'TX|America/Chicago,America/Denver', 'an unknown area code with an address'],
    ['416', { state: 'NY' }, '|', 'a Canadian number is no recipient, wherever its owner lives'],
    ['809', {}, '|', 'nor is one of the Caribbean'],
    ['800', {}, '|', 'nor a toll-free one'],
    ['900', {}, '|', 'nor a premium one'],
  ])('%s with %j is %s (%s)', (areaCode, address, expected) => expect(group(areaCode, address)).toBe(expected));

  it.each([
    ['617', 'us'],
    ['299', 'unknown'],
    ['416', 'outside_us'],
    ['876', 'outside_us'],
    ['888', 'toll_free'],
    ['900', 'premium'],
  ] as const)('says in which region %s is: %s', (areaCode, region) => {
    expect(plausibleZones({ phone: storedE164(`+1${areaCode}5550123`) }).region).toBe(region);
  });
});

describe('the area code tables', () => {
  it('put every area code into one class only', () => {
    const all = [
      ...PLACE_BY_AREA_CODE.keys(),
      ...AREA_CODES_OUTSIDE_US,
      ...TOLL_FREE_AREA_CODES,
      ...PREMIUM_AREA_CODES,
    ];
    expect(new Set(all).size).toBe(all.length);
    expect(all.every((code) => /^[2-9]\d\d$/.test(code))).toBe(true);
  });

  it('name zones that the time zone database knows', () => {
    for (const zone of [...ZONES_BY_STATE.values()].flat())
      expect(() => new Intl.DateTimeFormat('en-US', { timeZone: zone }), zone).not.toThrow();
  });

  it('know all states, the district and five territories', () => expect(ZONES_BY_STATE.size).toBe(50 + 1 + 5));
});

describe('zone group keys', () => {
  it('do not depend on the order of their parts', () => {
    expect(zoneGroupKey({ states: ['MA', 'FL', 'MA'], zones: ['America/New_York', 'America/Chicago'] })).toBe(
      'FL,MA|America/Chicago,America/New_York',
    );
  });

  it('are read back, for every state', () => {
    for (const [state, zones] of ZONES_BY_STATE)
      expect(parseZoneGroupKey(zoneGroupKey({ states: [state], zones }))).toEqual({ states: [state], zones });
    expect(parseZoneGroupKey('|')).toEqual({ states: [], zones: [] });
  });

  it.each(['', 'FL', 'fl|America/New_York', 'FL|Eastern', 'FL|America/New_York,'])(
    'throw for %j, which cannot be one',
    (key) => {
      expect(() => parseZoneGroupKey(key)).toThrow(/expected states, a bar and IANA zones/);
    },
  );
});

describe('stateCode', () => {
  it.each([
    ['MA', 'MA'],
    ['ma', 'MA'],
    [' Mass. ', 'MA'],
    ['Massachusetts', 'MA'],
    ['N.Y.', 'NY'],
    ['N. Carolina', 'NC'],
    ['Nueva York', 'NY'],
    ['D.C.', 'DC'],
    ['Ontario', 'ON'],
    ['QUÉBEC', 'QC'],
    ['Bavaria', undefined],
    ['', undefined],
  ])('%j is %s', (text, code) => expect(stateCode(text)).toBe(code));
});
