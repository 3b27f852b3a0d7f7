import { expect, it } from 'vitest';
import { DEFAULT_SENDING_POLICY, type SendingPolicy } from '../business/sending-policy.ts';
import { instant } from '../platform/time.ts';
import { decideHoursEffect, type WaitingGroup } from './hours-effect.ts';

const group = (campaignId: string, zoneGroup: string, people: number): WaitingGroup => ({
  ...{ campaignId, zoneGroup, people },
  windowStartMinute: 0,
  windowEndMinute: 1440,
});
const MASSACHUSETTS = 'MA|America/New_York';
const TEXAS = 'TX|America/Chicago';
const waiting = [group('one', MASSACHUSETTS, 30), group('one', TEXAS, 5), group('two', MASSACHUSETTS, 7)];
const before = DEFAULT_SENDING_POLICY;
const blackout = (state: string, lastDay: string) => ({ state, firstDay: '2026-11-17', lastDay, reason: 'Storm' });

it.each<[string, Partial<SendingPolicy>, object]>([
  ['nothing', {}, { otherHours: { campaigns: 0, people: 0 }, noHours: 0 }],
  ['other texts per person', { messagesPerDay: 1 }, { otherHours: { campaigns: 0, people: 0 }, noHours: 0 }],
  [
    'a storm in Texas',
    { blackouts: [blackout('TX', '2026-11-18')] },
    { otherHours: { campaigns: 1, people: 5 }, noHours: 0 },
  ],
  [
    'a storm in Massachusetts that never ends',
    { blackouts: [blackout('MA', '2027-11-18')] },
    { otherHours: { campaigns: 2, people: 37 }, noHours: 37 },
  ],
  [
    'an hour less a day for all',
    { businessHours: { zone: 'America/New_York', days: { 2: { startMinute: 600, endMinute: 1020 } } } },
    { otherHours: { campaigns: 2, people: 42 }, noHours: 0 },
  ],
])('%s reaches those who wait and get other hours', (_, change, expected) => {
  const after = { ...before, ...change };
  const effect = decideHoursEffect(waiting, { before, after, now: instant('2026-11-17T15:00:00Z') });
  expect(effect).toEqual({ campaigns: 2, people: 42, ...expected });
});
