import { openMsOfAny } from '../compliance/open-spans.ts';
import { SECOND_MS } from '../platform/time.ts';
import { countedRoom, spreadIntervalMs } from '../sending/decide-pace.ts';
import { moreRoomFirst, servedBy } from '../sending/decide-turn.ts';
import { campaignRate } from '../sending/pacer.ts';
import type { ForecastAccount } from './forecast.ts';
import {
  NOBODY,
  type Play,
  type PlayCampaign,
  type PlayGroup,
  type PlayLane,
  type PlayQueue,
  spanAt,
} from './forecast-play.ts';

/** Texts per millisecond of one campaign through one lane to the people who are next there. */
export interface Flow {
  readonly campaign: PlayCampaign;
  readonly lane: PlayLane;
  readonly queue: PlayQueue;
  perMs: number;
}

/** The rates that hold from `atMs` until something changes: by priority, in equal shares among equals, from the lane with most room. */
export function decideFlows(play: Play, atMs: number): readonly Flow[] {
  const running = play.campaigns.filter((campaign) => mayServe(campaign, atMs));
  const classes = [...Map.groupBy(running, ({ facts }) => facts.priority)].sort(([a], [b]) => a - b);
  const flows: Flow[] = [];
  const lefts: Lefts = new Map(
    play.accounts.map((account) => [
      account,
      { perMs: campaignRate(account.ratePerSecond) / SECOND_MS, lanes: new Map<PlayLane, number>() },
    ]),
  );
  for (const [, equals] of classes) {
    const wishes = equals.map((campaign): Wish => {
      const groups = openGroups(campaign, atMs, play.marginMs);
      const openings = play.accounts
        .map((account) => openingOf(campaign, { account, atMs, groups }))
        .filter(({ lanes }) => lanes.length > 0);
      return { openings, perMs: spreadRate(campaign, atMs) };
    });
    shareOut(served(wishes, lefts), lefts, flows);
  }
  return flows;
}

interface Wish {
  readonly openings: readonly Opening[];
  /** What the campaign's own pace lets through. */
  readonly perMs: number;
}

/**
 * Who is served from where, and how fast at most. An evenly spread text is one for all accounts: new people are for the lanes with most
 * room among all of them, whoever knows a lane does not wait for that, and what those lanes turn out not to take goes to the others.
 */
function served(wishes: readonly Wish[], lefts: Lefts): readonly Served[] {
  const isShared = ({ openings, perMs }: Wish): boolean => openings.length > 1 && perMs < Number.POSITIVE_INFINITY;
  const first = wishes.map((wish) => (isShared(wish) ? mostRoomFirst(wish) : wish.openings.map(asFastAs(wish.perMs))));
  if (!wishes.some(isShared)) return first.flat();
  const tried = first.map((ofOne) => ofOne.map((one) => ({ ...one, pace: { ...one.pace } })));
  const copies = new Map([...lefts].map(([account, left]) => [account, { ...left, lanes: new Map(left.lanes) }]));
  shareOut(tried.flat(), copies, []);
  return wishes.flatMap((wish, index) => {
    const ofOne = first[index] ?? [];
    return isShared(wish) ? withRest(wish, ofOne, tried[index] ?? []) : ofOne;
  });
}

const asFastAs =
  (perMs: number) =>
  (opening: Opening): Served => ({ ...opening, pace: { perMs }, full: false });

function mostRoomFirst({ openings, perMs }: Wish): readonly Served[] {
  const all = openings.flatMap(({ lanes }) => lanes);
  const most = Math.max(0, ...all.filter(({ lane }) => !lane.facts.drains).map(({ left }) => left));
  const knows = ({ queue }: OpenLane): boolean => queue.laneId !== null;
  const isFirst = (lane: OpenLane): boolean => knows(lane) || most - lane.left <= SAME_ROOM;
  const chosen = openings.map((opening) => ({ ...opening, lanes: opening.lanes.filter(isFirst) }));
  // Lanes of the same room take turns; where somebody is known, whichever account comes first takes the text.
  const weightOf = ({ lanes }: Opening): number => (all.some(knows) ? Math.min(1, lanes.length) : lanes.length);
  const weights = chosen.reduce((sum, opening) => sum + weightOf(opening), 0);
  return chosen.map((opening) => asFastAs((perMs * weightOf(opening)) / weights)(opening));
}

