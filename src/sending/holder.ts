/**
 * One held gateway account: the loop that claims, hands over, records and settles. All of an account's sending happens in
 * the one process that holds its lease, so that its rate lives in plain memory.
 *
 * Hand-overs run beside the loop: a slow answer never holds up a confirmation or the other lanes.
 */

import { completeFinished } from '../campaigns/campaign-store.ts';
import type { Gateway } from '../gateways/gateway.ts';
import type { Template } from '../messages/template.ts';
import { parseTemplate } from '../messages/template-parser.ts';
import { dayIn } from '../platform/calendar.ts';
import { type Clock, patience } from '../platform/clock.ts';
import { type Db, runTx } from '../platform/database.ts';
import type { NewUuid, Uuid } from '../platform/ids.ts';
import { notifyLive } from '../platform/live.ts';
import type { Log } from '../platform/log.ts';
import { addMs, type Instant, isBefore, MINUTE_MS, msBetween } from '../platform/time.ts';
import type { Wake } from '../platform/wake.ts';
import { type Brake, brake } from './brake.ts';
import { type CampaignClaim, claimCampaign, claimDirect, type Prepared } from './claim.ts';
import { fairShare, nextGroupOpening, openGroups, servingOrder } from './decide-turn.ts';
import { handOver } from './hand-over.ts';
import type { Lease } from './lease-store.ts';
import { checkReceipts } from './receipts.ts';
import { type HandedOver, record } from './record.ts';
import { markOrphansUnknown, resumeDueLanes } from './record-store.ts';
import { settleUnknown } from './settle.ts';
import { type TokenBucket, tokenBucket } from './token-bucket.ts';
import type { TurnFacts, TurnLane } from './turn.ts';
import { nextDueAt, readTurnFacts, readVariants } from './turn-store.ts';

export interface HolderOptions {
  /** Hand-overs that may be under way at once. */
  readonly maxInFlight: number;
  /** Real milliseconds after an attempt from which the gateway not knowing a text proves that it was not sent. */
  readonly settleGraceMs: number;
  /** Hand-overs end this long before a window closes. */
  readonly windowMarginMs: number;
}

export interface HolderDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly newUuid: NewUuid;
  readonly log: Log;
  readonly gateway: Gateway;
  readonly wake: Wake;
  readonly options: HolderOptions;
}

interface Holder extends HolderDeps {
  readonly lease: Lease;
  readonly inFlight: Set<Promise<void>>;
  readonly answered: HandedOver[];
  readonly templates: Map<Uuid, ReadonlyMap<Uuid, Template>>;
  readonly servedTurn: Map<Uuid, number>;
  readonly brake: Brake;
  bucket: TokenBucket;
  bucketRate: number;
  turn: number;
}

const SETTLE_PER_TURN = 2;
const RECEIPTS_PER_TURN = 2;
/** Without a wake-up call the tables are looked at again after this real time. */
const IDLE_MS_MAX = 2_000;

/** Runs until `drain` aborts (then finishes what is under way) or the lease is lost (then throws `LeaseLost`). */
export async function holdAccount(deps: HolderDeps, lease: Lease, drain: AbortSignal): Promise<void> {
  const now = deps.clock.now();
  const holder: Holder = {
    ...deps,
    lease,
    inFlight: new Set(),
    answered: [],
    templates: new Map(),
    servedTurn: new Map(),
    brake: brake(deps.clock),
    bucket: tokenBucket(1, now),
    bucketRate: 0,
    turn: 0,
  };
  const orphans = await runTx(deps.db, (tx) =>
    markOrphansUnknown(tx, { accountId: lease.accountId, epoch: lease.epoch, now }),
  );
  if (orphans > 0)
    deps.log.warn({ account: lease.accountId, orphans }, 'texts of a stopped worker are unknown; asking the gateway');
  while (!drain.aborted) {
    const waitMs = await takeTurn(holder);
    if (waitMs > 0) await deps.wake.wait(waitMs, drain);
  }
  await Promise.all(holder.inFlight);
  await recordAnswered(holder);
}

