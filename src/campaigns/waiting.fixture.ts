import { DEFAULT_SENDING_POLICY, type SendingPolicy } from '../business/sending-policy.ts';
import { instant, MINUTE_MS } from '../platform/time.ts';
import { type Campaign, NO_TOTALS } from './campaign.ts';
import { spansUnder } from './forecast-play.ts';
import { DEFAULT_SENDING } from './sending-options.ts';
import type { UsedLane } from './used-lane-store.ts';
import { waitingFor } from './waiting.ts';
import type { Waiting, WaitingAccount, WaitingFacts, WaitingQueue } from './waiting-facts.ts';

export const LAW: SendingPolicy = { ...DEFAULT_SENDING_POLICY, preset: 'federal_state' };
export const NOON = '2026-11-17T17:00:00Z';
export const MIDNIGHT = '2026-11-18T05:30:00Z';
const BUSINESS = 'America/New_York';
export const EAST = 'NY|America/New_York';
export const WEST = 'CA|America/Los_Angeles';
export const campaign: Campaign = {
  id: 'c',
  name: 'Fall inspections',
  state: 'running',
  stateReason: null,
  audience: { all: true },
  ...DEFAULT_SENDING,
  pointlessAsked: null,
  consent: null,
  consentWaiver: null,
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
export const lane = (change: Partial<UsedLane> = {}): UsedLane => ({
  id: 'l',
  accountId: 'a',
  gatewayRef: 'PN1',
  phone: '+16175550190',
  name: 'Office',
  zone: BUSINESS,
  dailyCap: 66,
  state: 'active',
  stateReason: null,
  pausedUntil: null,
  messagesPerSecond: null,
  partsPerSecond: null,
  partsPerDay: null,
  usedToday: 0,
  partsToday: 0,
  drains: false,
  ...change,
});
export const account: WaitingAccount = {
  id: 'a',
  name: 'Sandbox',
  state: 'active',
  stateReason: null,
  ratePerSecond: 8,
  heldBy: 'w1',
  leaseUntil: instant('2026-11-17T17:00:10Z'),
  asksSince: null,
  numbers: 1,
  breakerOpenSince: null,
  breakerDetail: null,
  breakerHeldUntil: null,
  failures: 0,
  failure: null,
};
/** Due since the launch, unless said otherwise. */
export const queue = (
  zoneGroup: string,
  laneId: string | null = null,
  dueAt = '2026-11-17T13:00:00Z',
): WaitingQueue => ({
  zoneGroup,
  laneId,
  dueAt: instant(dueAt),
});
/** What a campaign of ten people in two zones waits for, when everything is well but for `change`. */
export const waiting = (now: string, change: Partial<WaitingFacts> = {}): Waiting | null =>
  waitingFor({
    campaign,
    lanes: [lane()],
    accounts: [account],
    sending: { state: 'running' },
    groups: [
      { zoneGroup: EAST, people: 7 },
      { zoneGroup: WEST, people: 3 },
    ],
    queues: [queue(EAST), queue(WEST)],
    listWait: null,
    policy: LAW,
    spansOf: spansUnder(LAW, instant(now)),
    marginMs: 15 * MINUTE_MS,
    paceUntil: null,
    changedAt: instant(now),
    lastSentAt: null,
    before: [],
    stalledAfterMs: 120_000,
    zone: BUSINESS,
    now: instant(now),
    ...change,
  });
