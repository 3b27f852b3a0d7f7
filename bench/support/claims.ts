import { DEFAULT_SENDING_POLICY } from '../../src/business/sending-policy.ts';
import type { Campaign } from '../../src/campaigns/campaign.ts';
import { parseTemplate } from '../../src/messages/template-parser.ts';
import { dayIn } from '../../src/platform/calendar.ts';
import type { Uuid } from '../../src/platform/ids.ts';
import { addMs, HOUR_MS, MINUTE_MS } from '../../src/platform/time.ts';
import { claimCampaign } from '../../src/sending/claim.ts';
import type { KnownStanding } from '../../src/sending/claim-store.ts';
import { windowBook } from '../../src/sending/decide-turn.ts';
import { acquireLease } from '../../src/sending/lease-store.ts';
import { readTurnFacts } from '../../src/sending/turn-store.ts';
import type { Place } from './people.ts';
import type { BenchWorld } from './world.ts';

/** By the law alone. */
const BOOK = windowBook(DEFAULT_SENDING_POLICY);
const EVERYWHERE = { windowStartMinute: 480, windowEndMinute: 1260 };

/** Whether people there may be texted now and in an hour. */
export const isOpen = ({ clock }: BenchWorld, { zoneGroup }: Place): boolean =>
  [clock.now(), addMs(clock.now(), HOUR_MS)].every(
    (at) => BOOK.open({ ...EVERYWHERE, zoneGroups: [zoneGroup] }, at, 0).length > 0,
  );

/** Holds the account and claims for it as the engine does, whole transactions; tells how many milliseconds each took. */
export async function openClaims(
  world: BenchWorld,
  {
    accountId,
    laneId,
    campaigns,
  }: { readonly accountId: Uuid; readonly laneId: Uuid; readonly campaigns: readonly Campaign[] },
): Promise<(campaignId: Uuid, limit: number, known: KnownStanding) => Promise<number>> {
  const lease = await acquireLease(world.db, {
    accountId,
    owner: 'bench',
    now: world.clock.now(),
    latestEnd: addMs(world.clock.now(), HOUR_MS),
    expiresAt: addMs(world.clock.now(), HOUR_MS),
  });
  if (lease === undefined) throw new Error('the lease of a new account cannot be taken');
  const templates = new Map(
    campaigns
      .flatMap(({ variants }) => variants)
      .flatMap(({ id, body }) => {
        const parsed = parseTemplate(body);
        return parsed.ok ? [[id, parsed.value] as const] : [];
      }),
  );
  return async (campaignId, limit, known) => {
    const now = world.clock.now();
    const facts = await readTurnFacts(world.db, accountId, now);
    const campaign = facts?.campaigns.find(({ id }) => id === campaignId);
    if (campaign === undefined) throw new Error(`campaign ${campaignId} does not run`);
    const startedAt = performance.now();
    const claimed = await claimCampaign(
      { db: world.db, newUuid: world.newUuid, reach: () => undefined, known },
      lease,
      {
        campaignId,
        laneId,
        servesLaneIds: [laneId],
        removedLaneIds: [],
        takesNewPeople: true,
        day: dayIn('America/New_York', now),
        openGroups: BOOK.open(campaign, now, 15 * MINUTE_MS),
        templates,
        businessName: 'Bench',
        limit,
        notTextedForDays: null,
        consent: campaigns.find(({ id }) => id === campaignId)?.consent ?? null,
        optOutWording: null,
      },
      now,
    );
    const ms = performance.now() - startedAt;
    if (claimed.taken !== limit) throw new Error(`a claim of ${limit} people took ${claimed.taken}`);
    return ms;
  };
}
