import { parseTemplate } from '../src/messages/template-parser.ts';
import { dayIn } from '../src/platform/calendar.ts';
import type { Clock } from '../src/platform/clock.ts';
import type { Db } from '../src/platform/database.ts';
import type { NewUuid, Uuid } from '../src/platform/ids.ts';
import { addMs, HOUR_MS } from '../src/platform/time.ts';
import { type CampaignClaim, claimCampaign, type Prepared } from '../src/sending/claim.ts';
import type { Verdict } from '../src/sending/decide-outcome.ts';
import { isPaced } from '../src/sending/decide-pace.ts';
import { windowBook } from '../src/sending/decide-turn.ts';
import { acquireLease, type Lease } from '../src/sending/lease-store.ts';
import { record } from '../src/sending/record.ts';
import { readTurnFacts, readVariants } from '../src/sending/turn-store.ts';

interface World {
  readonly clock: Clock;
  readonly newUuid: NewUuid;
}

const reach = (): void => undefined;

/** Takes the account as a worker does; for tests that play the engine step by step. */
export async function takeLease(db: Db, { clock }: World, accountId: Uuid): Promise<Lease> {
  const now = clock.now();
  const lease = await acquireLease(db, {
    accountId,
    owner: 'test',
    now,
    latestEnd: addMs(now, 48 * HOUR_MS),
    expiresAt: addMs(now, 24 * HOUR_MS),
  });
  if (lease === undefined) throw new Error(`account ${accountId} is held by somebody else`);
  return lease;
}

interface Claiming {
  readonly lease: Lease;
  readonly campaignId: Uuid;
  readonly laneId: Uuid;
}

/** One claim for a campaign, with the windows and the texts that the engine would use now; undefined when it does not run. */
export async function claimNow(db: Db, { clock }: World, input: Claiming): Promise<CampaignClaim | undefined> {
  const now = clock.now();
  const { campaignId, laneId } = input;
  const facts = await readTurnFacts(db, input.lease.accountId, now);
  const campaign = facts?.campaigns.find(({ id }) => id === campaignId);
  if (facts === undefined || campaign === undefined) return undefined;
  const variants = await readVariants(db, campaignId);
  return {
    campaignId,
    laneId,
    servesLaneIds: [laneId, ...campaign.offLaneIds, ...campaign.removedLaneIds],
    removedLaneIds: campaign.removedLaneIds,
    takesNewPeople: true,
    day: dayIn('America/New_York', now),
    openGroups: windowBook(facts.policy).open(campaign, now, 0),
    templates: new Map(
      variants.flatMap(({ id, body }) => {
        const template = parseTemplate(body);
        return template.ok ? [[id, template.value] as const] : [];
      }),
    ),
    businessName: facts.businessName,
    optOutWording: facts.optOutWording,
    limit: 100,
    pace: isPaced(campaign.pace)
      ? { limits: campaign.pace, moment: { now, day: dayIn(facts.businessZone, now), intervalMs: 0 } }
      : undefined,
    notTextedForDays: campaign.notTextedForDays,
    consent: campaign.consent,
  };
}

export async function claimTexts(db: Db, world: World, input: Claiming): Promise<readonly Prepared[]> {
  const claim = await claimNow(db, world, input);
  if (claim === undefined) return [];
  const { newUuid, clock } = world;
  const deps = { db, reach, newUuid, known: { standing: undefined } };
  return (await claimCampaign(deps, input.lease, claim, clock.now())).prepared;
}

/** What the gateway is made to have answered to these texts. */
export const answerTexts = (
  db: Db,
  world: World,
  answer: {
    readonly lease: Lease;
    readonly texts: readonly Prepared[];
    readonly verdict: Verdict;
    readonly from?: 'handing_over' | 'unknown';
  },
): Promise<void> =>
  record({ db, ...world, reach }, answer.lease, {
    from: answer.from ?? 'handing_over',
    results: answer.texts.map((text) => ({
      ...text,
      outcome: OUTCOMES[answer.verdict.to],
      verdict: answer.verdict,
      at: world.clock.now(),
    })),
  });

const OUTCOMES = { sent: 'accepted', failed: 'refused_recipient', pending: 'throttled', unknown: 'unknown' } as const;
