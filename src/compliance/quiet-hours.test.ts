import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Instant, instant, instantFromMs, Temporal } from '../platform/time.ts';
import {
  decideQuietHours,
  messagesPerDay,
  nextOpening,
  openUntil,
  type Places,
  type QuietHoursPolicy,
  quietHoursMemory,
  showRule,
} from './quiet-hours.ts';
import { HOLIDAYS, holidayOn, parseHolidays } from './quiet-hours-holidays.ts';
import { type HoursRow, type Preset, quietHoursAt } from './quiet-hours-table.ts';

const NEW_YORK = 'America/New_York';
const CHICAGO = 'America/Chicago';
const DENVER = 'America/Denver';
const LOS_ANGELES = 'America/Los_Angeles';

const LAW: QuietHoursPolicy = { preset: 'federal_state' };
const at = (local: string): Instant => Temporal.ZonedDateTime.from(local).toInstant();
const places = (states: string, ...zones: readonly string[]): Places => ({
  states: states === '' ? [] : states.split(','),
  zones,
});
const VERMONT = places('VT', NEW_YORK);

describe('the hours of a person', () => {
  // prettier-ignore
  it.each<[string, Places, Preset, string, boolean]>([
    ['federal: one second before eight', VERMONT, 'federal_state', '2026-11-17T07:59:59[America/New_York]', false],
    ['federal: eight sharp', VERMONT, 'federal_state', '2026-11-17T08:00:00[America/New_York]', true],
    ['federal: the last second', VERMONT, 'federal_state', '2026-11-17T20:59:59[America/New_York]', true],
    ['federal: nine in the evening', VERMONT, 'federal_state', '2026-11-17T21:00:00[America/New_York]', false],
    ['federal: Christmas is a day like others', VERMONT, 'federal_state', '2026-12-25T12:00[America/New_York]', true],
    ['Alabama: Saturday evening', places('AL', CHICAGO), 'federal_state', '2026-11-21T19:59[America/Chicago]', true],
    [
      'Alabama: Saturday at eight in the evening',
      places('AL', CHICAGO),
      'federal_state',
      '2026-11-21T20:00[America/Chicago]',
      false,
    ],
    ['Alabama: Sunday', places('AL', CHICAGO), 'federal_state', '2026-11-22T12:00[America/Chicago]', false],
    ['Alabama: Thanksgiving', places('AL', CHICAGO), 'federal_state', '2026-11-26T12:00[America/Chicago]', false],
    [
      'Alabama: Independence Day on a Saturday',
      places('AL', CHICAGO),
      'federal_state',
      '2026-07-04T12:00[America/Chicago]',
      false,
    ],
    [
      'Alabama: the Friday on which it is observed',
      places('AL', CHICAGO),
      'federal_state',
      '2026-07-03T12:00[America/Chicago]',
      false,
    ],
    ['Alabama: the Thursday before', places('AL', CHICAGO), 'federal_state', '2026-07-02T12:00[America/Chicago]', true],
    [
      'Alabama: Confederate Memorial Day',
      places('AL', CHICAGO),
      'federal_state',
      '2026-04-27T12:00[America/Chicago]',
      false,
    ],
    ['Connecticut: before nine', places('CT', NEW_YORK), 'federal_state', '2026-11-17T08:59[America/New_York]', false],
    [
      'Florida: before eight in the evening',
      places('FL', NEW_YORK),
      'federal_state',
      '2026-11-17T19:59[America/New_York]',
      true,
    ],
    [
      'Florida: eight in the evening',
      places('FL', NEW_YORK),
      'federal_state',
      '2026-11-17T20:00[America/New_York]',
      false,
    ],
    ['Illinois: half past eight', places('IL', CHICAGO), 'federal_state', '2026-11-17T08:30[America/Chicago]', false],
    ['Kentucky: half past nine', places('KY', NEW_YORK), 'federal_state', '2026-11-17T09:30[America/New_York]', false],
    ['Louisiana: Mardi Gras', places('LA', CHICAGO), 'federal_state', '2026-02-17T12:00[America/Chicago]', false],
    ['Louisiana: Good Friday', places('LA', CHICAGO), 'federal_state', '2026-04-03T12:00[America/Chicago]', false],
    ['Mississippi: a holiday', places('MS', CHICAGO), 'federal_state', '2026-11-26T12:00[America/Chicago]', true],
    ['Mississippi: Sunday', places('MS', CHICAGO), 'federal_state', '2026-11-22T12:00[America/Chicago]', false],
    [
      'Mississippi: its hours are Central for someone in New York too',
      places('MS', NEW_YORK),
      'federal_state',
      '2026-11-17T08:30[America/New_York]',
      false,
    ],
    [
      'New Jersey: half past eight in the evening',
      places('NJ', NEW_YORK),
      'federal_state',
      '2026-11-17T20:30[America/New_York]',
      false,
    ],
    ['Pennsylvania: Sunday', places('PA', NEW_YORK), 'federal_state', '2026-11-22T12:00[America/New_York]', true],
    [
      'Pennsylvania: Flag Day observed on Monday',
      places('PA', NEW_YORK),
      'federal_state',
      '2026-06-15T12:00[America/New_York]',
      false,
    ],
    [
      'Rhode Island: six in the evening',
      places('RI', NEW_YORK),
      'federal_state',
      '2026-11-17T18:00[America/New_York]',
      false,
    ],
    [
      'Rhode Island: Saturday at half past nine',
      places('RI', NEW_YORK),
      'federal_state',
      '2026-11-21T09:30[America/New_York]',
      false,
    ],
    ['Rhode Island: Victory Day', places('RI', NEW_YORK), 'federal_state', '2026-08-10T12:00[America/New_York]', false],
    ['South Dakota: Saturday', places('SD', CHICAGO), 'federal_state', '2026-11-21T12:00[America/Chicago]', false],
    [
      'Texas: Sunday at half past eleven',
      places('TX', CHICAGO),
      'federal_state',
      '2026-11-22T11:30[America/Chicago]',
      false,
    ],
    ['Texas: Sunday at noon', places('TX', CHICAGO), 'federal_state', '2026-11-22T12:00[America/Chicago]', true],
    ['Utah: Pioneer Day', places('UT', DENVER), 'federal_state', '2026-07-24T12:00[America/Denver]', false],
    [
      'two states: the stricter one decides',
      places('FL,KY', NEW_YORK),
      'federal_state',
      '2026-11-17T09:30[America/New_York]',
      false,
    ],
    [
      '+1 850 is two zones: eight in the eastern one is seven in the other',
      places('FL', CHICAGO, NEW_YORK),
      'federal_state',
      '2026-11-17T08:30[America/New_York]',
      false,
    ],
    [
      '+1 850 from nine Eastern',
      places('FL', CHICAGO, NEW_YORK),
      'federal_state',
      '2026-11-17T09:00[America/New_York]',
      true,
    ],
    [
      '+1 850 until eight Eastern',
      places('FL', CHICAGO, NEW_YORK),
      'federal_state',
      '2026-11-17T20:00[America/New_York]',
      false,
    ],
    [
      '+1 208 from nine Mountain',
      places('ID', 'America/Boise', LOS_ANGELES),
      'federal_state',
      '2026-11-17T08:59[America/Boise]',
      false,
    ],
    [
      '+1 208 until nine Mountain',
      places('ID', 'America/Boise', LOS_ANGELES),
      'federal_state',
      '2026-11-17T20:59[America/Boise]',
      true,
    ],
    [
      'nothing known: from noon Eastern',
      places('', NEW_YORK, CHICAGO, DENVER, LOS_ANGELES),
      'federal_state',
      '2026-11-17T11:59[America/New_York]',
      false,
    ],
    [
      'nothing known: until eight Eastern',
      places('', NEW_YORK, CHICAGO, DENVER, LOS_ANGELES),
      'federal_state',
      '2026-11-17T19:59[America/New_York]',
      true,
    ],
    [
      'nothing known: Sunday',
      places('', NEW_YORK, CHICAGO, DENVER, LOS_ANGELES),
      'federal_state',
      '2026-11-22T14:00[America/New_York]',
      false,
    ],
    [
      'nothing known: a holiday of one state only, Pioneer Day in Utah',
      places('', NEW_YORK, CHICAGO, DENVER, LOS_ANGELES),
      'federal_state',
      '2026-07-24T14:00[America/New_York]',
      false,
    ],
    [
      'nothing known: the Thursday before',
      places('', NEW_YORK, CHICAGO, DENVER, LOS_ANGELES),
      'federal_state',
      '2026-07-23T14:00[America/New_York]',
      true,
    ],
    ['standard: before nine', VERMONT, 'standard', '2026-11-17T08:59[America/New_York]', false],
    ['standard: Sunday before noon', VERMONT, 'standard', '2026-11-22T11:59[America/New_York]', false],
    ['standard: Sunday at noon', VERMONT, 'standard', '2026-11-22T12:00[America/New_York]', true],
    ['strict: six in the evening', VERMONT, 'strict', '2026-11-17T18:00[America/New_York]', false],
    ['strict: a holiday', VERMONT, 'strict', '2026-12-25T12:00[America/New_York]', false],
    [
      'Arizona has no summer time',
      places('AZ', 'America/Phoenix'),
      'federal_state',
      '2026-07-01T20:59[America/Phoenix]',
      true,
    ],
    ['the day on which summer time ends', VERMONT, 'federal_state', '2026-11-01T07:59[America/New_York]', false],
    ['the day on which summer time begins', VERMONT, 'federal_state', '2026-03-08T08:00[America/New_York]', true],
  ])('%s', (_, place, preset, local, open) => {
    expect(openUntil(place, { preset }, at(local)) !== undefined).toBe(open);
  });

  it('are never open without a zone', () =>
    expect(openUntil(places('FL'), LAW, at('2026-11-17T12:00[America/New_York]'))).toBeUndefined());

  it('end when the first of several zones and rules ends', () => {
    const closes = openUntil(places('FL,TN', CHICAGO, NEW_YORK), LAW, at('2026-11-17T12:00[America/New_York]'));
    expect(closes?.toString()).toBe('2026-11-18T01:00:00Z');
  });
});