/** One turn; returns how long to wait for the next in clock milliseconds (0: go on at once). */
async function takeTurn(holder: Holder): Promise<number> {
  holder.turn += 1;
  await recordAnswered(holder);
  const facts = await readTurnFacts(holder.db, holder.lease.accountId);
  if (facts === undefined) return patience(holder.clock, IDLE_MS_MAX);
  const now = holder.clock.now();
  applyRate(holder, facts.account.ratePerSecond, now);
  await runTx(holder.db, (tx) => resumeDueLanes(tx, holder.lease.accountId, now));
  if (facts.account.state === 'paused') {
    await settleSome(holder, facts);
    return patience(holder.clock, IDLE_MS_MAX);
  }
  const room = roomNow(holder);
  if (room === 0) return msUntilRoom(holder);
  const started = await startDirect(holder, facts, room);
  const settled = await settleSome(holder, facts);
  const claimed = facts.sendingPaused ? 0 : await startCampaigns(holder, facts);
  const asked = started + claimed + settled > 0 ? 0 : await askReceipts(holder);
  if (started + claimed + settled + asked > 0) return 0;
  await closeFinished(holder);
  return idleMs(holder, facts);
}

function roomNow(holder: Holder): number {
  const now = holder.clock.now();
  if (holder.brake.heldUntil(now) !== undefined) return 0;
  return Math.max(0, Math.min(holder.bucket.available(now), holder.options.maxInFlight - holder.inFlight.size));
}

function msUntilRoom(holder: Holder): number {
  const now = holder.clock.now();
  const idleMax = patience(holder.clock, IDLE_MS_MAX);
  if (holder.inFlight.size >= holder.options.maxInFlight) return idleMax;
  const heldUntil = holder.brake.heldUntil(now);
  return heldUntil === undefined ? holder.bucket.msUntilNext(now) : Math.min(idleMax, msBetween(now, heldUntil));
}

function applyRate(holder: Holder, ratePerSecond: number, now: Instant): void {
  if (holder.bucketRate === ratePerSecond) return;
  holder.bucket = tokenBucket(ratePerSecond, now);
  holder.bucketRate = ratePerSecond;
}

async function startDirect(holder: Holder, facts: TurnFacts, room: number): Promise<number> {
  const prepared = await claimDirect(holder, holder.lease, holder.clock.now(), room);
  start(holder, facts.lanes, prepared);
  return prepared.length;
}

/** Claims for each campaign in turn, from its lane with the most room, until the tokens are spent. Returns how many rows moved. */
async function startCampaigns(holder: Holder, facts: TurnFacts): Promise<number> {
  const order = servingOrder(facts.campaigns, holder.servedTurn);
  let taken = 0;
  for (const [index, campaign] of order.entries()) {
    let share = fairShare(order, index, roomNow(holder));
    const now = holder.clock.now();
    const groups = openGroups(
      campaign,
      now,
      Math.max(holder.options.windowMarginMs, patience(holder.clock, WINDOW_MARGIN_REAL_MS)),
    );
    if (share === 0 || groups.length === 0) continue;
    const templates = await templatesOf(holder, campaign.id);
    for (const lane of rotate(
      facts.lanes.filter((candidate) => campaign.laneIds.includes(candidate.id)),
      holder.turn,
    )) {
      if (share <= 0) break;
      const claim: CampaignClaim = {
        campaignId: campaign.id,
        laneId: lane.id,
        servesLaneIds: [lane.id, ...campaign.offLaneIds],
        day: dayIn(lane.zone, now),
        openGroups: groups,
        templates,
        businessName: facts.businessName,
        limit: share,
      };
      const result = await claimCampaign(holder, holder.lease, claim, now);
      start(holder, facts.lanes, result.prepared);
      share -= result.taken;
      taken += result.taken;
    }
    holder.servedTurn.set(campaign.id, holder.turn);
  }
  return taken;
}

/** Under a warped clock a second of real delay is an hour: keep clear of the window's end by real time too. */
const WINDOW_MARGIN_REAL_MS = 1_000;

/** Lanes take turns in being first, so that new contacts spread evenly over them. */
const rotate = <T>(items: readonly T[], by: number): readonly T[] => {
  const at = items.length === 0 ? 0 : by % items.length;
  return [...items.slice(at), ...items.slice(0, at)];
};

