import { sql } from 'kysely';
import { audienceSql } from '../audiences/audience.ts';
import { readEligibilityFacts } from '../audiences/eligibility-facts.ts';
import { type AudiencePreview, previewAudience } from '../audiences/preview-audience.ts';
import { getBusiness, getSendingPolicy } from '../business/business-store.ts';
import { hoursOf } from '../business/sending-policy.ts';
import { policyWords } from '../compliance/consent-policy.ts';
import { skipReasonSql } from '../compliance/eligibility.ts';
import { getOptOutWording } from '../compliance/opt-out-wording-store.ts';
import { openUntil } from '../compliance/quiet-hours.ts';
import { listAccountRows } from '../gateways/account-store.ts';
import { costCents } from '../messages/price.ts';
import type { Clock } from '../platform/clock.ts';
import type { Db } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';
import { type AudienceTexts, findLackingFirstTexts, findUnsendable, renderAudience } from './audience-texts.ts';
import { type Campaign, consentAtLaunch } from './campaign.ts';
import { contentWarnings } from './decide-content.ts';
import {
  type LaunchFacts,
  type LaunchProblem,
  launchProblems,
  listSentences,
  peopleToWaive,
  subjectOf,
  toAcknowledge,
} from './decide-launch.ts';
import { someCannotSentences } from './decide-reach.ts';
import { laneWarnings, scheduleWarnings } from './decide-warnings.ts';
import { type DraftPeople, readForecasts } from './expected-finish.ts';
import type { CampaignForecast, WaitingPeople } from './forecast.ts';
import { peopleAt } from './people-at.ts';
import { readUsedLanes, type UsedLane } from './used-lane-store.ts';
import { countUnseen } from './waiver-store.ts';

