/**
 * The days ahead, played by the engine's rules over all campaigns that share numbers and accounts. Texts are a flow: from one moment
 * at which something changes (a window, a midnight, an hour, a queue or a cap that is used up) to the next every campaign has a
 * rate, so that a million people and a year cost some thousand steps. Pure; docs/decisions/0018 says what it leaves out.
 */
import type { Uuid } from '../platform/ids.ts';
import { DAY_MS, instantFromMs } from '../platform/time.ts';
import { decideFlows, type Flow, hasRoom, mayServe, SAME_ROOM } from './decide-flows.ts';
import { decideWaits, type FirstDay } from './decide-waits.ts';
import type { CampaignForecast, ForecastDay, ForecastFacts, NoFinishReason } from './forecast.ts';
import {
  forgetEmpty,
  NOBODY,
  type Play,
  type PlayCampaign,
  type PlayLane,
  type SpansOf,
  spanAt,
  startPlay,
  turnPages,
} from './forecast-play.ts';

const HORIZON_MS = 366 * DAY_MS;
/** A year of a campaign that is held back every hour has nine thousand. */
export const STEPS_MAX = 20_000;

export interface Forecasts {
  readonly byCampaign: ReadonlyMap<Uuid, CampaignForecast>;
  readonly steps: number;
}

/** What will happen to all of these campaigns if nobody changes anything, answers or stops. */
export function forecast(facts: ForecastFacts, spansOf: SpansOf): Forecasts {
  const nowMs = facts.now.epochMilliseconds;
  const runs = (state: string): boolean => !facts.sendingPaused && (state === 'running' || state === 'draft');
  const play = startPlay(facts, spansOf);
  const running = { ...play, campaigns: play.campaigns.filter(({ facts: { state } }) => runs(state)) };
  const waitingAtFirst = new Map(facts.campaigns.map((campaign) => [campaign.id, campaign.waiting]));
  const firstDays = new Map(running.campaigns.map((campaign) => [campaign, firstDayOf(campaign)]));
  const steps = playOn(running, { nowMs, firstDays });
  return {
    steps,
    byCampaign: new Map(
      play.campaigns.map((campaign) => {
        const noFinish = whyNoFinish(campaign, facts);
        return [
          campaign.facts.id,
          {
            finishAt: noFinish === null ? instantFromMs(Math.ceil(campaign.lastMs ?? nowMs)) : null,
            noFinish,
            perDay: wholeDays(campaign),
            waits: runs(campaign.facts.state)
              ? decideWaits(campaign, {
                  nowMs,
                  marginMs: facts.marginMs,
                  waiting: waitingAtFirst.get(campaign.facts.id) ?? [],
                  spansOf,
                  firstDay: firstDays.get(campaign),
                })
              : [],
          },
        ];
      }),
    ),
  };
}

/** Until everybody has a text, nothing can change any more, or the year is over. Returns the number of steps. */
function playOn(
  play: Play,
  { nowMs, firstDays }: { readonly nowMs: number; readonly firstDays: ReadonlyMap<PlayCampaign, FirstDay> },
): number {
  const untilMs = nowMs + HORIZON_MS;
  let atMs = nowMs;
  let steps = 0;
  for (; steps < STEPS_MAX && play.campaigns.some(({ waiting }) => waiting >= NOBODY); steps += 1) {
    turnPages(play, atMs);
    const flows = decideFlows(play, atMs);
    const nextMs = Math.min(nextChange(play, atMs), afterFlows(flows, atMs));
    if (nextMs > untilMs) break;
    const rates = sumBy(flows, byCampaign);
    for (const [campaign, first] of firstDays)
      noteFirstDay(first, campaign, rates.get(campaign) ?? 0, { atMs, nextMs });
    advance(play, flows, { atMs, nextMs });
    atMs = nextMs;
  }
  return steps;
}

/** The next instant at which the calendar or the clock changes what may be done. */
function nextChange(play: Play, atMs: number): number {
  const { zones, businessZone } = play;
  let next = zones.dayOf(businessZone, atMs).endsMs;
  for (const { dayEndsMs } of play.lanes) next = Math.min(next, dayEndsMs);
  for (const campaign of play.campaigns) {
    if (campaign.waiting < NOBODY) continue;
    if (campaign.facts.pace.maxPerHour !== null) next = Math.min(next, campaign.hourEndsMs);
    for (const ms of [campaign.finishByMs, campaign.stopsAtMs, ...campaign.lanes.map((lane) => lane.sendsFromMs)])
      if (ms > atMs) next = Math.min(next, ms);
    if (couldServe(campaign, atMs)) next = Math.min(next, nextOfPeople(play, campaign, atMs));
  }
  return next;
}

