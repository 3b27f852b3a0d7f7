import { sentenceFor } from '../messages/outcome-sentences.ts';
import { costCents } from '../messages/price.ts';
import type { Clock } from '../platform/clock.ts';
import type { Db } from '../platform/database.ts';
import { addMs, type Instant, MINUTE_MS } from '../platform/time.ts';
import type { Campaign } from './campaign.ts';
import { readForecasts } from './expected-finish.ts';
import type { CampaignForecast } from './forecast.ts';
import { campaignHours, failureCounts, type LiveReply, latestReplies, sentSince, skipCounts } from './live-store.ts';
import { readWaitingFacts } from './read-waiting.ts';
import type { UsedLane } from './used-lane-store.ts';
import { waitingFor } from './waiting.ts';
import type { Waiting } from './waiting-facts.ts';

export interface LiveCampaign {
  readonly campaign: Campaign;
  /** What it waits for; null while texts go out, and when it is over. */
  readonly waiting: Waiting | null;
  /** Undefined for a campaign of which nothing is expected any more, or not yet. */
  readonly forecast: CampaignForecast | undefined;
  readonly cost: CampaignCost;
  readonly ratePerMinute: number;
  readonly lanes: readonly UsedLane[];
  readonly failures: readonly {
    readonly code: string;
    readonly sentence: string;
    readonly remedy: string;
    readonly count: number;
  }[];
  readonly skips: readonly { readonly reason: string; readonly sentence: string; readonly count: number }[];
  readonly replies: readonly LiveReply[];
  readonly perHour: Awaited<ReturnType<typeof campaignHours>>;
  readonly asOf: Instant;
}

export interface CampaignCost {
  readonly soFarCents: number;
  /** For those who still wait, at the parts per text of those who do not. */
  readonly toComeCents: number;
}

const RATE_MINUTES = 10;
const REPLIES_SHOWN = 20;

export async function readLiveCampaign(db: Db, clock: Clock, campaign: Campaign): Promise<LiveCampaign> {
  const now = clock.now();
  const [facts, sent, failures, skips, replies, perHour, forecasts] = await Promise.all([
    readWaitingFacts(db, clock, campaign),
    sentSince(db, campaign.id, { since: addMs(now, -RATE_MINUTES * MINUTE_MS), now }),
    failureCounts(db, campaign.id),
    skipCounts(db, campaign.id),
    latestReplies(db, campaign.id, REPLIES_SHOWN),
    campaignHours(db, campaign.id),
    campaign.totals.pending > 0 ? readForecasts(db, clock, { ids: [campaign.id] }) : NO_FORECASTS,
  ]);
  return {
    campaign,
    waiting: waitingFor(facts),
    forecast: forecasts.get(campaign.id),
    cost: {
      soFarCents: costCents(campaign.totals.parts),
      toComeCents: costCents(campaign.totals.pending * (forecasts.get(campaign.id)?.partsPerText ?? 0)),
    },
    ratePerMinute: sent / RATE_MINUTES,
    lanes: facts.lanes,
    failures: failures.map(({ code, count }) => ({ code, count, ...sentenceFor(code) })),
    skips: skips.map(({ reason, count }) => ({ reason, count, sentence: sentenceFor(reason).sentence })),
    replies,
    perHour,
    asOf: facts.now,
  };
}

const NO_FORECASTS: Awaited<ReturnType<typeof readForecasts>> = new Map();
