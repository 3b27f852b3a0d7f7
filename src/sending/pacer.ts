import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';
import { type TokenBucket, tokenBucket } from './token-bucket.ts';
import type { TurnLane } from './turn.ts';

/**
 * How much an account may do at this moment, all in the memory of its one holder: the account's rate, a share of it that campaigns
 * must leave to confirmations and replies, the throughput of each lane, and how many calls are under way.
 */
export interface Pacer {
  /** Takes over what was changed since the last turn; buckets whose rate is the same go on. */
  adjust(
    facts: { readonly account: { readonly ratePerSecond: number }; readonly lanes: readonly TurnLane[] },
    now: Instant,
  ): void;
  /** Calls that may begin now, of any kind. */
  room(now: Instant, inFlight: number): number;
  /** Milliseconds of clock time until the rate lets a call of any kind begin; 0 when it does. */
  msUntilRoom(now: Instant): number;
  /** Campaign texts that may begin now. */
  campaignRoom(now: Instant, inFlight: number): number;
  /** Whether campaigns wait for calls under way to be over, whatever the rate. */
  isFull(inFlight: number): boolean;
  /** Milliseconds of clock time until the rate lets a campaign text begin; 0 when it does. */
  msUntilCampaignRoom(now: Instant): number;
  /** Campaign texts that this lane may begin now. */
  laneRoom(laneId: Uuid, now: Instant): number;
  called(now: Instant, count: number): void;
  /** Gives back what was counted as called and was not. */
  notCalled(now: Instant, count: number): void;
  campaignTexts(now: Instant, texts: { readonly laneId: Uuid; readonly count: number; readonly parts: number }): void;
  /** A confirmation or a reply: it does not wait for its lane, whose next campaign texts wait for it. */
  answered(now: Instant, text: { readonly laneId: Uuid; readonly parts: number }): void;
  /** Milliseconds of clock time until the rates let a campaign text of this lane begin; 0 when they do. */
  msUntilLaneRoom(laneId: Uuid, now: Instant): number;
}

/** A tenth of the rate is kept free of campaigns, so that an answer never waits behind them. */
const KEPT_SHARE = 0.1;
/** What an account's rate leaves to campaigns, in the same unit. */
export const campaignRate = (accountRate: number): number => accountRate * (1 - KEPT_SHARE);
/**
 * What campaigns may catch up on later: the text whose place a question took, and the moments by which turns are late. It is no burst, for
 * the account's own bucket lets everything through.
 */
const CAUGHT_UP_TEXTS = 1;
/** A number's next text may be due while the account waits for its rate: up to a quarter of the time between two texts is made up for. */
const LATE_TEXTS = 0.25;
/** Calls of two seconds: answers that take longer than that hold the account back. */
const IN_FLIGHT_SECONDS = 2;
const IN_FLIGHT_MIN = 16;
const IN_FLIGHT_MAX = 500;
/** What answers have beside campaigns: as many calls as without them, or else several at once wait until a slow gateway has answered those. */
const ANSWERS_IN_FLIGHT_MAX = 100;

interface LaneBuckets {
  readonly messagesPerSecond: number | null;
  readonly partsPerSecond: number | null;
  readonly messages: TokenBucket | undefined;
  readonly parts: TokenBucket | undefined;
}

export function createPacer(startsAt: Instant): Pacer {
  let rate = 0;
  let account = tokenBucket(1, startsAt);
  let campaigns = tokenBucket(1, startsAt);
  const lanes = new Map<Uuid, LaneBuckets>();
  const inFlightMax = (): number =>
    Math.min(IN_FLIGHT_MAX, Math.max(IN_FLIGHT_MIN, Math.ceil(rate * IN_FLIGHT_SECONDS)));
  const campaignsInFlightMax = (): number => Math.floor(inFlightMax() * (1 - KEPT_SHARE));
  const allInFlightMax = (): number => campaignsInFlightMax() + Math.min(inFlightMax(), ANSWERS_IN_FLIGHT_MAX);
  const takeOfLane: Pacer['campaignTexts'] = (now, { laneId, count, parts }) => {
    lanes.get(laneId)?.messages?.take(now, count);
    // A text of several parts may overdraw its lane by a moment; the next one waits that much longer.
    lanes.get(laneId)?.parts?.take(now, parts);
  };
  return {
    adjust(facts, now) {
      if (facts.account.ratePerSecond !== rate) {
        rate = facts.account.ratePerSecond;
        account = tokenBucket(rate, now);
        campaigns = tokenBucket(campaignRate(rate), now, CAUGHT_UP_TEXTS);
      }
      for (const lane of facts.lanes) adjustLane(lanes, lane, now);
    },
    room: (now, inFlight) => Math.max(0, Math.min(account.available(now), allInFlightMax() - inFlight)),
    msUntilRoom: (now) => account.msUntilNext(now),
    campaignRoom: (now, inFlight) =>
      Math.max(0, Math.min(account.available(now), campaigns.available(now), campaignsInFlightMax() - inFlight)),
    isFull: (inFlight) => inFlight >= campaignsInFlightMax(),
    msUntilCampaignRoom: (now) => Math.max(account.msUntilNext(now), campaigns.msUntilNext(now)),
    laneRoom(laneId, now) {
      const buckets = lanes.get(laneId);
      return Math.min(
        buckets?.messages?.available(now) ?? Number.POSITIVE_INFINITY,
        buckets?.parts?.available(now) ?? Number.POSITIVE_INFINITY,
      );
    },
    called: (now, count) => account.take(now, count),
    notCalled: (now, count) => account.take(now, -count),
    campaignTexts(now, texts) {
      account.take(now, texts.count);
      campaigns.take(now, texts.count);
      takeOfLane(now, texts);
    },
    answered(now, text) {
      account.take(now, 1);
      takeOfLane(now, { ...text, count: 1 });
    },
    msUntilLaneRoom(laneId, now) {
      const buckets = lanes.get(laneId);
      return Math.max(
        ...[account, campaigns, buckets?.messages, buckets?.parts].map((bucket) => bucket?.msUntilNext(now) ?? 0),
      );
    },
  };
}

/** While `claim` runs, the calls that it may lead to count as begun: a question that goes out beside it would take their place a second time. */
export async function countedAhead<T>(
  pacer: Pacer,
  calls: { readonly now: Instant; readonly count: number },
  claim: () => Promise<T>,
): Promise<T> {
  pacer.called(calls.now, calls.count);
  try {
    return await claim();
  } finally {
    pacer.notCalled(calls.now, calls.count);
  }
}

function adjustLane(lanes: Map<Uuid, LaneBuckets>, lane: TurnLane, now: Instant): void {
  const { id, messagesPerSecond, partsPerSecond } = lane;
  const known = lanes.get(id);
  if (known?.messagesPerSecond === messagesPerSecond && known.partsPerSecond === partsPerSecond) return;
  const bucket = (perSecond: number | null): TokenBucket | undefined =>
    perSecond === null ? undefined : tokenBucket(perSecond, now, LATE_TEXTS);
  lanes.set(id, {
    messagesPerSecond,
    partsPerSecond,
    messages: bucket(messagesPerSecond),
    parts: bucket(partsPerSecond),
  });
}