/** `tried` has what each was found not to take. */
function withRest({ openings }: Wish, first: readonly Served[], tried: readonly Served[]): readonly Served[] {
  const restOf = (index: number): number => tried[index]?.pace.perMs ?? 0;
  const rest = openings.reduce((sum, _, index) => sum + restOf(index), 0);
  if (rest <= TINY) return first;
  const takers = openings.filter((_, index) => restOf(index) <= TINY).length;
  return first.map((one, index): Served => {
    const { perMs } = one.pace;
    if (restOf(index) > TINY) return { ...one, pace: { perMs: perMs - restOf(index) } };
    return { ...one, lanes: openings[index]?.lanes ?? one.lanes, pace: { perMs: perMs + rest / takers } };
  });
}

/** People wait, it may go on, and its hour and its day have room. */
export const mayServe = ({ facts, waiting, stopsAtMs, hourTexts, dayTexts }: PlayCampaign, atMs: number): boolean =>
  waiting >= NOBODY && atMs < stopsAtMs && countedRoom(facts.pace, { hourTexts, dayTexts }) >= NOBODY;

/** The lane may send, and its day has room. */
export const hasRoom = (lane: PlayLane, atMs: number): boolean =>
  atMs >= lane.sendsFromMs && lane.room >= NOBODY && lane.partsRoom >= NOBODY;

/** Texts per millisecond that spread those who wait evenly; infinite without such a wish, or when its end has passed. */
function spreadRate({ groups, waiting, finishByMs }: PlayCampaign, atMs: number): number {
  if (atMs >= finishByMs) return Number.POSITIVE_INFINITY;
  const openMs = openMsOfAny(
    groups.map(({ spans }) => spans),
    atMs,
    finishByMs,
  );
  return openMs <= 0 ? Number.POSITIVE_INFINITY : 1 / spreadIntervalMs(openMs, waiting);
}

/** The one that closes first in front. */
const openGroups = (campaign: PlayCampaign, atMs: number, marginMs: number): readonly PlayGroup[] =>
  campaign.groups
    .map((group) => ({ group, span: spanAt(group, atMs, marginMs) }))
    .flatMap(({ group, span }) =>
      span === undefined || span.opensMs > atMs ? [] : [{ group, closesMs: span.closesMs }],
    )
    .sort((a, b) => a.closesMs - b.closesMs)
    .map(({ group }) => group);

/** A campaign that has somebody to text now from an account. */
interface Opening {
  readonly campaign: PlayCampaign;
  readonly account: ForecastAccount;
  /** The one with most room in front. */
  readonly lanes: readonly OpenLane[];
}
interface OpenLane {
  readonly lane: PlayLane;
  readonly left: number;
  readonly queue: PlayQueue;
}

interface Served extends Opening {
  /** What is left of the campaign's own rate. */
  readonly pace: { perMs: number };
  full: boolean;
}

function openingOf(
  campaign: PlayCampaign,
  at: { readonly account: ForecastAccount; readonly atMs: number; readonly groups: readonly PlayGroup[] },
): Opening {
  const lanes = campaign.lanes
    .filter((lane) => lane.facts.accountId === at.account.id && hasRoom(lane, at.atMs))
    .flatMap((lane) => {
      const queue = firstQueue(campaign, lane, at);
      return queue === undefined ? [] : [{ lane, left: lane.room, queue }];
    })
    .sort((a, b) => moreRoomFirst({ lane: a.lane.facts, left: a.left }, { lane: b.lane.facts, left: b.left }));
  return { campaign, account: at.account, lanes };
}

