import { describe, expect, it } from 'vitest';
import { instant } from '../platform/time.ts';
import type { Channel, Severity } from './alert.ts';
import { isTold, noticeAt, retryAfterMs } from './decide-notice.ts';

const ZONE = 'America/New_York';
const NIGHT = { startMinute: 22 * 60, endMinute: 7 * 60 };
const NOON = { startMinute: 12 * 60, endMinute: 13 * 60 };

describe('a notice', () => {
  const cases: readonly (readonly [
    string,
    string,
    {
      readonly channel?: Channel;
      readonly severity?: Severity;
      readonly quietHours?: typeof NIGHT | null;
      readonly notBefore?: string;
    },
    string,
  ])[] = [
    ['leaves at once', '2026-11-17T15:00:00Z', {}, '2026-11-17T15:00:00Z'],
    [
      'leaves at once outside of the quiet hours',
      '2026-11-17T15:00:00Z',
      { quietHours: NIGHT },
      '2026-11-17T15:00:00Z',
    ],
    [
      'waits before midnight for the next morning',
      '2026-11-18T03:30:00Z',
      { quietHours: NIGHT },
      '2026-11-18T12:00:00Z',
    ],
    ['waits after midnight for this morning', '2026-11-18T05:30:00Z', { quietHours: NIGHT }, '2026-11-18T12:00:00Z'],
    [
      'leaves in the minute in which the quiet hours end',
      '2026-11-18T12:00:00Z',
      { quietHours: NIGHT },
      '2026-11-18T12:00:00Z',
    ],
    ['waits in the minute in which they begin', '2026-11-18T03:00:00Z', { quietHours: NIGHT }, '2026-11-18T12:00:00Z'],
    ['waits within one day', '2026-11-17T17:15:00Z', { quietHours: NOON }, '2026-11-17T18:00:00Z'],
    [
      'waits through the night in which DST ends',
      '2026-11-01T04:00:00Z',
      { quietHours: NIGHT },
      '2026-11-01T12:00:00Z',
    ],
    [
      'does not wait when it is critical',
      '2026-11-18T03:30:00Z',
      { quietHours: NIGHT, severity: 'critical' },
      '2026-11-18T03:30:00Z',
    ],
    [
      'does not wait on its way to PagerDuty',
      '2026-11-18T03:30:00Z',
      { quietHours: NIGHT, channel: 'pagerduty' },
      '2026-11-18T03:30:00Z',
    ],
    [
      'waits when the case came back',
      '2026-11-17T15:00:00Z',
      { notBefore: '2026-11-17T15:06:00Z' },
      '2026-11-17T15:06:00Z',
    ],
    [
      'leaves at once when the last one is long ago',
      '2026-11-17T15:00:00Z',
      { notBefore: '2026-11-17T14:06:00Z' },
      '2026-11-17T15:00:00Z',
    ],
    [
      'that is held back into the quiet hours waits for their end',
      '2026-11-18T02:55:00Z',
      { notBefore: '2026-11-18T03:05:00Z', quietHours: NIGHT },
      '2026-11-18T12:00:00Z',
    ],
  ];
  it.each(cases)('%s', (_, now, { notBefore, ...notice }, at) => {
    const whole = { channel: 'mail', severity: 'error', quietHours: null, zone: ZONE, ...notice } as const;
    const held = notBefore === undefined ? undefined : instant(notBefore);
    expect(noticeAt(instant(now), { ...whole, notBefore: held }).toString()).toBe(at);
  });

  it('is tried again after 1, 2, 4 and 8 minutes, then every quarter of an hour', () => {
    expect([1, 2, 3, 4, 5, 6, 200].map((attempts) => retryAfterMs(attempts) / 60_000)).toEqual([
      1, 2, 4, 8, 15, 15, 15,
    ]);
  });

  it('is only about what is urgent enough', () => {
    const told = (severity: Severity) => isTold(severity, { minimumSeverity: 'error' });
    expect([told('info'), told('warning'), told('error'), told('critical')]).toEqual([false, false, true, true]);
  });
});