describe('a table that begins on New Year’s Day', () => {
  const now = quietHoursAt(instant('2026-11-17T12:00:00Z'));
  const { FL } = now.states;
  if (FL === undefined) throw new Error('expected a row for Florida');
  const evening = { startMinute: 8 * 60, endMinute: 20.5 * 60 };
  const longer = { ...FL, weekday: evening, saturday: evening, sunday: evening };
  const first = { ...now, validTo: '2027-01-01' };
  const next = { ...now, version: '2027-01', validFrom: '2027-01-01', states: { ...now.states, FL: longer } };
  const said = (local: string) => {
    const { closesAt, tableVersion } = decideQuietHours(places('FL', NEW_YORK), LAW, at(local), [first, next]);
    return { open: closesAt !== undefined, tableVersion };
  };

  it('does not begin the evening before, when it is that day in UTC', () =>
    expect(said('2026-12-31T20:15[America/New_York]')).toEqual({ open: false, tableVersion: now.version }));

  it('is the one that decides from the place’s own midnight on', () =>
    expect(said('2027-01-01T20:15[America/New_York]')).toEqual({ open: true, tableVersion: '2027-01' }));

  it('lifts a cap of texts a day when the 24 hours that are counted lie in it', () => {
    const lifted = { ...next, states: { ...next.states, FL: { ...FL, messagesPerDay: undefined } } };
    const cap = (local: string) => messagesPerDay(['FL'], 5, at(local), [first, lifted]);
    expect(cap('2026-12-31T20:15[America/New_York]')).toBe(3);
    expect(cap('2027-01-01T12:00[America/New_York]')).toBe(3);
    expect(cap('2027-01-02T12:00[America/New_York]')).toBe(5);
  });
});