/** Only hours stand in the way: openings matter. Those of a campaign whose caps are used up do not, and cost the most. */
const couldServe = (campaign: PlayCampaign, atMs: number): boolean =>
  mayServe(campaign, atMs) && campaign.lanes.some((lane) => hasRoom(lane, atMs));

/** When hours open or close for people of the campaign, or they become due. */
function nextOfPeople(play: Play, campaign: PlayCampaign, atMs: number): number {
  let next = Number.POSITIVE_INFINITY;
  for (const group of campaign.groups) {
    const span = spanAt(group, atMs, play.marginMs);
    if (span === undefined) continue;
    next = Math.min(next, span.opensMs > atMs ? span.opensMs : span.closesMs);
    for (const { dueMs } of group.queues) if (dueMs > atMs) next = Math.min(next, dueMs);
  }
  return next;
}

/** When the first queue, cap or pace is used up, or one lane comes to have as little room as another. */
function afterFlows(flows: readonly Flow[], atMs: number): number {
  let inMs = Number.POSITIVE_INFINITY;
  const within = (amount: number, perMs: number): void => {
    if (perMs > 0) inMs = Math.min(inMs, amount / perMs);
  };
  for (const [{ people }, perMs] of sumBy(flows, ({ queue }) => queue)) within(people, perMs);
  const byLane = sumBy(flows, ({ lane }) => lane);
  for (const [{ room }, perMs] of byLane) within(room, perMs);
  for (const [{ partsRoom }, perMs] of sumBy(flows, ({ lane }) => lane, partsPerMs)) within(partsRoom, perMs);
  for (const [campaign, perMs] of sumBy(flows, byCampaign)) {
    const { maxPerHour, maxPerDay } = campaign.facts.pace;
    if (maxPerHour !== null) within(maxPerHour - campaign.hourTexts, perMs);
    if (maxPerDay !== null) within(maxPerDay - campaign.dayTexts, perMs);
    inMs = Math.min(inMs, untilRoomsMeet(campaign, byLane, perMs, atMs));
  }
  return atMs + Math.max(inMs, STEP_MS_MIN);
}

const byCampaign = ({ campaign }: Flow): PlayCampaign => campaign;
const textsPerMs = ({ perMs }: Flow): number => perMs;
const partsPerMs = ({ perMs, campaign }: Flow): number => perMs * campaign.facts.partsPerText;

function sumBy<K>(flows: readonly Flow[], keyOf: (flow: Flow) => K, amountOf = textsPerMs): ReadonlyMap<K, number> {
  const sums = new Map<K, number>();
  for (const flow of flows) sums.set(keyOf(flow), (sums.get(keyOf(flow)) ?? 0) + amountOf(flow));
  return sums;
}

/** What is over in less is over at once. */
const STEP_MS_MIN = 1e-3;

/**
 * Milliseconds until a lane of the campaign has as little room as another, which then takes its share. Not less than some texts: where
 * other campaigns use one of the two more, the rooms would meet after every single text.
 */
function untilRoomsMeet(
  campaign: PlayCampaign,
  sinks: ReadonlyMap<PlayLane, number>,
  perMs: number,
  atMs: number,
): number {
  const lanes = campaign.lanes.filter((lane) => hasRoom(lane, atMs));
  if (lanes.length < 2) return Number.POSITIVE_INFINITY;
  const order = lanes.toSorted((a, b) => b.room - a.room);
  let inMs = Number.POSITIVE_INFINITY;
  for (const [index, upper] of order.entries()) {
    const lower = order[index + 1];
    if (lower === undefined) break;
    const closing = (sinks.get(upper) ?? 0) - (sinks.get(lower) ?? 0);
    const apart = upper.room - lower.room;
    if (closing > NOBODY * perMs && apart > SAME_ROOM)
      inMs = Math.min(inMs, Math.max(apart / closing, leastTexts(upper) / perMs));
    else if (closing < -NOBODY * perMs && apart <= SAME_ROOM) inMs = Math.min(inMs, leastTexts(lower) / perMs);
  }
  return inMs;
}

