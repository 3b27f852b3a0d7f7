import { pauseCampaign } from '../campaigns/control-campaign.ts';
import { OPT_OUT_LINK_KEY, type Template } from '../messages/template.ts';
import { templateFields } from '../messages/template-fields.ts';
import { parseTemplate } from '../messages/template-parser.ts';
import { dayIn, nextMidnight } from '../platform/calendar.ts';
import { patience } from '../platform/clock.ts';
import { runTx } from '../platform/database.ts';
import { showId, type Uuid } from '../platform/ids.ts';
import { addMs, type Instant, isBefore, msBetween, SECOND_MS } from '../platform/time.ts';
import { type CampaignClaim, type ClaimResult, claimCampaign, type Prepared } from './claim.ts';
import { freshPace, isPaced, type PaceMoment, paceAfter, paceRoom, spreadIntervalMs } from './decide-pace.ts';
import {
  fairShare,
  lanesByRoom,
  type OpenGroup,
  servedBy,
  servingOrder,
  someHasMoreRoom,
  type WindowBook,
} from './decide-turn.ts';
import { type Holder, underWay } from './holder-state.ts';
import { requireLease } from './lease-store.ts';
import type { Finding, Look } from './nobody-due.ts';
import { countedAhead } from './pacer.ts';
import type { TurnCampaign, TurnFacts, TurnLane } from './turn.ts';
import { readVariants } from './turn-store.ts';
import { windowMargin } from './window-margin.ts';

export interface Served {
  /** Rows that moved. */
  readonly taken: number;
  /** A claim took all that it was allowed: there may be more who are due. */
  readonly more: boolean;
  /** Clock milliseconds until a rate or a pace lets the next text begin, for campaigns that wait for nothing else. */
  readonly waitMs: number;
  readonly stopped?: true;
}

/** What a turn's claims do between them. */
export interface ServeSteps {
  readonly start: (prepared: readonly Prepared[]) => void;
  /** False: this turn claims nothing more, and the next one comes at once. */
  readonly goesOn: () => Promise<boolean>;
}

/** A turn's claims are cut into transactions of this size, so that none holds its locks for long. */
export const CLAIM_MAX = 50;
/** Of real time. Whoever is due and was not found is held by another transaction. */
const HELD_MS = 1_000;
const LOOK_AGAIN_MS = 5_000;
/** Nobody knows this lane, and new people are left to others: with hundreds of lanes, each would ask at every text. */
const LOOK_FOR_KNOWN_MS = 60_000;

/**
 * One turn for all running campaigns: by priority, fairly among equals, each from its lane with the most room, until what the
 * rates allow is spent.
 */
export async function serveCampaigns(
  holder: Holder,
  facts: TurnFacts,
  book: WindowBook,
  steps: ServeSteps,
): Promise<Served> {
  const marginMs = windowMargin(holder.clock, holder.options.windowMarginMs);
  const order = servingOrder(
    facts.campaigns.filter((campaign) => campaign.waiting > 0 && !campaign.pointless),
    holder.servedTurn,
  );
  let served = NOBODY;
  let urgent = Number.POSITIVE_INFINITY;
  for (const [index, campaign] of order.entries()) {
    // Room that comes up while a campaign is served belongs to it as long as it could take more, not to less urgent ones.
    if (campaign.priority > urgent) break;
    const now = holder.clock.now();
    const groups = book.open(campaign, now, marginMs);
    if (groups.length === 0) continue;
    const room = holder.pacer.campaignRoom(now, underWay(holder));
    // Whoever could take more says so when there is room again, not before: the first in line may have nothing to send from here.
    if (room === 0) return { ...served, waitMs: Math.min(served.waitMs, untilRoomMs(holder, now)) };
    const share = fairShare(order, index, room);
    const one = await serveCampaign(holder, { facts, book, steps, campaign, groups, share });
    served = both(served, one);
    if (served.stopped === true) return served;
    if (one.more && one.taken >= share) urgent = campaign.priority;
    // A slow account has room for one text in a turn: only who got it steps back behind its equals.
    if (one.taken > 0) holder.servedTurn.set(campaign.id, holder.turn);
  }
  return served;
}

const NOBODY: Served = { taken: 0, more: false, waitMs: Number.POSITIVE_INFINITY };