describe('what narrows them further', () => {
  const noon = at('2026-11-17T12:00[America/New_York]');
  const nobody = { startMinute: 10 * 60, endMinute: 11 * 60 };
  it.each<[string, QuietHoursPolicy, string]>([
    ['the hours of the campaign', { ...LAW, window: nobody }, 'campaign weekday 10:00-11:00 (America/New_York)'],
    [
      'the business is closed',
      { ...LAW, businessHours: { zone: LOS_ANGELES, days: {} } },
      'business hours weekday closed (America/Los_Angeles)',
    ],
    [
      'the business opens later',
      { ...LAW, businessHours: { zone: LOS_ANGELES, days: { 2: { startMinute: 600, endMinute: 900 } } } },
      'business hours weekday 10:00-15:00 (America/Los_Angeles)',
    ],
    [
      'an emergency in the state',
      { ...LAW, blackouts: [{ state: 'VT', firstDay: '2026-11-15', lastDay: '2026-11-17', reason: 'flood' }] },
      'blackout weekday closed, flood (America/New_York)',
    ],
  ])('%s', (_, policy, rule) => {
    const decision = decideQuietHours(VERMONT, policy, noon);
    expect(decision.closesAt).toBeUndefined();
    expect(showRule(decision.rule)).toBe(rule);
  });

  it.each<[string, QuietHoursPolicy]>([
    [
      'an emergency elsewhere',
      { ...LAW, blackouts: [{ state: 'LA', firstDay: '2026-11-15', lastDay: '2026-11-17', reason: 'flood' }] },
    ],
    [
      'an emergency that is over',
      { ...LAW, blackouts: [{ state: 'VT', firstDay: '2026-11-15', lastDay: '2026-11-16', reason: 'flood' }] },
    ],
    ['a campaign that asks for more than the law gives', { ...LAW, window: { startMinute: 0, endMinute: 1440 } }],
  ])('not: %s', (_, policy) => {
    expect(openUntil(VERMONT, policy, noon)).toBeDefined();
    expect(openUntil(VERMONT, policy, at('2026-11-17T07:00[America/New_York]'))).toBeUndefined();
  });

  it('an emergency in any state, for somebody of whom no state is known', () => {
    const blackouts = [{ state: 'LA', firstDay: '2026-11-17', lastDay: '2026-11-17', reason: 'flood' }];
    const anywhere: Places = { zones: [NEW_YORK], states: [] };
    expect(openUntil(anywhere, LAW, noon)).toBeDefined();
    expect(openUntil(anywhere, { ...LAW, blackouts }, noon)).toBeUndefined();
  });

  it('has the state’s cap of texts a day where it is the lower one', () => {
    expect(messagesPerDay(['FL'], 5, noon)).toBe(3);
    expect(messagesPerDay(['FL', 'NY'], 2, noon)).toBe(2);
    expect(messagesPerDay(['NY'], 5, noon)).toBe(5);
  });
});