export interface CampaignReview {
  readonly audience: AudiencePreview;
  readonly problems: readonly LaunchProblem[];
  /** What first texts do not say that they must; a launch needs a reason for it. */
  readonly toAcknowledge: readonly LaunchProblem[];
  readonly warnings: readonly LaunchProblem[];
  readonly parts: {
    readonly total: number;
    /** How many get a text of so many parts, and what each of these costs. */
    readonly histogram: readonly { readonly parts: number; readonly people: number; readonly centsEach: number }[];
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
  /** What is asked of each person, and how many an owner's word would be about, or is; null when nothing is asked. */
  readonly consent: { readonly asks: string; readonly people: number } | null;
  /** How many people get their first text, to which it is added how to stop, and in which words; null when nothing is added. */
  readonly optOutAdded: { readonly people: number; readonly wording: string } | null;
  readonly forecast: CampaignForecast;
}

/** Everything a person must see before launching: people, exclusions, parts, finish, problems. Changes nothing. */
export async function reviewCampaign(
  db: Db,
  deps: { readonly clock: Clock },
  campaign: Campaign,
): Promise<CampaignReview> {
  const now = deps.clock.now();
  const asked = consentAtLaunch(campaign, now);
  const audience = await previewAudience(db, campaign.audience, now, asked);
  const lanes = await readUsedLanes(db, now);
  const chosen = chosenBy(campaign, lanes).filter((lane) => lane.state !== 'off');
  const lanesLeft = chosen.map(({ id, name, phone, dailyCap, usedToday }) => ({
    id,
    name,
    phone,
    dailyCap,
    leftToday: Math.max(0, dailyCap - usedToday),
  }));
  const groups = peopleAt(audience.zoneGroups);
  const policy = await getSendingPolicy(db);
  const hours = hoursOf(policy, campaign);
  const openNow = groups
    .filter((group) => openUntil(group, hours, now) !== undefined)
    .reduce((sum, group) => sum + group.people, 0);
  const texts = await renderAudience(db, campaign, now);
  const sending = { now, zone: (await getBusiness(db)).zone, policy, groups };
  const unseen = await countUnseen(db, campaign, now);
  const facts = { ...audience, unseen, lanes, unsendable: await findUnsendable(db, campaign, now), sending };
  const expected = await forecastDraft(db, deps.clock, {
    id: campaign.id,
    waiting: await textableGroups(db, campaign, now),
    partsPerText: texts.rendered === 0 ? 1 : texts.parts / texts.rendered,
  });
  const scale = texts.rendered === 0 ? 0 : audience.textable / texts.people;
  return {
    audience,
    problems: launchProblems(campaign, facts),
    toAcknowledge: toAcknowledge(campaign, await findLackingFirstTexts(db, campaign, now)),
    warnings: [
      // When everybody is left out it stands against the launch.
      ...(audience.textable === 0 ? [] : listSentences(audience)).map((message) => ({
        field: 'audience' as const,
        message,
      })),
      ...messageWarnings(campaign, texts, facts).map((message) => ({ field: 'message' as const, message })),
      ...laneWarnings(chosenBy(campaign, lanes), await listAccountRows(db)),
      ...scheduleWarnings(campaign, sending, expected.finishAt),
    ],
    costCents: costCents(texts.parts * scale),
    parts: {
      total: Math.round(texts.parts * scale),
      histogram: [...texts.histogram]
        .sort(([a], [b]) => a - b)
        .map(([parts, people]) => ({ parts, people: Math.round(people * scale), centsEach: costCents(parts) })),
    },
    lanes: lanesLeft,
    openNow,
    waiting: audience.textable - openNow,
    consent: asked === null ? null : { asks: policyWords(asked), people: peopleToWaive(campaign, audience) },
    optOutAdded: await optOutAdded(db, texts.added * scale),
    forecast: expected,
  };
}

async function optOutAdded(db: Db, people: number): Promise<CampaignReview['optOutAdded']> {
  const { adds, wording } = await getOptOutWording(db);
  return adds ? { people: Math.round(people), wording } : null;
}

async function forecastDraft(db: Db, clock: Clock, draft: DraftPeople): Promise<CampaignForecast> {
  const found = (await readForecasts(db, clock, { draft })).get(draft.id);
  if (found === undefined) throw new Error(`campaign ${draft.id} vanished while it was reviewed`);
  return found;
}

/** As the launch would enroll them: a contact keeps the number that it knows, when the campaign sends from it. */
async function textableGroups(db: Db, campaign: Campaign, now: Instant): Promise<readonly WaitingPeople[]> {
  const facts = await readEligibilityFacts(db, now, consentAtLaunch(campaign, now));
  const { rows } = await sql<Omit<WaitingPeople, 'dueAt'>>`
    select c.zone_group, case when c.lane_id = any(${campaign.laneIds}::uuid[]) then c.lane_id end as lane_id, count(*) as people
    from contact c
    where ${audienceSql(campaign.audience, now)} and ${skipReasonSql(facts)} is null group by 1, 2`.execute(db);
  return rows.map((row) => ({ ...row, dueAt: null }));
}

const chosenBy = (campaign: Campaign, lanes: readonly UsedLane[]): readonly UsedLane[] =>
  lanes.filter((lane) => campaign.laneIds.includes(lane.id));

function messageWarnings(campaign: Campaign, texts: AudienceTexts, facts: LaunchFacts): readonly string[] {
  const { textable, unsendable } = facts;
  const found = campaign.variants.flatMap((variant) => {
    const reach = texts.reach.get(variant.id);
    if (reach === undefined || reach.people === 0 || unsendable.has(variant.id)) return [];
    return someCannotSentences(campaign.variants.length > 1 ? `Variant ${variant.label}` : undefined, reach, textable);
  });
  for (const variant of campaign.variants) {
    const content = texts.content.get(variant.id);
    if (content !== undefined)
      found.push(...contentWarnings(subjectOf(campaign, variant), content.looked, content.found));
  }
  if (texts.outsideGsm7.size > 0)
    found.push(
      `${[...texts.outsideGsm7].slice(0, 8).join(' ')} ${texts.outsideGsm7.size === 1 ? 'is' : 'are'} outside the SMS alphabet: a part then holds 70 characters instead of 160`,
    );
  if ([...texts.histogram.keys()].some((parts) => parts > 3))
    found.push('Some texts take more than 3 parts: carriers filter and charge those more');
  if (texts.people < textable) found.push(`Parts are estimated from ${texts.people} of ${textable} people`);
  return found;
}