const both = (first: Served, second: Served): Served => ({
  taken: first.taken + second.taken,
  more: first.more || second.more,
  waitMs: Math.min(first.waitMs, second.waitMs),
  ...(second.stopped && { stopped: true }),
});

/** Infinite while too many calls are under way: an answer wakes the holder. */
function untilRoomMs({ pacer }: Holder, now: Instant): number {
  const ms = pacer.msUntilCampaignRoom(now);
  return ms > 0 ? ms : Number.POSITIVE_INFINITY;
}

interface CampaignTurn {
  readonly facts: TurnFacts;
  readonly book: WindowBook;
  readonly steps: ServeSteps;
  readonly campaign: TurnCampaign;
  readonly groups: readonly OpenGroup[];
  readonly share: number;
}

async function serveCampaign(holder: Holder, turn: CampaignTurn): Promise<Served> {
  const { facts, campaign } = turn;
  const pace = paceOf(turn, holder.clock.now());
  if (pace?.room === 0) return { ...NOBODY, waitMs: pace.waitMs };
  const templates = await templatesOf(holder, campaign.id);
  if (templates === undefined) return NOBODY;
  let left = Math.min(turn.share, pace?.room ?? Number.POSITIVE_INFINITY);
  let served = NOBODY;
  /** Texts of this turn, which the facts do not know; lanes that have nothing more to give in it. */
  const begun = new Map<Uuid, number>();
  const done = new Set<Uuid>();
  while (left > 0) {
    const lane = lanesByRoom(facts.lanes, campaign, holder.clock.now(), begun).find(({ id }) => !done.has(id));
    if (lane === undefined) break;
    const leavesMs = leavesToOthersMs(holder, turn, { lane, pace, begun });
    const one = await serveLane(holder, turn, { lane, templates, pace, left, leavesMs });
    served = both(served, leavesMs > 0 ? { ...one, waitMs: Math.min(one.waitMs, leavesMs) } : one);
    if (served.stopped === true || one.paceIsUp) break;
    if (one.isDone) done.add(lane.id);
    begun.set(lane.id, (begun.get(lane.id) ?? 0) + one.begun);
    left -= one.taken;
  }
  return served;
}

/** Of real time. Whoever has most room is there within milliseconds when a text is due; an account that is not does not keep it waiting. */
const LEFT_TO_OTHERS_MS = SECOND_MS;

/**
 * How much longer this lane leaves new people to a lane of another account. Each text of an evenly spread campaign is one for all of them,
 * which whoever came first would take: the lane with most room has time for it (docs/decisions/0067).
 */
function leavesToOthersMs(
  { clock }: Holder,
  { campaign }: CampaignTurn,
  { lane, pace, begun }: Pick<ClaimPart, 'lane' | 'pace'> & { readonly begun: ReadonlyMap<Uuid, number> },
): number {
  const intervalMs = pace?.moment.intervalMs ?? 0;
  if (intervalMs === 0 || campaign.paceUsed === null) return 0;
  const now = clock.now();
  if (!someHasMoreRoom(campaign.lanesElsewhere, lane, { now, begun })) return 0;
  const sinceMs = msBetween(campaign.paceUsed.nextAt, now);
  return Math.max(0, Math.ceil(Math.min(patience(clock, LEFT_TO_OTHERS_MS), intervalMs / 2)) - sinceMs);
}

interface ServedLane extends Served {
  readonly begun: number;
  /** It has nothing more to give in this turn. */
  readonly isDone: boolean;
  /** Nor has any other: another account has used up the campaign's pace. */
  readonly paceIsUp: boolean;
}

