import { getBusiness, getSending, getSendingPolicy } from '../business/business-store.ts';
import type { SendingPolicy } from '../business/sending-policy.ts';
import { listAccountRows } from '../gateways/account-store.ts';
import type { Clock } from '../platform/clock.ts';
import type { Db, Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import { DAY_MS, type Instant, msBetween } from '../platform/time.ts';
import { windowMargin } from '../sending/window-margin.ts';
import type { Campaign } from './campaign.ts';
import { forecast } from './decide-forecast.ts';
import type { CampaignForecast, ForecastFacts, WaitingPeople } from './forecast.ts';
import { type SpansOf, spansUnder } from './forecast-play.ts';
import { readForecastLanes, readPlannedCampaigns, readWaitingPeople } from './forecast-store.ts';
import { pendingGroups } from './live-store.ts';
import { type PeopleAt, peopleAt } from './people-at.ts';

/** Who would be texted by a campaign that is not launched yet. */
export interface DraftPeople {
  readonly id: Uuid;
  readonly waiting: readonly WaitingPeople[];
  readonly partsPerText: number;
}

/**
 * Forecasts of all campaigns that run, of those asked about, and of a draft as if it were launched now. Eight statements, whatever the
 * number of campaigns and people.
 */
export async function readForecasts(
  db: Db | Tx,
  clock: Clock,
  asked: { readonly ids?: readonly Uuid[]; readonly draft?: DraftPeople },
): Promise<ReadonlyMap<Uuid, CampaignForecast & { readonly partsPerText: number }>> {
  const now = clock.now();
  const { draft } = asked;
  const campaigns = await readPlannedCampaigns(db, [...(asked.ids ?? []), ...(draft === undefined ? [] : [draft.id])]);
  const waiting = await readWaitingPeople(db, campaigns, now);
  const facts: ForecastFacts = {
    now,
    businessZone: (await getBusiness(db)).zone,
    policy: await getSendingPolicy(db),
    marginMs: windowMargin(clock),
    sendingPaused: (await getSending(db)).state === 'paused',
    accounts: await listAccountRows(db),
    lanes: await readForecastLanes(db, now),
    campaigns: campaigns.map((campaign) =>
      campaign.id === draft?.id ? { ...campaign, ...draft } : { ...campaign, waiting: waiting.get(campaign.id) ?? [] },
    ),
  };
  const { byCampaign } = forecast(facts, rememberedSpans(facts.policy, now));
  const parts = new Map(facts.campaigns.map(({ id, partsPerText }) => [id, partsPerText]));
  return new Map([...byCampaign].map(([id, one]) => [id, { ...one, partsPerText: parts.get(id) ?? 1 }]));
}

interface Remembered {
  readonly policy: string;
  readonly startsAt: Instant;
  readonly spansOf: SpansOf;
}
let remembered: Remembered | undefined;

/** Hours of months ahead cost more than everything else in a forecast, and are the same for the next one. */
export function rememberedSpans(policy: SendingPolicy, now: Instant): SpansOf {
  const key = JSON.stringify(policy);
  const ageMs = remembered === undefined ? 0 : msBetween(remembered.startsAt, now);
  if (remembered?.policy !== key || ageMs < 0 || ageMs > DAY_MS)
    remembered = { policy: key, startsAt: now, spansOf: spansUnder(policy, now) };
  return remembered.spansOf;
}

/** When each of these campaigns hands its last text over, of those of which it can be said. */
export async function expectedFinishes(
  db: Db | Tx,
  clock: Clock,
  campaigns: readonly Campaign[],
): Promise<ReadonlyMap<Uuid, Instant>> {
  const running = campaigns.filter(({ state, totals }) => state === 'running' && totals.pending > 0);
  if (running.length === 0) return new Map();
  const forecasts = await readForecasts(db, clock, {});
  return new Map(
    running.flatMap(({ id }) => {
      const finishAt = forecasts.get(id)?.finishAt ?? null;
      return finishAt === null ? [] : [[id, finishAt] as const];
    }),
  );
}

/** Who still waits in each campaign. */
export async function readWaitingGroups(
  db: Db | Tx,
  campaignIds: readonly Uuid[],
): Promise<ReadonlyMap<Uuid, readonly PeopleAt[]>> {
  const groups = Map.groupBy(await pendingGroups(db, campaignIds), (row) => row.campaignId);
  return new Map([...groups].map(([id, rows]) => [id, peopleAt(rows)]));
}
