import { hoursOf, type SendingPolicy } from '../business/sending-policy.ts';
import { hoursAhead, type OpenSpan, type OpenSpans, openMsOfAny } from '../compliance/open-spans.ts';
import { messagesPerDay, type Places, quietHoursMemory } from '../compliance/quiet-hours.ts';
import { parseZoneGroupKey } from '../contacts/zones.ts';
import { dayIn } from '../platform/calendar.ts';
import type { Uuid } from '../platform/ids.ts';
import { addMs, type Instant, isBefore } from '../platform/time.ts';
import type { LaneDay, TurnCampaign, TurnLane } from './turn.ts';

/** People of one zone group whose window is open. */
export interface OpenGroup {
  readonly zoneGroup: string;
  /** Last instant for a hand-over. */
  readonly notAfter: Instant;
  readonly closesAt: Instant;
  /** Campaign texts to one person of this group in any 24 hours. */
  readonly messagesPerDay: number;
  /** The rule that closes it, and the tables that it is from. */
  readonly rule: string;
  readonly tableVersion: string;
  readonly holidaysVersion: string;
}

type Hours = Pick<TurnCampaign, 'windowStartMinute' | 'windowEndMinute'>;

/** When the groups of campaigns open and close; asked every turn, decided anew only when something changes. */
export interface WindowBook {
  /** Groups in which texts may go out at `now`, the one that closes first in front; the last `marginMs` are left out. */
  open(campaign: Hours & Pick<TurnCampaign, 'zoneGroups'>, now: Instant, marginMs: number): readonly OpenGroup[];
  /** When the first group of any of these campaigns opens after `now`; `undefined` when none ever does. */
  nextOpening(campaigns: readonly (Hours & Pick<TurnCampaign, 'zoneGroups'>)[], now: Instant): Instant | undefined;
  /** Milliseconds until `until` in which at least one group is open. */
  openMs(campaign: Hours & Pick<TurnCampaign, 'zoneGroups'>, now: Instant, until: Instant): number;
}

interface Window {
  readonly places: Places;
  readonly at: ReturnType<typeof quietHoursMemory>;
  readonly ahead: OpenSpans;
}

export function windowBook(policy: SendingPolicy): WindowBook {
  const windows = new Map<string, Window>();
  let spansOf: ReturnType<typeof hoursAhead> | undefined;
  const windowOf = (campaign: Hours, zoneGroup: string, now: Instant): Window => {
    const key = `${campaign.windowStartMinute} ${campaign.windowEndMinute} ${zoneGroup}`;
    let known = windows.get(key);
    if (known === undefined) {
      const places = parseZoneGroupKey(zoneGroup);
      const hours = hoursOf(policy, campaign);
      spansOf ??= hoursAhead(now);
      known = { places, at: quietHoursMemory(places, hours), ahead: spansOf(places, hours) };
      windows.set(key, known);
    }
    return known;
  };
  return {
    open: (campaign, now, marginMs) =>
      campaign.zoneGroups
        .flatMap((zoneGroup): OpenGroup[] => {
          const window = windowOf(campaign, zoneGroup, now);
          if (window.at(addMs(now, -CLOCKS_DIFFER_MS)).closesAt === undefined) return [];
          const { closesAt, rule, tableVersion, holidaysVersion } = window.at(now);
          if (closesAt === undefined) return [];
          const notAfter = addMs(closesAt, -marginMs);
          if (!isBefore(now, notAfter)) return [];
          const perDay = messagesPerDay(window.places.states, policy.messagesPerDay, now);
          return [{ zoneGroup, notAfter, closesAt, messagesPerDay: perDay, rule, tableVersion, holidaysVersion }];
        })
        .sort((a, b) => a.notAfter.epochMilliseconds - b.notAfter.epochMilliseconds),
    nextOpening: (campaigns, now) =>
      campaigns
        .flatMap((campaign) =>
          campaign.zoneGroups.flatMap((zoneGroup) => {
            const { opensAt } = windowOf(campaign, zoneGroup, now).at(addMs(now, -CLOCKS_DIFFER_MS));
            return opensAt === undefined ? [] : [addMs(opensAt, CLOCKS_DIFFER_MS)];
          }),
        )
        .reduce<Instant | undefined>(
          (first, at) => (isBefore(now, at) && (first === undefined || isBefore(at, first)) ? at : first),
          undefined,
        ),
    openMs: (campaign, now, until) =>
      openMsOfAny(
        campaign.zoneGroups.map((zoneGroup) => windowOf(campaign, zoneGroup, now).ahead),
        now.epochMilliseconds,
        until.epochMilliseconds,
      ),
  };
}

