import { describe, expect, it } from 'vitest';
import { DEFAULT_SENDING_POLICY, type SendingPolicy } from '../business/sending-policy.ts';
import { zoneGroupKey } from '../contacts/zones.ts';
import { instant } from '../platform/time.ts';
import { type Campaign, NO_TOTALS } from './campaign.ts';
import type { UsedLane } from './expected-finish.ts';
import { waitingFor, whyPending } from './live-campaign.ts';

const EAST = 'America/New_York';
const WEST = 'America/Los_Angeles';
const campaign: Campaign = {
  id: 'c',
  name: 'Fall inspections',
  state: 'running',
  stateReason: null,
  audience: { all: true },
  priority: 5,
  windowStartMinute: 8 * 60,
  windowEndMinute: 21 * 60,
  revision: 1,
  createdBy: 'Dana',
  createdAt: instant('2026-11-17T13:00:00Z'),
  launchedAt: instant('2026-11-17T13:00:00Z'),
  finishedAt: null,
  variants: [],
  laneIds: ['l'],
  totalsByVariant: new Map(),
  totals: { ...NO_TOTALS, pending: 10 },
};
const lane = (change: Partial<UsedLane> = {}): UsedLane => ({
  id: 'l',
  accountId: 'a',
  gatewayRef: 'PN1',
  phone: '+16175550190',
  name: 'Office',
  zone: EAST,
  dailyCap: 66,
  state: 'active',
  stateReason: null,
  pausedUntil: null,
  usedToday: 0,
  ...change,
});
const waits = (now: string, change: Partial<Parameters<typeof waitingFor>[0]> = {}) =>
  waitingFor({
    campaign,
    lanes: [lane()],
    accounts: [{ id: 'a', name: 'Sandbox', state: 'active', stateReason: null, held: true, ratePerSecond: 8 }],
    sending: { state: 'running' },
    groups: [
      { zones: [EAST], states: ['NY'], people: 7 },
      { zones: [WEST], states: ['CA'], people: 3 },
    ],
    policy: LAW,
    dueAt: null,
    zone: EAST,
    now: instant(now),
    ...change,
  });
const LAW: SendingPolicy = { ...DEFAULT_SENDING_POLICY, preset: 'federal_state' };
const NOON = '2026-11-17T17:00:00Z';
const MIDNIGHT = '2026-11-18T05:30:00Z';

describe('what a running campaign waits for', () => {
  it('is nothing while a window is open and a number may send', () => expect(waits(NOON)).toBeNull());
  it('is the first window, with how many people are in it', () =>
    expect(waits(MIDNIGHT)).toBe('Quiet hours: goes on at Wed 08:00 EST with the first 7 people'));
  it('is the morning after the caps are used up, not the midnight at which they begin anew', () =>
    expect(waits(NOON, { lanes: [lane({ usedToday: 66 })] })).toBe(
      'The daily cap of every number is used up: goes on at Wed 08:00 EST',
    ));
  it('is not the cap while one number still may send', () =>
    expect(waits(NOON, { lanes: [lane({ usedToday: 66 }), lane({ id: 'm', usedToday: 65 })] })).toBeNull());
  it('is the switch for everything before anything else', () =>
    expect(waits(MIDNIGHT, { sending: { state: 'paused', reason: 'Wrong price', since: instant(NOON) } })).toContain(
      'Wrong price',
    ));
  it('is the number to switch on, when every one of its numbers is off', () => {
    const off = { state: 'off', stateReason: 'Switched off by Max' } as const;
    expect(waits(NOON, { lanes: [lane(off)] })).toBe(
      'No number can send: its only number is switched off; switch +16175550190 (Office) on under Settings, Numbers',
    );
    expect(waits(NOON, { lanes: [lane(off), lane({ ...off, id: 'm' })] })).toContain('all 2 numbers are switched off');
    expect(
      waits(NOON, { lanes: [lane(off), lane({ id: 'm', state: 'paused', stateReason: 'Carrier cap' })] }),
    ).toContain('Office is paused (Carrier cap)');
  });
  it('is the gateway’s word about texts whose answer was lost', () =>
    expect(waits(NOON, { campaign: { ...campaign, totals: { ...NO_TOTALS, unknown: 3 } }, groups: [] })).toContain(
      'about 3 texts',
    ));

  it('is the frequency cap of everybody who is left', () =>
    expect(waits(NOON, { dueAt: instant('2026-11-18T15:00:00Z') })).toBe(
      'Everyone who waits had 3 campaign texts in 24 hours, or was put off by the gateway: goes on at Wed 10:00 EST',
    ));
});

describe('why one person waits', () => {
  const why = (now: string, zones: readonly string[], change: Partial<Campaign> = {}, notBefore = NOON) =>
    whyPending(
      { zoneGroup: zoneGroupKey({ zones, states: ['NY'] }), notBefore: instant(notBefore) },
      { campaign: { ...campaign, ...change }, policy: LAW, zone: EAST, now: instant(now) },
    );
  it('is the campaign that is paused', () => expect(why(NOON, [EAST], { state: 'paused' })).toContain('paused'));
  it('is the cancelling that has not come to the person yet', () =>
    expect(why(NOON, [EAST], { state: 'cancelled' })).toContain('was cancelled'));
  it('is the hour where the person is, told in the zone of the business', () =>
    expect(why('2026-11-17T14:00:00Z', [WEST], {}, '2026-11-17T13:00:00Z')).toBe(
      'Quiet hours where this person is: from Tue 11:00 EST',
    ));
  it('is the later start of this person', () =>
    expect(why(NOON, [EAST], {}, '2026-11-18T02:30:00Z')).toBe('Quiet hours where this person is: from Wed 08:00 EST'));
  it('is the frequency cap, when the hour is right but the person not due', () =>
    expect(why(NOON, [EAST], {}, '2026-11-17T18:30:00Z')).toBe(
      'Had 3 campaign texts in 24 hours, or was put off by the gateway: from Tue 13:30 EST',
    ));
  it('is the turn, when the hour is right', () => expect(why(NOON, [EAST])).toContain('Waits for its turn'));
});
