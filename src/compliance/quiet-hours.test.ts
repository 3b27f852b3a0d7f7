import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instant, instantFromMs } from '../platform/time.ts';
import { FEDERAL_WINDOW, nextOpening, openUntil } from './quiet-hours.ts';

const NEW_YORK = 'America/New_York';
const CHICAGO = 'America/Chicago';

describe('openUntil', () => {
  it.each([
    ['one minute before eight is closed', [NEW_YORK], '2026-11-17T12:59:59Z', undefined],
    ['eight sharp is open until nine in the evening', [NEW_YORK], '2026-11-17T13:00:00Z', '2026-11-18T02:00:00Z'],
    ['the last second is open', [NEW_YORK], '2026-11-18T01:59:59Z', '2026-11-18T02:00:00Z'],
    ['nine sharp is closed', [NEW_YORK], '2026-11-18T02:00:00Z', undefined],
    ['two zones open when the later one opens', [NEW_YORK, CHICAGO], '2026-11-17T13:30:00Z', undefined],
    [
      'two zones close when the earlier one closes',
      [CHICAGO, NEW_YORK],
      '2026-11-17T14:00:00Z',
      '2026-11-18T02:00:00Z',
    ],
    ['the day on which summer time ends', [NEW_YORK], '2026-11-01T13:00:00Z', '2026-11-02T02:00:00Z'],
    ['the day on which summer time begins', [NEW_YORK], '2026-03-08T12:00:00Z', '2026-03-09T01:00:00Z'],
    ['Arizona has no summer time', ['America/Phoenix'], '2026-07-01T15:00:00Z', '2026-07-02T04:00:00Z'],
  ])('%s', (_, zones, at, closes) => {
    expect(openUntil(zones, FEDERAL_WINDOW, instant(at))?.toString()).toBe(closes);
  });
});

describe('nextOpening', () => {
  it.each([
    ['is now when open', [NEW_YORK], '2026-11-17T15:00:00Z', '2026-11-17T15:00:00Z'],
    ['is eight today before eight', [NEW_YORK], '2026-11-17T09:00:00Z', '2026-11-17T13:00:00Z'],
    ['is eight tomorrow after nine', [NEW_YORK], '2026-11-18T03:00:00Z', '2026-11-18T13:00:00Z'],
    ['waits for the westernmost zone', [NEW_YORK, 'Pacific/Honolulu'], '2026-11-17T13:00:00Z', '2026-11-17T18:00:00Z'],
    ['crosses the end of summer time', [NEW_YORK], '2026-11-01T02:00:00Z', '2026-11-01T13:00:00Z'],
  ])('%s', (_, zones, at, opens) => {
    expect(nextOpening(zones, FEDERAL_WINDOW, instant(at))?.toString()).toBe(opens);
  });

  it('says so when zones never overlap', () => {
    const narrow = { startMinute: 480, endMinute: 540 };
    expect(nextOpening([NEW_YORK, 'Pacific/Honolulu'], narrow, instant('2026-11-17T13:00:00Z'))).toBeUndefined();
  });

  it('is open at the answer and closed at every minute before it', () => {
    const zones = fc.subarray([NEW_YORK, CHICAGO, 'America/Denver', 'America/Los_Angeles', 'Pacific/Honolulu'], {
      minLength: 1,
    });
    const at = fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2027, 0, 1) });
    fc.assert(
      fc.property(zones, at, (group, ms) => {
        const from = instantFromMs(ms);
        const opens = nextOpening(group, FEDERAL_WINDOW, from);
        expect(opens).toBeDefined();
        if (opens === undefined) return;
        expect(openUntil(group, FEDERAL_WINDOW, opens)).toBeDefined();
        if (opens.epochMilliseconds > ms) {
          expect(openUntil(group, FEDERAL_WINDOW, instantFromMs(opens.epochMilliseconds - 1))).toBeUndefined();
          expect(openUntil(group, FEDERAL_WINDOW, from)).toBeUndefined();
        }
      }),
      { numRuns: 200 },
    );
  });
});