/** A worker whose clock is ahead by as much still begins no text before its window opens. */
const CLOCKS_DIFFER_MS = 30_000;

/** The part of open hours in which the engine hands over; `WindowBook.open` says the same of one instant. */
export const usableSpan = ({ opensMs, closesMs }: OpenSpan, marginMs: number): OpenSpan => ({
  opensMs: opensMs + CLOCKS_DIFFER_MS,
  closesMs: closesMs - marginMs,
});

/**
 * The order in which running campaigns are served in one turn: by priority (1 first), and among equals the one that was served
 * least recently, so that each gets its fair share.
 */
export function servingOrder<T extends { readonly id: Uuid; readonly priority: number }>(
  campaigns: readonly T[],
  lastServedTurn: ReadonlyMap<Uuid, number>,
): readonly T[] {
  const served = (campaign: T): number => lastServedTurn.get(campaign.id) ?? -1;
  return [...campaigns].sort((a, b) => a.priority - b.priority || served(a) - served(b) || (a.id < b.id ? -1 : 1));
}

/** How many of `room` texts the campaign at `index` may take, so that those of the same priority behind it get as many. */
export function fairShare(order: readonly { readonly priority: number }[], index: number, room: number): number {
  const priority = order[index]?.priority;
  const peers = order.slice(index).filter((campaign) => campaign.priority === priority).length;
  return Math.ceil(room / Math.max(1, peers));
}

/** Texts that are left of a lane's day. `begun` are those that it does not know of yet. */
function roomOf(
  { id, zone, dailyCap, reserved, partsPerDay, partsReserved }: LaneDay,
  now: Instant,
  begun: Begun,
): number {
  const day = dayIn(zone, now);
  const noParts = partsPerDay !== null && partsPerDay <= (partsReserved[day] ?? 0);
  return noParts ? 0 : dailyCap - (reserved[day] ?? 0) - (begun.get(id) ?? 0);
}
type Begun = ReadonlyMap<Uuid, number>;

/** The lanes of a campaign that may send, the one with the most room today in front: new people go there. */
export function lanesByRoom(
  lanes: readonly TurnLane[],
  campaign: Pick<TurnCampaign, 'laneIds'>,
  now: Instant,
  begun: Begun,
): readonly TurnLane[] {
  return lanes
    .filter((lane) => campaign.laneIds.includes(lane.id))
    .map((lane) => ({ lane, left: roomOf(lane, now, begun) }))
    .filter(({ left }) => left > 0)
    .sort(moreRoomFirst)
    .map(({ lane }) => lane);
}

/** Whether one of them has more room today than `lane`, so that new people are for it to take. */
export function someHasMoreRoom(
  others: readonly LaneDay[],
  lane: LaneDay,
  { now, begun }: { readonly now: Instant; readonly begun: Begun },
): boolean {
  const own = { lane, left: roomOf(lane, now, begun) };
  return others.some((other) => moreRoomFirst({ lane: other, left: roomOf(other, now, begun) }, own) < 0);
}

interface LaneLeft {
  readonly lane: { readonly id: Uuid };
  readonly left: number;
}
export const moreRoomFirst = (a: LaneLeft, b: LaneLeft): number => b.left - a.left || (a.lane.id < b.lane.id ? -1 : 1);

/** Whom a lane of a campaign serves: those who know it, those whose number is switched off, and new people. */
export const servedBy = (
  lane: Pick<TurnLane, 'id' | 'state'>,
  offLaneIds: readonly Uuid[],
): { readonly servesLaneIds: readonly Uuid[]; readonly takesNewPeople: boolean } => ({
  servesLaneIds: [lane.id, ...offLaneIds],
  takesNewPeople: lane.state === 'active',
});
