import { describe, expect, it } from 'vitest';
import { DEFAULT_SENDING_POLICY, type SendingPolicy } from '../business/sending-policy.ts';
import { instant } from '../platform/time.ts';
import { type Campaign, NO_TOTALS } from './campaign.ts';
import type { UsedLane } from './expected-finish.ts';
import { DEFAULT_SENDING } from './sending-options.ts';
import { paceUntil, type WaitingAccount, type WaitingFacts, waitingFor } from './waiting.ts';

const EAST = 'America/New_York';
const WEST = 'America/Los_Angeles';
const campaign: Campaign = {
  id: 'c',
  name: 'Fall inspections',
  state: 'running',
  stateReason: null,
  audience: { all: true },
  ...DEFAULT_SENDING,
  pointlessAsked: null,
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
  messagesPerSecond: null,
  partsPerSecond: null,
  partsPerDay: null,
  usedToday: 0,
  ...change,
});
const account: WaitingAccount = {
  id: 'a',
  name: 'Sandbox',
  state: 'active',
  stateReason: null,
  ratePerSecond: 8,
  heldBy: 'w1',
  leaseUntil: instant('2026-11-17T17:00:10Z'),
  breakerOpenSince: null,
  breakerDetail: null,
  failures: 0,
  failure: null,
};
const waiting = (now: string, change: Partial<WaitingFacts> = {}) =>
  waitingFor({
    campaign,
    lanes: [lane()],
    accounts: [account],
    sending: { state: 'running' },
    groups: [
      { zones: [EAST], states: ['NY'], people: 7 },
      { zones: [WEST], states: ['CA'], people: 3 },
    ],
    policy: LAW,
    dueAt: null,
    paceUntil: null,
    changedAt: instant(now),
    lastSentAt: null,
    before: [],
    stalledAfterMs: 120_000,
    zone: EAST,
    now: instant(now),
    ...change,
  });
const waits = (now: string, change: Partial<WaitingFacts> = {}) => waiting(now, change)?.sentence ?? null;
const LAW: SendingPolicy = { ...DEFAULT_SENDING_POLICY, preset: 'federal_state' };
const NOON = '2026-11-17T17:00:00Z';
const MIDNIGHT = '2026-11-18T05:30:00Z';

describe('what a running campaign waits for', () => {
  it('is nothing while a window is open and a number may send', () => expect(waits(NOON)).toBeNull());
  it('is the first window, with how many people are in it', () =>
    expect(waits(MIDNIGHT)).toBe('Quiet hours: goes on at Wed 08:00 EST with the first 7 people'));
  it('is the morning after the caps are used up, not the midnight at which they begin anew', () =>
    expect(waits(NOON, { lanes: [lane({ usedToday: 66 })] })).toBe(
      'The daily cap of Office (66) is used up: goes on at Wed 08:00 EST',
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
  it('is a text without a point, before the switch for everything', () =>
    expect(
      waiting(NOON, {
        campaign: {
          ...campaign,
          pointless: { after: instant('2026-11-17T16:00:00Z'), hoursAfterWindow: null, action: 'drop' },
        },
      }),
    ).toMatchObject({
      code: 'pointless',
      sentence: 'Its texts are pointless since Tue 11:00 EST: a worker takes the 10 people off the list who still wait',
    }));
  it('is the pace of its own', () => {
    const at = waiting(NOON, { paceUntil: instant('2026-11-17T18:00:00Z') });
    expect(at).toMatchObject({ code: 'pace', until: instant('2026-11-17T18:00:00Z') });
    expect(at?.short).toBe('its pace until Tue 13:00 EST');
  });
  it('is the gateway that fails, since when and with what', () =>
    expect(
      waiting(NOON, {
        accounts: [{ ...account, breakerOpenSince: instant('2026-11-17T16:50:00Z'), breakerDetail: 'HTTP 503' }],
      }),
    ).toMatchObject({
      code: 'breaker_open',
      sentence:
        'The gateway of account Sandbox fails since Tue 11:50 EST: HTTP 503. It is asked every minute, and sending goes on when it answers',
    }));
  it('is not one failing gateway while another of its accounts sends', () =>
    expect(
      waiting(NOON, {
        accounts: [
          { ...account, breakerOpenSince: instant(NOON), breakerDetail: 'HTTP 503' },
          { ...account, id: 'b' },
        ],
      }),
    ).toBeNull());
  it('is the worker that stops again and again, with its words', () =>
    expect(waiting(NOON, { accounts: [{ ...account, failures: 3, failure: 'cannot read x' }] })).toMatchObject({
      code: 'worker_failing',
      sentence: expect.stringContaining('3 times in a row: cannot read x'),
    }));
  it('is a worker, when none holds its account', () =>
    expect(waiting(NOON, { accounts: [{ ...account, heldBy: null, leaseUntil: null }] })?.code).toBe('no_worker'));
  it('is the campaign of higher priority, once it has waited', () => {
    const since = instant('2026-11-17T16:50:00Z');
    expect(waiting(NOON, { before: ['Storm'], changedAt: since })).toMatchObject({ code: 'priority', since });
    expect(waiting(NOON, { before: ['Storm'] })).toBeNull();
  });
  it('is never nothing: a worker that hands nothing over is named, with the safe way out', () => {
    const lastSentAt = instant('2026-11-17T16:50:00Z');
    const at = waiting(NOON, { changedAt: lastSentAt, lastSentAt });
    expect(at).toMatchObject({ code: 'stalled', since: lastSentAt });
    expect(at?.sentence).toContain('worker w1 has handed over nothing since Tue 11:50 EST');
    expect(waiting(NOON, { changedAt: lastSentAt, lastSentAt: instant(NOON) })).toBeNull();
  });
});

describe('a pace that is used up', () => {
  const at = { now: instant(NOON), day: '2026-11-17', midnight: instant('2026-11-18T05:00:00Z') };
  const used = { hourStart: instant(NOON), hourTexts: 40, day: '2026-11-17', dayTexts: 100, nextAt: instant(NOON) };
  const none = { maxPerHour: null, maxPerDay: null, finishBy: null };
  it.each([
    ['by nothing', none, null],
    ['by the hour', { ...none, maxPerHour: 40 }, '2026-11-17T18:00:00Z'],
    ['by the day, which is longer than the hour', { ...none, maxPerHour: 40, maxPerDay: 100 }, '2026-11-18T05:00:00Z'],
    ['not by an hour with room', { ...none, maxPerHour: 41 }, null],
    ['not by yesterday', { ...none, maxPerDay: 101 }, null],
  ])('%s', (_what, limits, until) =>
    expect(paceUntil(limits, used, at)).toEqual(until === null ? null : instant(until)),
  );
  it('until the next text of one that is spread', () => {
    const nextAt = instant('2026-11-17T17:03:00Z');
    expect(paceUntil({ ...none, finishBy: instant('2026-11-20T17:00:00Z') }, { ...used, nextAt }, at)).toEqual(nextAt);
  });
});