/** One claim. */
async function serveLane(
  holder: Holder,
  turn: CampaignTurn,
  part: Omit<ClaimPart, 'limit' | 'now'> & { readonly left: number },
): Promise<ServedLane> {
  const { lane, left, pace } = part;
  const { pacer, clock } = holder;
  const nothing = { ...NOBODY, begun: 0, isDone: true, paceIsUp: false };
  const limitAt = (at: Instant): number =>
    Math.min(CLAIM_MAX, left, pacer.laneRoom(lane.id, at), pacer.campaignRoom(at, underWay(holder)));
  const noRoom = (at: Instant): ServedLane => ({ ...nothing, waitMs: Math.max(1, pacer.msUntilLaneRoom(lane.id, at)) });
  const lookedAt = clock.now();
  if (limitAt(lookedAt) <= 0) return noRoom(lookedAt);
  const look = lookOf(turn, part);
  const restMs = holder.nobodyDue.restMs(look, lookedAt);
  if (restMs !== undefined) return { ...nothing, waitMs: restMs };
  if (!(await turn.steps.goesOn())) return { ...nothing, waitMs: 0, stopped: true };
  // A question or an answer may have taken the room meanwhile.
  const now = clock.now();
  const limit = limitAt(now);
  if (limit <= 0) return noRoom(now);
  const result = await countedAhead(pacer, { now, count: limit }, () =>
    claimFor(holder, turn, { ...part, limit, now }),
  );
  const { prepared, parts, taken, nextAt } = result;
  const paceIsUp = nextAt !== undefined && isBefore(now, nextAt);
  let waitMs = paceIsUp ? msBetween(now, nextAt) : Number.POSITIVE_INFINITY;
  if (taken === 0 && nextAt === undefined) {
    const finding = findingOf(holder, result, { now, leavesNew: part.leavesMs > 0 });
    holder.nobodyDue.remember(look, now, finding);
    waitMs = finding.dueMs;
  }
  pacer.campaignTexts(now, { laneId: lane.id, count: prepared.length, parts });
  turn.steps.start(prepared);
  const isSpread = (pace?.moment.intervalMs ?? 0) > 0;
  if (pace !== undefined && isSpread && taken > 0) {
    const { nextAt: dueAt } = paceAfter(turn.campaign.paceUsed ?? freshPace(pace.moment), prepared.length, pace.moment);
    waitMs = Math.max(1, msBetween(clock.now(), dueAt));
  }
  // What is spread evenly goes on when its next text is due; what is left of an hour or a day may be taken at once.
  const more = taken === limit && !isSpread;
  return { taken, more, waitMs, begun: prepared.length, isDone: !more || pace !== undefined, paceIsUp };
}

/** Of a claim that took nobody. */
function findingOf(
  { clock }: Holder,
  { firstDueAt }: ClaimResult,
  { now, leavesNew }: { readonly now: Instant; readonly leavesNew: boolean },
): Finding {
  // A limit that others used up meanwhile: the facts of the next turn tell of it.
  if (firstDueAt === undefined) return { dueMs: Number.POSITIVE_INFINITY, againMs: patience(clock, HELD_MS) };
  const againMs = patience(clock, leavesNew ? LOOK_FOR_KNOWN_MS : LOOK_AGAIN_MS);
  if (firstDueAt === null) return { dueMs: Number.POSITIVE_INFINITY, againMs };
  const dueMs = msBetween(now, firstDueAt);
  return { dueMs: dueMs > 0 ? dueMs : patience(clock, HELD_MS), againMs };
}

const lookOf = (
  { campaign, groups }: CampaignTurn,
  { lane, leavesMs }: Pick<ClaimPart, 'lane' | 'leavesMs'>,
): Look => ({
  campaignId: campaign.id,
  laneId: lane.id,
  waiting: campaign.waiting,
  among: JSON.stringify([
    whomServes(campaign, { lane, leavesMs }),
    groups.map(({ zoneGroup }) => zoneGroup),
    // Limits that may have left room for nobody: a change of them is obeyed at once.
    lane.dailyCap,
    lane.partsPerDay,
    campaign.pace,
  ]),
});

function whomServes(campaign: TurnCampaign, { lane, leavesMs }: Pick<ClaimPart, 'lane' | 'leavesMs'>) {
  const served = servedBy(lane, [...campaign.offLaneIds, ...campaign.removedLaneIds]);
  return leavesMs > 0 ? { ...served, takesNewPeople: false } : served;
}

interface ClaimPart {
  readonly lane: TurnLane;
  /** For so long it leaves new people to lanes of other accounts. */
  readonly leavesMs: number;
  readonly templates: ReadonlyMap<Uuid, Template>;
  readonly pace: CampaignClaim['pace'];
  readonly limit: number;
  readonly now: Instant;
}

