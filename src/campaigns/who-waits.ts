import { getBusiness, getSendingPolicy } from '../business/business-store.ts';
import { listAccountRows } from '../gateways/account-store.ts';
import type { Clock } from '../platform/clock.ts';
import type { Db } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import { windowMargin } from '../sending/window-margin.ts';
import { type WaitChoice, type WaitSpan, waitSpans } from './decide-wait-spans.ts';
import { rememberedSpans } from './expected-finish.ts';
import { startPlay } from './forecast-play.ts';
import { readForecastLanes, readPlannedCampaigns } from './forecast-store.ts';
import { readWaitQueues } from './wait-spans-store.ts';

/** Where the people of a campaign are found who wait for one thing, by the rules and rows of its forecast. Nobody is counted. */
export async function readWaitSpans(
  db: Db,
  clock: Clock,
  { campaignId, choice }: { readonly campaignId: Uuid; readonly choice: WaitChoice },
): Promise<readonly WaitSpan[]> {
  const now = clock.now();
  const [planned, queues, policy, business, accounts, lanes] = await Promise.all([
    readPlannedCampaigns(db, [campaignId]),
    readWaitQueues(db, campaignId),
    getSendingPolicy(db),
    getBusiness(db),
    listAccountRows(db),
    readForecastLanes(db, now),
  ]);
  const marginMs = windowMargin(clock);
  const spansOf = rememberedSpans(policy, now);
  const waiting = queues.map(({ zoneGroup, laneId }) => ({ zoneGroup, laneId, dueAt: null, people: 1 }));
  const campaigns = planned.filter(({ id }) => id === campaignId).map((campaign) => ({ ...campaign, waiting }));
  const facts = {
    now,
    businessZone: business.zone,
    policy,
    marginMs,
    sendingPaused: false,
    accounts,
    lanes,
    campaigns,
  };
  return startPlay(facts, spansOf).campaigns.flatMap((campaign) =>
    waitSpans(campaign, queues, choice, { nowMs: now.epochMilliseconds, marginMs, spansOf }),
  );
}
