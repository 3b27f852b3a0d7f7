import { hoursOf, type SendingPolicy } from '../business/sending-policy.ts';
import { messagesPerDay, type Places, type QuietHoursPolicy, quietHoursMemory } from '../compliance/quiet-hours.ts';
import { parseZoneGroupKey } from '../contacts/zones.ts';
import { dayIn } from '../platform/calendar.ts';
import type { Uuid } from '../platform/ids.ts';
import { addMs, type Instant, isBefore, MINUTE_MS, msBetween } from '../platform/time.ts';
import type { TurnCampaign, TurnLane } from './turn.ts';

/** People of one zone group whose window is open. */
export interface OpenGroup {
  readonly zoneGroup: string;
  /** Last instant for a hand-over. */
  readonly notAfter: Instant;
  readonly closesAt: Instant;
  /** Campaign texts to one person of this group in any 24 hours. */
  readonly messagesPerDay: number;
  /** The rule that closes it, and the table that it is from. */
  readonly rule: string;
  readonly tableVersion: string;
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
  readonly policy: QuietHoursPolicy;
  readonly at: ReturnType<typeof quietHoursMemory>;
}

export function windowBook(policy: SendingPolicy): WindowBook {
  const windows = new Map<string, Window>();
  const windowOf = (campaign: Hours, zoneGroup: string): Window => {
    const key = `${campaign.windowStartMinute} ${campaign.windowEndMinute} ${zoneGroup}`;
    let known = windows.get(key);
    if (known === undefined) {
      const places = parseZoneGroupKey(zoneGroup);
      const hours = hoursOf(policy, campaign);
      known = { places, policy: hours, at: quietHoursMemory(places, hours) };
      windows.set(key, known);
    }
    return known;
  };
  return {
    open: (campaign, now, marginMs) =>
      campaign.zoneGroups
        .flatMap((zoneGroup): OpenGroup[] => {
          const window = windowOf(campaign, zoneGroup);
          if (window.at(addMs(now, -CLOCKS_DIFFER_MS)).closesAt === undefined) return [];
          const { closesAt, rule, tableVersion } = window.at(now);
          if (closesAt === undefined) return [];
          const notAfter = addMs(closesAt, -marginMs);
          if (!isBefore(now, notAfter)) return [];
          const perDay = messagesPerDay(window.places.states, policy.messagesPerDay, now);
          return [{ zoneGroup, notAfter, closesAt, messagesPerDay: perDay, rule, tableVersion }];
        })
        .sort((a, b) => a.notAfter.epochMilliseconds - b.notAfter.epochMilliseconds),
    nextOpening: (campaigns, now) =>
      campaigns
        .flatMap((campaign) =>
          campaign.zoneGroups.flatMap((zoneGroup) => {
            const { opensAt } = windowOf(campaign, zoneGroup).at(addMs(now, -CLOCKS_DIFFER_MS));
            return opensAt === undefined ? [] : [addMs(opensAt, CLOCKS_DIFFER_MS)];
          }),
        )
        .reduce<Instant | undefined>(
          (first, at) => (isBefore(now, at) && (first === undefined || isBefore(at, first)) ? at : first),
          undefined,
        ),
    openMs(campaign, now, until) {
      const books = campaign.zoneGroups.map((zoneGroup) => {
        const window = windowOf(campaign, zoneGroup);
        return quietHoursMemory(window.places, window.policy);
      });
      let open = 0;
      for (let at = now; isBefore(at, until); at = addMs(at, OPEN_STEP_MS))
        if (books.some((book) => book(at).closesAt !== undefined)) open += Math.min(OPEN_STEP_MS, msBetween(at, until));
      return open;
    },
  };
}

/** A worker whose clock is ahead by as much still begins no text before its window opens. */
const CLOCKS_DIFFER_MS = 30_000;
const OPEN_STEP_MS = 15 * MINUTE_MS;

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

/** The lanes of a campaign that may send, the one with the most room today in front: new people go there. */
export function lanesByRoom(
  lanes: readonly TurnLane[],
  campaign: Pick<TurnCampaign, 'laneIds'>,
  now: Instant,
): readonly TurnLane[] {
  const room = (lane: TurnLane): number => lane.dailyCap - (lane.reserved[dayIn(lane.zone, now)] ?? 0);
  return lanes
    .filter((lane) => campaign.laneIds.includes(lane.id))
    .map((lane) => ({ lane, left: room(lane) }))
    .filter(({ left }) => left > 0)
    .sort((a, b) => b.left - a.left || (a.lane.id < b.lane.id ? -1 : 1))
    .map(({ lane }) => lane);
}
