import { getBusiness, getSending, getSendingPolicy } from '../business/business-store.ts';
import { readListWait } from '../compliance/waiting-for-list.ts';
import { countParts } from '../messages/encoding.ts';
import { dayIn, nextMidnight } from '../platform/calendar.ts';
import { type Clock, patience } from '../platform/clock.ts';
import type { Db } from '../platform/database.ts';
import { type Instant, MINUTE_MS } from '../platform/time.ts';
import { windowMargin } from '../sending/window-margin.ts';
import type { Campaign } from './campaign.ts';
import { rememberedSpans } from './expected-finish.ts';
import { pendingGroups } from './live-store.ts';
import { readUsedLanes } from './used-lane-store.ts';
import { paceUntil } from './waiting.ts';
import type { WaitingFacts } from './waiting-facts.ts';
import { type CampaignPulse, readPulse, readWaitingQueues, waitingAccounts } from './waiting-store.ts';

/** Longer than any turn of a worker that is well. */
const STALLED_AFTER_MS = 2 * MINUTE_MS;
/** Texts of the slowest lane. */
const STALLED_AFTER_TEXTS = 5;

/** Everything on which the answer depends what a campaign waits for. */
export async function readWaitingFacts(db: Db, clock: Clock, campaign: Campaign): Promise<WaitingFacts> {
  const now = clock.now();
  const waits = campaign.state === 'running' && campaign.totals.pending > 0;
  const [allLanes, groups, accounts, sending, business, policy, queues, listWait, pulse] = await Promise.all([
    readUsedLanes(db, now),
    pendingGroups(db, [campaign.id]),
    waitingAccounts(db, campaign.id, now),
    getSending(db),
    getBusiness(db),
    getSendingPolicy(db),
    waits ? readWaitingQueues(db, campaign.id) : [],
    waits ? readListWait(db, campaign.id, now) : null,
    readPulse(db, campaign.id),
  ]);
  // Its text with the longest of what stands in it may have a part more.
  const parts = 1 + Math.max(0, ...campaign.variants.map(({ body }) => countParts(body).parts));
  const rates = [
    ...accounts.map((account) => account.ratePerSecond),
    pulse.slowestPerSecond ?? Number.POSITIVE_INFINITY,
    (pulse.slowestPartsPerSecond ?? Number.POSITIVE_INFINITY) / parts,
  ].map((perSecond) => perSecond / Math.max(1, pulse.equals));
  return {
    campaign,
    lanes: allLanes.filter((lane) => campaign.laneIds.includes(lane.id)),
    accounts,
    sending,
    groups,
    queues,
    listWait,
    policy,
    spansOf: rememberedSpans(policy, now),
    marginMs: windowMargin(clock),
    paceUntil: pacedUntil(pulse, { day: dayIn(business.zone, now), midnight: nextMidnight(business.zone, now) }),
    changedAt: pulse.changedAt,
    lastSentAt: pulse.lastSentAt,
    before: pulse.before,
    zone: business.zone,
    now,
    stalledAfterMs: Math.max(patience(clock, STALLED_AFTER_MS), (STALLED_AFTER_TEXTS * 1_000) / Math.min(...rates)),
  };
}

function pacedUntil(pulse: CampaignPulse, at: { readonly day: string; readonly midnight: Instant }): Instant | null {
  const { hourStart } = pulse;
  return hourStart === null ? null : paceUntil(pulse, { ...pulse, hourStart }, at);
}