/** In each group those who know the lane before new people, as the claim takes them. */
function firstQueue(
  campaign: PlayCampaign,
  lane: PlayLane,
  { atMs, groups }: { readonly atMs: number; readonly groups: readonly PlayGroup[] },
): PlayQueue | undefined {
  const { servesLaneIds, takesNewPeople } = servedBy(sending(lane), campaign.offLaneIds);
  for (const { queues } of groups) {
    const due = queues.filter((queue) => queue.people >= NOBODY && queue.dueMs <= atMs);
    const known = due.find(({ laneId }) => laneId !== null && servesLaneIds.includes(laneId));
    const next = known ?? (takesNewPeople ? due.find(({ laneId }) => laneId === null) : undefined);
    if (next !== undefined) return next;
  }
  return undefined;
}

/** A lane whose pause is over is what it was before. */
const sending = ({ facts }: PlayLane): { readonly id: string; readonly state: 'active' | 'draining' } => ({
  id: facts.id,
  state: facts.drains ? 'draining' : 'active',
});

/** What is left of the rate of each account, and of each lane's throughput as a share of it. */
type Lefts = ReadonlyMap<ForecastAccount, Left>;
interface Left {
  perMs: number;
  readonly lanes: Map<PlayLane, number>;
}

interface Shares {
  readonly left: Left;
  readonly flows: Flow[];
}

function shareOut(served: readonly Served[], lefts: Lefts, flows: Flow[]): void {
  for (const [account, left] of lefts)
    shareAccount(
      served.filter((one) => one.account === account),
      { left, flows },
    );
}

/** Each gets the same, as far as its pace and its lanes can take it; what one cannot take goes to the others. */
function shareAccount(served: readonly Served[], shares: Shares): void {
  const { left } = shares;
  for (let round = 0; round < ROUNDS_MAX && left.perMs > TINY; round += 1) {
    const open = served.filter(({ full }) => !full);
    if (open.length === 0) return;
    const share = left.perMs / open.length;
    // Nobody takes a lane's throughput from its equals.
    const free = new Map(left.lanes);
    const users = (lane: PlayLane): number => open.filter(({ lanes }) => lanes.some((one) => one.lane === lane)).length;
    for (const one of open) {
      const wanted = Math.min(share, one.pace.perMs);
      const placed = place(one, wanted, shares, (lane) => (free.get(lane) ?? 1) / users(lane));
      left.perMs -= placed;
      one.pace.perMs -= placed;
      one.full = placed <= TINY;
    }
  }
}

const ROUNDS_MAX = 8;
const TINY = 1e-12;

/** Puts `perMs` on the lanes, most room first; lanes of the same room share it. Returns how much found a place. */
function place(served: Served, perMs: number, { left, flows }: Shares, freeOf: (lane: PlayLane) => number): number {
  const { campaign, lanes } = served;
  let rest = perMs;
  for (let index = 0; index < lanes.length && rest > TINY; ) {
    const level = lanes[index]?.left ?? 0;
    const tied = lanes.slice(index).filter((one) => level - one.left <= SAME_ROOM);
    for (const [position, { lane, queue }] of tied.entries()) {
      const most = throughput(lane, campaign);
      const taken = Math.min(rest / (tied.length - position), most * freeOf(lane));
      if (taken <= TINY) continue;
      if (Number.isFinite(most)) left.lanes.set(lane, (left.lanes.get(lane) ?? 1) - taken / most);
      addFlow(flows, { campaign, lane, queue, perMs: taken });
      rest -= taken;
    }
    index += tied.length;
  }
  return perMs - rest;
}

/** Rooms that differ by less are equal: they were equal before fractions were cut off. */
export const SAME_ROOM = 1e-3;

/** Texts of this campaign per millisecond that the lane alone would let through. */
function throughput({ facts }: PlayLane, campaign: PlayCampaign): number {
  const texts = facts.messagesPerSecond ?? Number.POSITIVE_INFINITY;
  const parts = facts.partsPerSecond ?? Number.POSITIVE_INFINITY;
  return Math.min(texts, parts / campaign.facts.partsPerText) / SECOND_MS;
}

function addFlow(flows: Flow[], flow: Flow): void {
  const known = flows.find((one) => one.campaign === flow.campaign && one.lane === flow.lane);
  if (known === undefined) flows.push(flow);
  else known.perMs += flow.perMs;
}