describe('the next opening', () => {
  it.each<[string, Places, Preset, string, string]>([
    [
      'is now when open',
      VERMONT,
      'federal_state',
      '2026-11-17T10:00[America/New_York]',
      '2026-11-17T10:00[America/New_York]',
    ],
    [
      'is eight today before eight',
      VERMONT,
      'federal_state',
      '2026-11-17T04:00[America/New_York]',
      '2026-11-17T08:00[America/New_York]',
    ],
    [
      'is eight tomorrow after nine',
      VERMONT,
      'federal_state',
      '2026-11-17T22:00[America/New_York]',
      '2026-11-18T08:00[America/New_York]',
    ],
    [
      'skips Sunday where it is forbidden',
      places('AL', CHICAGO),
      'federal_state',
      '2026-11-21T20:00[America/Chicago]',
      '2026-11-23T08:00[America/Chicago]',
    ],
    [
      'skips Christmas, its Saturday and Sunday',
      places('VT', NEW_YORK),
      'strict',
      '2026-12-24T18:00[America/New_York]',
      '2026-12-26T10:00[America/New_York]',
    ],
    [
      'waits for the westernmost zone',
      places('VT', NEW_YORK, 'Pacific/Honolulu'),
      'federal_state',
      '2026-11-17T08:00[America/New_York]',
      '2026-11-17T08:00[Pacific/Honolulu]',
    ],
    [
      'crosses the end of summer time',
      VERMONT,
      'federal_state',
      '2026-10-31T22:00[America/New_York]',
      '2026-11-01T08:00[America/New_York]',
    ],
  ])('%s', (_, place, preset, from, opens) => {
    expect(nextOpening(place, { preset }, at(from))?.toString()).toBe(at(opens).toString());
  });

  it('is never when zones do not overlap', () => {
    const narrow = { preset: 'federal_state', window: { startMinute: 480, endMinute: 540 } } as const;
    expect(
      nextOpening(places('VT', NEW_YORK, 'Pacific/Honolulu'), narrow, at('2026-11-17T08:00[America/New_York]')),
    ).toBeUndefined();
  });

  const anyPlaces = fc.record({
    zones: fc.subarray([NEW_YORK, CHICAGO, DENVER, LOS_ANGELES, 'Pacific/Honolulu'], { minLength: 1 }),
    states: fc.subarray(['AL', 'FL', 'KY', 'MS', 'RI', 'TX', 'UT', 'VT'], { maxLength: 3 }),
  });
  const anyPreset = fc.constantFrom<Preset>('standard', 'strict', 'federal_state');
  const anyInstant = fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2028, 0, 1) }).map(instantFromMs);

  it('is open, and nothing before it is', () => {
    fc.assert(
      fc.property(anyPlaces, anyPreset, anyInstant, (place, preset, from) => {
        const policy = { preset };
        const opens = nextOpening(place, policy, from);
        if (opens === undefined) return;
        expect(openUntil(place, policy, opens)).toBeDefined();
        if (opens.epochMilliseconds === from.epochMilliseconds) return;
        for (const share of [0, 0.3, 0.6, 0.9, 1]) {
          const ms =
            from.epochMilliseconds + Math.floor((opens.epochMilliseconds - 1 - from.epochMilliseconds) * share);
          expect(openUntil(place, policy, instantFromMs(ms))).toBeUndefined();
        }
      }),
      { numRuns: 200 },
    );
  });

  it('strict is inside the hours of every state', () => {
    const everyState = fc.constantFrom(...Object.keys(quietHoursAt(instant('2026-11-17T12:00:00Z')).states));
    fc.assert(
      fc.property(everyState, anyInstant, (state, moment) => {
        const place = places(state, CHICAGO);
        if (openUntil(VERMONT_IN_CHICAGO, { preset: 'strict' }, moment) === undefined) return;
        // The state's own holidays are beyond the federal ones that strict knows, and South Dakota has no Saturday.
        const day = moment.toZonedDateTimeISO(CHICAGO).toPlainDate();
        if (holidayOn(day.toString(), state) !== undefined || (state === 'SD' && day.dayOfWeek === 6)) return;
        expect(openUntil(place, LAW, moment)).toBeDefined();
      }),
      { numRuns: 300 },
    );
  });

  it('kept in memory says the same as asked anew', () => {
    const minutes = fc.array(fc.integer({ min: 1, max: 2_000 }), { minLength: 5, maxLength: 40 });
    fc.assert(
      fc.property(anyPlaces, anyPreset, anyInstant, minutes, (place, preset, from, steps) => {
        const remembered = quietHoursMemory(place, { preset });
        let moment = from;
        for (const step of steps) {
          moment = instantFromMs(moment.epochMilliseconds + step * 60_000);
          expect(remembered(moment).closesAt?.toString()).toBe(openUntil(place, { preset }, moment)?.toString());
        }
      }),
      { numRuns: 50 },
    );
  });
});

