import { type AudiencePreview, previewAudience } from '../audiences/preview-audience.ts';
import { getSendingPolicy } from '../business/business-store.ts';
import { hoursOf } from '../business/sending-policy.ts';
import { openUntil } from '../compliance/quiet-hours.ts';
import type { LaneRow } from '../gateways/account.ts';
import { listAccountRows, listLaneRows } from '../gateways/account-store.ts';
import { PRICE_PER_PART_CENTS } from '../messages/price.ts';
import { dayIn } from '../platform/calendar.ts';
import type { Clock } from '../platform/clock.ts';
import type { Db } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import { type AudienceTexts, findUnsendable, renderAudience } from './audience-texts.ts';
import type { Campaign } from './campaign.ts';
import { lookAhead, peopleAt } from './campaign-hours.ts';
import { type Forecast, forecast } from './decide-forecast.ts';
import { type LaunchFacts, type LaunchProblem, launchProblems } from './decide-launch.ts';
import { someCannotSentences } from './decide-reach.ts';
import { laneWarnings, scheduleWarnings } from './decide-warnings.ts';
import { laneUsage } from './live-store.ts';

export interface CampaignReview {
  readonly audience: AudiencePreview;
  readonly problems: readonly LaunchProblem[];
  readonly warnings: readonly LaunchProblem[];
  readonly parts: {
    readonly total: number;
    readonly histogram: readonly { readonly parts: number; readonly people: number }[];
  };
  readonly costCents: number;
  readonly lanes: readonly {
    readonly id: Uuid;
    readonly name: string;
    readonly phone: string;
    readonly dailyCap: number;
    readonly leftToday: number;
  }[];
  readonly openNow: number;
  readonly waiting: number;
  readonly forecast: Forecast;
}

/** Everything a person must see before launching: people, exclusions, parts, finish, problems. Changes nothing. */
export async function reviewCampaign(
  db: Db,
  deps: { readonly clock: Clock; readonly businessZone: string },
  campaign: Campaign,
): Promise<CampaignReview> {
  const now = deps.clock.now();
  const audience = await previewAudience(db, campaign.audience, now);
  const lanes = await listLaneRows(db);
  const chosen = chosenBy(campaign, lanes).filter((lane) => lane.state !== 'off');
  const used = await laneUsage(
    db,
    chosen.map((lane) => ({ id: lane.id, day: dayIn(lane.zone, now) })),
  );
  const lanesLeft = chosen.map(({ id, name, phone, dailyCap }) => ({
    id,
    name,
    phone,
    dailyCap,
    leftToday: Math.max(0, dailyCap - (used.get(id) ?? 0)),
  }));
  const groups = peopleAt(audience.zoneGroups);
  const policy = await getSendingPolicy(db);
  const hours = hoursOf(policy, campaign);
  const ahead = lookAhead(deps.businessZone, now, policy);
  const openNow = groups
    .filter((group) => openUntil(group, hours, now) !== undefined)
    .reduce((sum, group) => sum + group.people, 0);
  const texts = await renderAudience(db, campaign, now);
  const sending = { now, zone: deps.businessZone, policy, groups };
  const facts = { ...audience, lanes, unsendable: await findUnsendable(db, campaign, now), sending };
  const expected = forecast({
    now,
    dayOf: ahead.dayOf,
    lanes: lanesLeft,
    ratePerSecond: FORECAST_RATE,
    groups: ahead.groups(groups, campaign),
  });
  const scale = texts.rendered === 0 ? 0 : audience.textable / texts.people;
  return {
    audience,
    problems: launchProblems(campaign, facts),
    warnings: [
      ...messageWarnings(campaign, texts, facts).map((message) => ({ field: 'message' as const, message })),
      ...laneWarnings(chosenBy(campaign, lanes), await listAccountRows(db)),
      ...scheduleWarnings(campaign, sending, expected.finishAt),
    ],
    costCents: Math.round(texts.parts * scale) * PRICE_PER_PART_CENTS,
    parts: {
      total: Math.round(texts.parts * scale),
      histogram: [...texts.histogram]
        .sort(([a], [b]) => a - b)
        .map(([parts, people]) => ({ parts, people: Math.round(people * scale) })),
    },
    lanes: lanesLeft,
    openNow,
    waiting: audience.textable - openNow,
    forecast: expected,
  };
}

/** The default rate of an account; the daily caps decide long before it. */
const FORECAST_RATE = 8;

const chosenBy = (campaign: Campaign, lanes: readonly LaneRow[]): readonly LaneRow[] =>
  lanes.filter((lane) => campaign.laneIds.includes(lane.id));

function messageWarnings(campaign: Campaign, texts: AudienceTexts, facts: LaunchFacts): readonly string[] {
  const { textable, unsendable } = facts;
  const found = campaign.variants.flatMap((variant) => {
    const reach = texts.reach.get(variant.id);
    if (reach === undefined || reach.people === 0 || unsendable.has(variant.id)) return [];
    return someCannotSentences(campaign.variants.length > 1 ? `Variant ${variant.label}` : undefined, reach, textable);
  });
  if (texts.outsideGsm7.size > 0)
    found.push(
      `${[...texts.outsideGsm7].slice(0, 8).join(' ')} ${texts.outsideGsm7.size === 1 ? 'is' : 'are'} outside the SMS alphabet: a part then holds 70 characters instead of 160`,
    );
  if ([...texts.histogram.keys()].some((parts) => parts > 3))
    found.push('Some texts take more than 3 parts: carriers filter and charge those more');
  if (texts.people < textable) found.push(`Parts are estimated from ${texts.people} of ${textable} people`);
  return found;
}