const leastTexts = (lane: PlayLane): number => Math.max(1, lane.room / 64);

function advance(
  play: Play,
  flows: readonly Flow[],
  { atMs, nextMs }: { readonly atMs: number; readonly nextMs: number },
): void {
  const { day } = play.zones.dayOf(play.businessZone, atMs);
  for (const { campaign, lane, queue, perMs } of flows) {
    const texts = Math.min(perMs * (nextMs - atMs), queue.people);
    queue.people -= texts;
    lane.room -= texts;
    lane.partsRoom -= texts * campaign.facts.partsPerText;
    campaign.hourTexts += texts;
    campaign.dayTexts += texts;
    const lanes = campaign.perDay.get(day) ?? new Map<Uuid, number>();
    lanes.set(lane.facts.id, (lanes.get(lane.facts.id) ?? 0) + texts);
    campaign.perDay.set(day, lanes);
  }
  for (const [campaign, perMs] of sumBy(flows, byCampaign)) {
    // The first of a stretch goes out as it begins, so that the last of `n` texts goes out one interval before all of it is over.
    campaign.lastMs = Math.max(campaign.lastMs ?? atMs, nextMs - 1 / perMs);
    forgetEmpty(campaign);
  }
}

const firstDayOf = ({ lanes }: PlayCampaign): FirstDay => ({
  endsMs: Math.min(...lanes.map((lane) => lane.dayEndsMs)),
  texts: 0,
  roomLeft: 0,
  goesOnMs: undefined,
});

/** What the campaign gets done before its caps begin anew, and when it goes on after that. */
function noteFirstDay(
  first: FirstDay,
  campaign: PlayCampaign,
  perMs: number,
  { atMs, nextMs }: { readonly atMs: number; readonly nextMs: number },
): void {
  if (first.goesOnMs !== undefined) return;
  if (atMs < first.endsMs) {
    first.texts += perMs * (nextMs - atMs);
    first.roomLeft = campaign.lanes.reduce((sum, { room }) => sum + room, 0) - perMs * (nextMs - atMs);
  } else if (perMs > 0) first.goesOnMs = atMs;
}

/** The first thing that keeps it from an end, in the order in which a person would mend it. */
function whyNoFinish(campaign: PlayCampaign, facts: ForecastFacts): NoFinishReason | null {
  if (campaign.facts.state === 'paused') return 'campaign_paused';
  if (facts.sendingPaused) return 'sending_paused';
  if (campaign.waiting < NOBODY) return null;
  const on = campaign.lanes.filter(({ facts: lane }) => lane.state !== 'off');
  if (on.length === 0) return 'no_lane';
  const unpaused = on.filter(({ facts: lane }) => lane.state !== 'paused' || lane.pausedUntil !== null);
  if (unpaused.length === 0) return 'lane_paused';
  if (unpaused.every(({ sendsFromMs }) => sendsFromMs === Number.POSITIVE_INFINITY)) return 'account_paused';
  if (Number.isFinite(campaign.stopsAtMs)) return 'stops_before';
  const nowMs = facts.now.epochMilliseconds;
  if (campaign.groups.some((group) => group.spans.from(nowMs) === undefined)) return 'never_opens';
  return campaign.lanes.some(({ sendsFromMs }) => sendsFromMs === Number.POSITIVE_INFINITY)
    ? 'lane_paused'
    : 'over_a_year';
}

/** Fractions made whole so that every sum stays what it is: the running total is rounded, not its pieces. */
function wholeDays(campaign: PlayCampaign): readonly ForecastDay[] {
  let total = 0;
  const whole = (texts: number): number => {
    const before = Math.round(total);
    total += texts;
    return Math.round(total) - before;
  };
  const days = [...campaign.perDay].map(([day, texts]): ForecastDay => {
    // In the order of the campaign's numbers, on every day the same.
    const lanes = campaign.lanes.flatMap(({ facts: { id } }) => {
      const share = texts.get(id);
      return share === undefined ? [] : [{ laneId: id, count: whole(share) }];
    });
    return { day, count: lanes.reduce((sum, { count }) => sum + count, 0), lanes };
  });
  return days.filter(({ count }) => count > 0);
}