const VERMONT_IN_CHICAGO = places('VT', CHICAGO);

describe('holidays', () => {
  it.each([
    ['2026-01-01', undefined, "New Year's Day"],
    ['2026-01-19', undefined, 'Martin Luther King Jr. Day'],
    ['2026-02-16', undefined, "Washington's Birthday"],
    ['2026-05-25', undefined, 'Memorial Day'],
    ['2026-06-19', undefined, 'Juneteenth'],
    ['2026-07-03', undefined, 'Independence Day (observed)'],
    ['2026-07-04', undefined, 'Independence Day'],
    ['2026-09-07', undefined, 'Labor Day'],
    ['2026-10-12', undefined, 'Columbus Day'],
    ['2026-11-11', undefined, 'Veterans Day'],
    ['2026-11-26', undefined, 'Thanksgiving Day'],
    ['2026-12-25', undefined, 'Christmas Day'],
    ['2021-12-31', undefined, "New Year's Day (observed)"],
    ['2027-12-31', undefined, "New Year's Day (observed)"],
    ['2024-03-29', 'LA', 'Good Friday'],
    ['2025-04-18', 'LA', 'Good Friday'],
    ['2038-04-23', 'LA', 'Good Friday'],
    ['2025-04-18', undefined, undefined],
    ['2026-11-27', undefined, undefined],
  ])('%s %s', (date, state, name) => expect(holidayOn(date, state)).toBe(name));

  it('are those of the day: a new one begins, and an old one ends, with a version', () => {
    const [now] = HOLIDAYS.versions;
    const withoutColumbus = now.federal.filter(({ name }) => name !== 'Columbus Day');
    const { versions } = parseHolidays({
      versions: [
        { ...now, validTo: '2027-01-01' },
        {
          ...{ ...now, version: '2027-01', validFrom: '2027-01-01' },
          federal: [...withoutColumbus, { name: 'Election Day', month: 11, weekday: 'tuesday', nth: 1 }],
        },
      ],
    });
    const on = (date: string) => holidayOn(date, undefined, versions);
    expect([on('2026-10-12'), on('2026-11-03')]).toEqual(['Columbus Day', undefined]);
    expect([on('2027-10-11'), on('2027-11-02')]).toEqual([undefined, 'Election Day']);
    expect(() =>
      parseHolidays({ versions: [{ ...now, federal: [{ name: 'Boxing Day', month: 13, day: 26 }] }] }),
    ).toThrow('Mend compliance/rules/holidays.json');
  });
});