/** Texts of a launched campaign never change, so each is parsed once per holder. */
async function templatesOf(holder: Holder, campaignId: Uuid): Promise<ReadonlyMap<Uuid, Template>> {
  const known = holder.templates.get(campaignId);
  if (known !== undefined) return known;
  const variants = await readVariants(holder.db, campaignId);
  const parsed = new Map(
    variants.map(({ id, body }) => {
      const template = parseTemplate(body);
      if (!template.ok)
        throw new Error(
          `campaign ${campaignId}: variant ${id} was launched with a text that does not parse: ${template.error.message}`,
        );
      return [id, template.value];
    }),
  );
  holder.templates.set(campaignId, parsed);
  return parsed;
}

function start(holder: Holder, lanes: readonly TurnLane[], prepared: readonly Prepared[]): void {
  if (prepared.length === 0) return;
  holder.bucket.take(holder.clock.now(), prepared.length);
  for (const text of prepared) {
    const lane = lanes.find((candidate) => candidate.id === text.laneId);
    if (lane === undefined)
      throw new Error(
        `message ${text.messageId}: lane ${text.laneId} does not belong to account ${holder.lease.accountId}`,
      );
    const running: Promise<void> = handOver(holder, text, lane)
      .then((answer) => void holder.answered.push(answer))
      .finally(() => {
        holder.inFlight.delete(running);
        holder.wake.call();
      });
    holder.inFlight.add(running);
  }
}

async function recordAnswered(holder: Holder): Promise<void> {
  const results = holder.answered.splice(0);
  if (results.length === 0) return;
  for (const result of results) {
    holder.brake.heard(result);
    if (result.verdict.to === 'unknown' || result.verdict.sender !== undefined)
      holder.log.warn(
        { message: result.messageId, outcome: result.outcome, verdict: result.verdict },
        'hand-over did not end in accepted',
      );
  }
  await record(holder, holder.lease, { from: 'handing_over', results });
}

async function settleSome(holder: Holder, facts: TurnFacts): Promise<number> {
  const limit = Math.min(SETTLE_PER_TURN, roomNow(holder));
  if (limit === 0) return 0;
  const lanes = new Map(facts.lanes.map((lane) => [lane.id, lane]));
  const { asked, results } = await settleUnknown(
    { ...holder, lanes, graceMs: holder.options.settleGraceMs },
    holder.lease.accountId,
    limit,
  );
  holder.bucket.take(holder.clock.now(), asked);
  if (results.length > 0) await record(holder, holder.lease, { from: 'unknown', results });
  return results.length;
}

/** Lowest priority: only in a turn that had nothing else to do. */
async function askReceipts(holder: Holder): Promise<number> {
  const limit = Math.min(RECEIPTS_PER_TURN, roomNow(holder));
  if (limit === 0) return 0;
  const asked = await checkReceipts(holder, holder.lease.accountId, limit);
  holder.bucket.take(holder.clock.now(), asked);
  return asked;
}

async function closeFinished(holder: Holder): Promise<void> {
  await runTx(holder.db, async (tx) => {
    const closed = await completeFinished(tx, holder.clock.now());
    await notifyLive(tx, closed.length === 0 ? [] : ['status', ...closed.map((id) => `campaign:${id}`)]);
  });
}

/** Until a window opens, a lane's new day begins or a text becomes due; a wake-up call ends it earlier. */
async function idleMs(holder: Holder, facts: TurnFacts): Promise<number> {
  const now = holder.clock.now();
  const due = [nextGroupOpening(facts.campaigns, now), await nextDueAt(holder.db, holder.lease.accountId, now)];
  const next = due
    .filter((at): at is Instant => at !== undefined && at !== null)
    .sort((a, b) => a.epochMilliseconds - b.epochMilliseconds)[0];
  const idleMax = patience(holder.clock, IDLE_MS_MAX);
  return next === undefined || isBefore(addMs(now, idleMax), next) ? idleMax : Math.max(1, msBetween(now, next));
}

export const DEFAULT_HOLDER_OPTIONS: HolderOptions = {
  maxInFlight: 16,
  settleGraceMs: MINUTE_MS,
  windowMarginMs: 15 * MINUTE_MS,
};
