import { getBusiness, getSending, getSendingPolicy } from '../business/business-store.ts';
import { dayIn, nextMidnight } from '../platform/calendar.ts';
import { type Clock, patience } from '../platform/clock.ts';
import type { Db } from '../platform/database.ts';
import { type Instant, MINUTE_MS } from '../platform/time.ts';
import type { Campaign } from './campaign.ts';
import { readUsedLanes, readWaitingGroups } from './expected-finish.ts';
import { nextDueAt } from './live-store.ts';
import { paceUntil, type WaitingFacts } from './waiting.ts';
import { type CampaignPulse, readPulse, waitingAccounts } from './waiting-store.ts';

/** Longer than any turn of a worker that is well. */
const STALLED_AFTER_MS = 2 * MINUTE_MS;
/** Texts of the slowest lane. */
const STALLED_AFTER_TEXTS = 5;

/** Everything on which the answer depends what a campaign waits for. */
export async function readWaitingFacts(db: Db, clock: Clock, campaign: Campaign): Promise<WaitingFacts> {
  const now = clock.now();
  const waits = campaign.state === 'running' && campaign.totals.pending > 0;
  const [allLanes, groups, accounts, sending, business, policy, dueAt, pulse] = await Promise.all([
    readUsedLanes(db, now),
    readWaitingGroups(db, [campaign.id]),
    waitingAccounts(db, campaign.id, now),
    getSending(db),
    getBusiness(db),
    getSendingPolicy(db),
    waits ? nextDueAt(db, campaign.id, now) : null,
    readPulse(db, campaign.id),
  ]);
  const rates = [
    ...accounts.map((account) => account.ratePerSecond),
    pulse.slowestPerSecond ?? Number.POSITIVE_INFINITY,
  ];
  return {
    campaign,
    lanes: allLanes.filter((lane) => campaign.laneIds.includes(lane.id)),
    accounts,
    sending,
    groups: groups.get(campaign.id) ?? [],
    policy,
    dueAt,
    paceUntil: pacedUntil(pulse, { now, day: dayIn(business.zone, now), midnight: nextMidnight(business.zone, now) }),
    changedAt: pulse.changedAt,
    lastSentAt: pulse.lastSentAt,
    before: pulse.before,
    zone: business.zone,
    now,
    stalledAfterMs: Math.max(patience(clock, STALLED_AFTER_MS), (STALLED_AFTER_TEXTS * 1_000) / Math.min(...rates)),
  };
}

function pacedUntil(
  pulse: CampaignPulse,
  at: { readonly now: Instant; readonly day: string; readonly midnight: Instant },
): Instant | null {
  const { hourStart } = pulse;
  return hourStart === null ? null : paceUntil(pulse, { ...pulse, hourStart }, at);
}