function claimFor(holder: Holder, { facts, campaign, groups }: CampaignTurn, part: ClaimPart): Promise<ClaimResult> {
  const { lane, templates, pace, limit, now } = part;
  // What is begun after midnight belongs to the next day's cap.
  const dayEnds = addMs(nextMidnight(lane.zone, now), -1);
  const claim: CampaignClaim = {
    campaignId: campaign.id,
    laneId: lane.id,
    ...whomServes(campaign, part),
    removedLaneIds: campaign.removedLaneIds,
    day: dayIn(lane.zone, now),
    openGroups: groups.map((group) => endingBy(endingBy(group, campaign.textsUntil), dayEnds)),
    templates,
    businessName: facts.businessName,
    optOutLink: linkFor(holder, facts, templates),
    optOutWording: facts.optOutWording,
    limit,
    pace,
    notTextedForDays: campaign.notTextedForDays,
    consent: campaign.consent,
  };
  return claimCampaign(holder, holder.lease, claim, now);
}

/** Nothing when no text names it: enciphering a number for each text has its price. */
function linkFor(
  { linkTokens }: Holder,
  { linkBase }: TurnFacts,
  templates: ReadonlyMap<Uuid, Template>,
): CampaignClaim['optOutLink'] {
  if (linkBase === null || ![...templates.values()].some(namesLink)) return undefined;
  return (phone) => `${linkBase}${linkTokens.tokenOf(phone)}`;
}

const namesLink = (template: Template): boolean => templateFields(template).some(({ key }) => key === OPT_OUT_LINK_KEY);

/** A text that is claimed in time may still be late at the gateway. */
const endingBy = (group: OpenGroup, textsUntil: Instant | null): OpenGroup =>
  textsUntil !== null && isBefore(textsUntil, group.notAfter) ? { ...group, notAfter: textsUntil } : group;

/** The pace of one that has one, and the room that it leaves as far as the facts of the turn tell. */
function paceOf({ facts, book, campaign }: CampaignTurn, now: Instant) {
  if (!isPaced(campaign.pace)) return undefined;
  const moment = paceMoment(facts, book, campaign, now);
  const { pace: limits, paceUsed } = campaign;
  const room = paceUsed === null ? Number.POSITIVE_INFINITY : paceRoom(limits, paceUsed, moment);
  const nextAt = paceUsed?.nextAt ?? now;
  return { limits, moment, room, waitMs: isBefore(now, nextAt) ? msBetween(now, nextAt) : Number.POSITIVE_INFINITY };
}

/** Evenly over the hours that are open until the wished end; as fast as allowed when that has passed. */
function paceMoment(facts: TurnFacts, book: WindowBook, campaign: TurnCampaign, now: Instant): PaceMoment {
  const { finishBy } = campaign.pace;
  const intervalMs =
    finishBy === null || !isBefore(now, finishBy)
      ? 0
      : Math.ceil(spreadIntervalMs(book.openMs(campaign, now, finishBy), Math.max(1, campaign.waiting)));
  return { now, day: dayIn(facts.businessZone, now), intervalMs };
}

/**
 * Texts of a launched campaign never change, so each is parsed once per holder. One that a newer version of the program cannot read
 * pauses its campaign, and no other of the account.
 */
async function templatesOf(holder: Holder, campaignId: Uuid): Promise<ReadonlyMap<Uuid, Template> | undefined> {
  const known = holder.templates.get(campaignId);
  if (known !== undefined) return known;
  const parsed = new Map<Uuid, Template>();
  for (const { id, body } of await readVariants(holder.db, campaignId)) {
    const template = parseTemplate(body);
    if (!template.ok) {
      await pauseUnreadable(holder, campaignId, template.error.message);
      return undefined;
    }
    parsed.set(id, template.value);
  }
  holder.templates.set(campaignId, parsed);
  return parsed;
}

function pauseUnreadable(holder: Holder, campaignId: Uuid, mistake: string): Promise<void> {
  return runTx(holder.db, async (tx) => {
    await requireLease(tx, holder.lease);
    await pauseCampaign(tx, holder, {
      id: campaignId,
      shownId: showId('campaign', campaignId),
      reason: `This version of Textwright cannot read its text: ${mistake}. Cancel it and send a copy with the text put right to those who wait`,
      actor: 'system',
    });
  });
}
