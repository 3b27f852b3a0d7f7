import { sql } from 'kysely';
import { audienceSql } from '../audiences/audience.ts';
import { type AudiencePreview, eligibilityFacts, previewAudience } from '../audiences/preview-audience.ts';
import { skipReasonSql } from '../compliance/eligibility.ts';
import { openUntil } from '../compliance/quiet-hours.ts';
import { parseZoneGroupKey } from '../contacts/zones.ts';
import { listLaneRows } from '../gateways/account-store.ts';
import { countParts } from '../messages/encoding.ts';
import type { TemplateContact } from '../messages/template.ts';
import { parseTemplate } from '../messages/template-parser.ts';
import { renderTemplate } from '../messages/template-render.ts';
import { dayIn } from '../platform/calendar.ts';
import type { Clock } from '../platform/clock.ts';
import type { Db } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';
import type { Campaign } from './campaign.ts';
import { lookAhead, type PeopleAt, windowOf } from './campaign-hours.ts';
import { type Forecast, forecast } from './decide-forecast.ts';
import { type LaunchProblem, launchProblems } from './decide-launch.ts';
import { laneUsage } from './live-store.ts';

export interface CampaignReview {
  readonly audience: AudiencePreview;
  readonly problems: readonly LaunchProblem[];
  readonly warnings: readonly string[];
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

/** What the provider charges for a part to a US number. */
const PRICE_PER_PART_CENTS = 1;
/** A larger audience is judged by this many of its people, and the figures are scaled. */
const SAMPLE_MAX = 20_000;

/** Everything a person must see before launching: people, exclusions, parts, finish, problems. Changes nothing. */
export async function reviewCampaign(
  db: Db,
  deps: { readonly clock: Clock; readonly businessZone: string },
  campaign: Campaign,
): Promise<CampaignReview> {
  const now = deps.clock.now();
  const audience = await previewAudience(db, campaign.audience, now);
  const lanes = await listLaneRows(db);
  const chosen = lanes.filter((lane) => campaign.laneIds.includes(lane.id) && lane.state !== 'off');
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
  const groups = await textableGroups(db, campaign, now);
  const window = windowOf(campaign);
  const ahead = lookAhead(deps.businessZone, now);
  const openNow = groups
    .filter((group) => openUntil(group.zones, window, now) !== undefined)
    .reduce((sum, group) => sum + group.people, 0);
  const texts = await renderAudience(db, campaign, now);
  const scale = texts.rendered === 0 ? 0 : audience.textable / texts.people;
  return {
    audience,
    problems: launchProblems(campaign, { ...audience, lanes }),
    warnings: warnings(texts, audience),
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
    forecast: forecast({
      now,
      dayOf: ahead.dayOf,
      lanes: lanesLeft,
      ratePerSecond: FORECAST_RATE,
      groups: ahead.groups(groups, window),
    }),
  };
}

/** The default rate of an account; the daily caps decide long before it. */
const FORECAST_RATE = 8;

async function textableGroups(db: Db, campaign: Campaign, now: Instant): Promise<readonly PeopleAt[]> {
  const { rows } = await sql<{ zoneGroup: string; people: number }>`
    select c.zone_group, count(*) as people from contact c
    where ${audienceSql(campaign.audience, now)} and ${skipReasonSql(eligibilityFacts(now))} is null group by 1`.execute(
    db,
  );
  return rows.map((row) => ({ ...parseZoneGroupKey(row.zoneGroup), people: row.people }));
}

interface RenderedAudience {
  readonly people: number;
  readonly rendered: number;
  readonly parts: number;
  readonly histogram: ReadonlyMap<number, number>;
  readonly missing: ReadonlyMap<string, number>;
  readonly outsideGsm7: ReadonlySet<string>;
}

/** Renders every variant for the people who would get it and counts the parts of the final text. */
async function renderAudience(db: Db, campaign: Campaign, now: Instant): Promise<RenderedAudience> {
  const templates = campaign.variants.flatMap(({ body, weight }) => {
    const parsed = parseTemplate(body);
    return parsed.ok && body.trim() !== '' ? [{ template: parsed.value, weight }] : [];
  });
  const { rows } = await sql<TemplateContact>`
    select c.phone, c.first_name, c.last_name, c.email, c.company, c.street, c.city, c.state, c.postal_code, c.attributes,
      coalesce((select value ->> 'name' from setting where key = 'business'), '') as business_name
    from contact c where ${audienceSql(campaign.audience, now)} and ${skipReasonSql(eligibilityFacts(now))} is null
    order by c.id limit ${SAMPLE_MAX}`.execute(db);
  const weights = templates.reduce((sum, { weight }) => sum + weight, 0);
  const histogram = new Map<number, number>();
  const missing = new Map<string, number>();
  const outsideGsm7 = new Set<string>();
  let parts = 0;
  let rendered = 0;
  for (const contact of rows)
    for (const { template, weight } of templates) {
      // Who gets which variant is decided at launch; until then each counts with its share.
      const share = weight / weights;
      const text = renderTemplate(template, contact);
      if (!text.ok) {
        missing.set(text.error.field, (missing.get(text.error.field) ?? 0) + share);
        continue;
      }
      const counted = countParts(text.value);
      rendered += share;
      parts += counted.parts * share;
      histogram.set(counted.parts, (histogram.get(counted.parts) ?? 0) + share);
      for (const character of counted.charactersOutsideGsm7) outsideGsm7.add(character);
    }
  return { people: rows.length, rendered, parts, histogram, missing, outsideGsm7 };
}

function warnings(texts: RenderedAudience, audience: AudiencePreview): readonly string[] {
  const found: string[] = [];
  for (const [field, people] of texts.missing)
    found.push(
      `About ${Math.max(1, Math.round(people))} people have no ${field}: their text cannot be made and will fail. Give the field a fallback, like {${field}|there}`,
    );
  if (texts.outsideGsm7.size > 0)
    found.push(
      `${[...texts.outsideGsm7].slice(0, 8).join(' ')} ${texts.outsideGsm7.size === 1 ? 'is' : 'are'} outside the SMS alphabet: a part then holds 70 characters instead of 160`,
    );
  if ([...texts.histogram.keys()].some((parts) => parts > 3))
    found.push('Some texts take more than 3 parts: carriers filter and charge those more');
  if (texts.people < audience.textable)
    found.push(`Parts are estimated from ${texts.people} of ${audience.textable} people`);
  return found;
}
