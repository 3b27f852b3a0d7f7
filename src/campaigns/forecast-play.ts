import { hoursOf } from '../business/sending-policy.ts';
import { hoursAhead, type OpenSpan, type OpenSpans } from '../compliance/open-spans.ts';
import { parseZoneGroupKey } from '../contacts/zones.ts';
import { dayIn, nextMidnight } from '../platform/calendar.ts';
import type { Uuid } from '../platform/ids.ts';
import { HOUR_MS, type Instant, instantFromMs } from '../platform/time.ts';
import { freshPace, hourOf, paceCounts } from '../sending/decide-pace.ts';
import { usableSpan } from '../sending/decide-turn.ts';
import type { ForecastAccount, ForecastCampaign, ForecastFacts, ForecastLane } from './forecast.ts';

/** What a forecast changes while it plays: rooms, counters and who still waits. Counts are fractions, for texts are a flow. */
export interface Play {
  readonly accounts: readonly ForecastAccount[];
  readonly lanes: readonly PlayLane[];
  readonly campaigns: readonly PlayCampaign[];
  readonly zones: ZoneDays;
  readonly businessZone: string;
  readonly marginMs: number;
}

export interface PlayLane {
  readonly facts: ForecastLane;
  /** It may send from then on; infinite when that is up to a person. */
  readonly sendsFromMs: number;
  /** Texts and parts that are left of its day. */
  room: number;
  partsRoom: number;
  dayEndsMs: number;
}

export interface PlayCampaign {
  readonly facts: ForecastCampaign;
  readonly lanes: readonly PlayLane[];
  readonly offLaneIds: readonly Uuid[];
  readonly stopsAtMs: number;
  readonly finishByMs: number;
  groups: readonly PlayGroup[];
  waiting: number;
  hourTexts: number;
  hourEndsMs: number;
  dayTexts: number;
  dayEndsMs: number;
  /** Texts by day of the business and lane. */
  readonly perDay: Map<string, Map<Uuid, number>>;
  lastMs: number | undefined;
}

export interface PlayGroup {
  readonly zoneGroup: string;
  readonly spans: OpenSpans;
  /** The usable hours that were found last. */
  span: OpenSpan | undefined;
  queues: readonly PlayQueue[];
}

export interface PlayQueue {
  readonly laneId: Uuid | null;
  readonly dueMs: number;
  people: number;
}

/** Less than this is nobody. */
export const NOBODY = 1e-6;

/** The hours of groups of people; one of these may serve many forecasts under the same policy. */
export type SpansOf = (
  zoneGroup: string,
  campaign: Pick<ForecastCampaign, 'windowStartMinute' | 'windowEndMinute'>,
) => OpenSpans;

export function spansUnder(policy: ForecastFacts['policy'], startsAt: Instant): SpansOf {
  const ahead = hoursAhead(startsAt);
  const known = new Map<string, OpenSpans>();
  return (zoneGroup, campaign) => {
    const key = `${campaign.windowStartMinute} ${campaign.windowEndMinute} ${zoneGroup}`;
    const spans = known.get(key) ?? ahead(parseZoneGroupKey(zoneGroup), hoursOf(policy, campaign));
    known.set(key, spans);
    return spans;
  };
}

export function startPlay(facts: ForecastFacts, spansOf: SpansOf): Play {
  const nowMs = facts.now.epochMilliseconds;
  const zones = zoneDays();
  const lanes = facts.lanes.map((lane): PlayLane => {
    const account = facts.accounts.find(({ id }) => id === lane.accountId);
    return {
      facts: lane,
      sendsFromMs: account?.state === 'active' ? sendsFrom(lane) : Number.POSITIVE_INFINITY,
      room: Math.max(0, lane.dailyCap - lane.usedTexts),
      partsRoom: (lane.partsPerDay ?? Number.POSITIVE_INFINITY) - lane.usedParts,
      dayEndsMs: zones.dayOf(lane.zone, nowMs).endsMs,
    };
  });
  const { businessZone, marginMs } = facts;
  const businessDay = zones.dayOf(businessZone, nowMs);
  const campaigns = facts.campaigns.map((campaign): PlayCampaign => {
    const used = campaign.paceUsed ?? freshPace({ now: facts.now, day: businessDay.day });
    const counts = paceCounts(used, { now: facts.now, day: businessDay.day });
    return {
      facts: campaign,
      lanes: lanes.filter((lane) => campaign.laneIds.includes(lane.facts.id)),
      offLaneIds: goneLanes(campaign, facts.lanes),
      stopsAtMs: campaign.stopsAt?.epochMilliseconds ?? Number.POSITIVE_INFINITY,
      finishByMs: campaign.pace.finishBy?.epochMilliseconds ?? Number.NEGATIVE_INFINITY,
      groups: groupsOf(campaign, spansOf),
      waiting: campaign.waiting.reduce((sum, { people }) => sum + people, 0),
      hourTexts: counts.hourTexts,
      hourEndsMs: hourOf(facts.now).epochMilliseconds + HOUR_MS,
      dayTexts: counts.dayTexts,
      dayEndsMs: businessDay.endsMs,
      perDay: new Map(),
      lastMs: undefined,
    };
  });
  return { accounts: facts.accounts, lanes, campaigns, zones, businessZone, marginMs };
}

