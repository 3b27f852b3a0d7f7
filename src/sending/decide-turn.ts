import { nextOpening, openUntil } from '../compliance/quiet-hours.ts';
import { parseZoneGroupKey } from '../contacts/zones.ts';
import type { Uuid } from '../platform/ids.ts';
import { addMs, type Instant, isBefore } from '../platform/time.ts';
import type { TurnCampaign } from './turn.ts';

export interface OpenGroup {
  readonly zoneGroup: string;
  readonly notAfter: Instant;
}

/**
 * The groups of a campaign in which texts may go out at `now`, the one that closes first in front. The last `marginMs` before the
 * end are left out: a text must reach the handset, not only the gateway, inside the window.
 */
export function openGroups(
  campaign: Pick<TurnCampaign, 'windowStartMinute' | 'windowEndMinute' | 'zoneGroups'>,
  now: Instant,
  marginMs: number,
): readonly OpenGroup[] {
  const window = { startMinute: campaign.windowStartMinute, endMinute: campaign.windowEndMinute };
  return campaign.zoneGroups
    .flatMap((zoneGroup): OpenGroup[] => {
      const closesAt = openUntil(parseZoneGroupKey(zoneGroup).zones, window, now);
      if (closesAt === undefined) return [];
      const notAfter = addMs(closesAt, -marginMs);
      return isBefore(now, notAfter) ? [{ zoneGroup, notAfter }] : [];
    })
    .sort((a, b) => a.notAfter.epochMilliseconds - b.notAfter.epochMilliseconds);
}

/** When the first group of any of these campaigns opens after `now`; `undefined` when none ever does. */
export function nextGroupOpening(campaigns: readonly TurnCampaign[], now: Instant): Instant | undefined {
  const openings = campaigns.flatMap((campaign) => {
    const window = { startMinute: campaign.windowStartMinute, endMinute: campaign.windowEndMinute };
    return campaign.zoneGroups.flatMap((group) => nextOpening(parseZoneGroupKey(group).zones, window, now) ?? []);
  });
  return openings
    .filter((opening) => isBefore(now, opening))
    .sort((a, b) => a.epochMilliseconds - b.epochMilliseconds)[0];
}

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