describe('a state that began to name texts', () => {
  it.each([
    ['Texas, the day before SB 140', 'TX', CHICAGO, '2025-08-31T08:30', true, '2025-01'],
    ['Texas, its first day', 'TX', CHICAGO, '2025-09-01T08:30', false, '2025-09'],
    ['Texas, its first day, from nine on', 'TX', CHICAGO, '2025-09-01T09:00', true, '2025-09'],
    ['Texas, the last Sunday before it', 'TX', CHICAGO, '2025-08-31T11:59', true, '2025-01'],
    ['Texas, the first Sunday in the morning', 'TX', CHICAGO, '2025-09-07T11:59', false, '2025-09'],
    ['Oregon, the evening before HB 3865', 'OR', LOS_ANGELES, '2025-12-31T20:30', true, '2025-09'],
    ['Oregon, its first evening', 'OR', LOS_ANGELES, '2026-01-01T20:30', false, '2026-01'],
    ['Oregon, its first evening until eight', 'OR', LOS_ANGELES, '2026-01-01T19:59', true, '2026-01'],
  ])('%s', (_, state, zone, local, open, tableVersion) => {
    const decided = decideQuietHours(places(state, zone), LAW, at(`${local}[${zone}]`));
    expect({ open: decided.closesAt !== undefined, tableVersion: decided.tableVersion }).toEqual({
      open,
      tableVersion,
    });
  });

  it.each([
    ['the last day before it in UTC', '2025-12-31T23:59:59Z', 5],
    ['its first', '2026-01-01T00:00:00Z', 3],
  ])('caps the texts of Oregon from its first day on: %s', (_, moment, cap) =>
    expect(messagesPerDay(['OR'], 5, instant(moment))).toBe(cap),
  );
});

it('every row of the table in force keeps inside the federal hours', () => {
  const table = quietHoursAt(instant('2026-11-17T12:00:00Z'));
  const rows: readonly HoursRow[] = [
    table.unknownPlace,
    ...Object.values(table.presets),
    ...Object.values(table.states),
  ];
  for (const row of rows)
    for (const window of [row.weekday, row.saturday, row.sunday, row.holiday])
      if (window !== null && window !== 'as-day') {
        expect(window.startMinute).toBeGreaterThanOrEqual(480);
        expect(window.endMinute).toBeLessThanOrEqual(1260);
      }
});