/** Switched off, or taken out of the campaign: the others serve the people who know them. */
function goneLanes({ laneIds, waiting }: ForecastCampaign, lanes: readonly ForecastLane[]): readonly Uuid[] {
  const off = lanes.filter(({ id, state }) => state === 'off' && laneIds.includes(id)).map(({ id }) => id);
  const removed = waiting.flatMap(({ laneId }) => (laneId === null || laneIds.includes(laneId) ? [] : [laneId]));
  return [...off, ...new Set(removed)];
}

function sendsFrom({ state, pausedUntil }: ForecastLane): number {
  if (state === 'active' || state === 'draining') return Number.NEGATIVE_INFINITY;
  return state === 'paused' && pausedUntil !== null ? pausedUntil.epochMilliseconds : Number.POSITIVE_INFINITY;
}

const groupsOf = (campaign: ForecastCampaign, spansOf: SpansOf): readonly PlayGroup[] =>
  [...Map.groupBy(campaign.waiting, ({ zoneGroup }) => zoneGroup)].map(([zoneGroup, waiting]) => ({
    zoneGroup,
    spans: spansOf(zoneGroup, campaign),
    span: undefined,
    queues: waiting
      .filter(({ people }) => people > 0)
      .map(({ laneId, dueAt, people }) => ({
        laneId,
        dueMs: dueAt?.epochMilliseconds ?? Number.NEGATIVE_INFINITY,
        people,
      })),
  }));

/** The usable hours that are open at `atMs`, or else the next ones; `undefined` when there are none. */
export function usableFrom(spans: OpenSpans, atMs: number, marginMs: number): OpenSpan | undefined {
  for (let fromMs = atMs; ; ) {
    const open = spans.from(fromMs);
    if (open === undefined) return undefined;
    const usable = usableSpan(open, marginMs);
    if (usable.opensMs < usable.closesMs && usable.closesMs > atMs) return usable;
    fromMs = open.closesMs;
  }
}

/** The same of a group, which remembers what was found last. */
export function spanAt(group: PlayGroup, atMs: number, marginMs: number): OpenSpan | undefined {
  if (group.span === undefined || group.span.closesMs <= atMs) group.span = usableFrom(group.spans, atMs, marginMs);
  return group.span;
}

/** New days and hours begin their counts anew; who is done is forgotten. */
export function turnPages(play: Play, atMs: number): void {
  for (const lane of play.lanes) {
    if (atMs < lane.dayEndsMs) continue;
    lane.room = lane.facts.dailyCap;
    lane.partsRoom = lane.facts.partsPerDay ?? Number.POSITIVE_INFINITY;
    lane.dayEndsMs = play.zones.dayOf(lane.facts.zone, atMs).endsMs;
  }
  for (const campaign of play.campaigns) {
    if (atMs >= campaign.hourEndsMs) {
      campaign.hourTexts = 0;
      campaign.hourEndsMs = hourOf(instantFromMs(Math.floor(atMs))).epochMilliseconds + HOUR_MS;
    }
    if (atMs >= campaign.dayEndsMs) {
      campaign.dayTexts = 0;
      campaign.dayEndsMs = play.zones.dayOf(play.businessZone, atMs).endsMs;
    }
  }
}

/** Forgets queues and groups in which nobody waits any more; what is counted is what is left, without the dust of fractions. */
export function forgetEmpty(campaign: PlayCampaign): void {
  let waiting = 0;
  for (const group of campaign.groups) {
    if (group.queues.some(({ people }) => people < NOBODY))
      group.queues = group.queues.filter(({ people }) => people >= NOBODY);
    for (const { people } of group.queues) waiting += people;
  }
  if (campaign.groups.some(({ queues }) => queues.length === 0))
    campaign.groups = campaign.groups.filter(({ queues }) => queues.length > 0);
  campaign.waiting = waiting;
}

interface ZoneDay {
  readonly day: string;
  readonly endsMs: number;
}
export interface ZoneDays {
  dayOf(zone: string, atMs: number): ZoneDay;
}

/** The day of a zone is worked out once, for asking the calendar costs more than a step of a forecast. */
function zoneDays(): ZoneDays {
  const known = new Map<string, ZoneDay & { readonly fromMs: number }>();
  return {
    dayOf(zone, atMs) {
      const before = known.get(zone);
      if (before !== undefined && atMs >= before.fromMs && atMs < before.endsMs) return before;
      const at = instantFromMs(Math.floor(atMs));
      const day = { day: dayIn(zone, at), fromMs: atMs, endsMs: nextMidnight(zone, at).epochMilliseconds };
      known.set(zone, day);
      return day;
    },
  };
}
