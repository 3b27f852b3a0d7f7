import { sql } from 'kysely';
import { audienceSql } from '../audiences/audience.ts';
import { readEligibilityFacts } from '../audiences/eligibility-facts.ts';
import { getBusiness } from '../business/business-store.ts';
import { linkBaseSql, SAMPLE_TOKEN } from '../business/public-address.ts';
import { contentRulesAt } from '../compliance/content-rules.ts';
import { skipReasonSql } from '../compliance/eligibility.ts';
import { readAddition } from '../compliance/opt-out-wording-store.ts';
import { commonText } from '../messages/common-text.ts';
import { countParts } from '../messages/encoding.ts';
import type { Template, TemplateContact } from '../messages/template.ts';
import { parseTemplate } from '../messages/template-parser.ts';
import { neverTextedSql } from '../messages/texted-before.ts';
import type { Db, Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';
import { type Campaign, consentAtLaunch } from './campaign.ts';
import { type ContentByVariant, tallyContent, tallyFirstTexts } from './decide-content.ts';
import { tallyReach, type VariantReach } from './decide-reach.ts';

/** A larger audience is judged by this many of its people, and the figures are scaled. */
const SAMPLE_MAX = 20_000;
/** Texts of one variant differ in little more than names. */
const CONTENT_LOOKED_MAX = 2_000;
/** Mostly the very first person can get every variant. */
const FIRST_BATCH = 100;

/** By variant id. */
export type ReachByVariant = ReadonlyMap<Uuid, VariantReach>;

export interface AudienceTexts {
  readonly people: number;
  /** People for whom there is a text; with several variants each counts with its share. */
  readonly rendered: number;
  readonly parts: number;
  readonly histogram: ReadonlyMap<number, number>;
  readonly outsideGsm7: ReadonlySet<string>;
  readonly reach: ReachByVariant;
  /** People to whose text it is added how to stop; with several variants each counts with its share. */
  readonly added: number;
  readonly content: ContentByVariant;
}

/** Renders every variant for the people who would get it and counts the parts of the final text. */
export async function renderAudience(db: Db, campaign: Campaign, now: Instant): Promise<AudienceTexts> {
  const rules = contentRulesAt(now);
  const addition = await readAddition(db, now);
  const variants = writtenVariants(campaign).map((variant) => ({
    ...variant,
    tally: tallyReach(variant.template, { addition, content: rules }),
    content: tallyContent(rules),
    looked: 0,
  }));
  const weights = variants.reduce((sum, { weight }) => sum + weight, 0);
  const people = await readPeople(db, campaign, { now, limit: SAMPLE_MAX });
  const histogram = new Map<number, number>();
  const outsideGsm7 = new Set<string>();
  let parts = 0;
  let rendered = 0;
  for (const contact of people)
    for (const variant of variants) {
      const { tally, weight, content } = variant;
      const text = tally.add(contact);
      if (text === undefined) continue;
      if (variant.looked < CONTENT_LOOKED_MAX) {
        variant.looked += 1;
        content.add(text, contact);
      }
      // Who gets which variant is decided at launch; until then each counts with its share.
      const share = weight / weights;
      const counted = countParts(text);
      rendered += share;
      parts += counted.parts * share;
      histogram.set(counted.parts, (histogram.get(counted.parts) ?? 0) + share);
      for (const character of counted.charactersOutsideGsm7) outsideGsm7.add(character);
    }
  const reach = new Map(variants.map(({ id, tally }) => [id, tally.reach()]));
  const content = new Map(variants.map(({ id, looked, content }) => [id, { looked, found: content.found() }]));
  const added = variants.reduce((sum, { tally, weight }) => sum + (tally.added() * weight) / weights, 0);
  return { people: people.length, rendered, parts, histogram, outsideGsm7, reach, added, content };
}

/**
 * The variants that nobody of the audience can get. Looks on until each has been possible for one person: a hundred people for most
 * campaigns, all of them only for one that is to be refused.
 */
export async function findUnsendable(db: Db | Tx, campaign: Campaign, now: Instant): Promise<ReachByVariant> {
  const terms = { addition: await readAddition(db, now), content: contentRulesAt(now) };
  let open = writtenVariants(campaign).map(({ id, template }) => ({ id, tally: tallyReach(template, terms) }));
  let after: Uuid | undefined;
  for (let limit = FIRST_BATCH; open.length > 0; limit = SAMPLE_MAX) {
    const people = await readPeople(db, campaign, { now, after, limit });
    open = open.filter(({ tally }) => people.every((contact) => tally.add(contact) === undefined));
    after = people.at(-1)?.id;
    if (people.length < limit) break;
  }
  return new Map(open.map(({ id, tally }) => [id, tally.reach()] as const).filter(([, { people }]) => people > 0));
}

/**
 * The variants whose first texts do not all say what a first text must. What a text says to everybody spares the look at people, of whom
 * many have been texted before, and tells what may be missing: looks on until all of that has been missed.
 */
export async function findLackingFirstTexts(db: Db | Tx, campaign: Campaign, now: Instant): Promise<ContentByVariant> {
  const content = contentRulesAt(now);
  const addition = await readAddition(db, now);
  const { name: businessName } = await getBusiness(db);
  const variants = writtenVariants(campaign).flatMap(({ id, template }) => {
    const common = commonText(template, businessName);
    const said = tallyFirstTexts(content);
    said.add(`${common} ${addition?.(common) ?? ''}`, { businessName, isFirst: true });
    const possible = said.found().length;
    const reach = tallyReach(template, { addition, content });
    return possible === 0 ? [] : [{ id, possible, reach, tally: tallyFirstTexts(content), looked: 0 }];
  });
  let open = variants;
  let after: Uuid | undefined;
  while (open.length > 0) {
    const people = await readPeople(db, campaign, { now, after, limit: SAMPLE_MAX, onlyFirst: true });
    for (const person of people)
      for (const variant of open) {
        const text = variant.reach.add(person);
        if (text === undefined) continue;
        variant.looked += 1;
        variant.tally.add(text, person);
      }
    open = open.filter(({ tally, possible }) => tally.found().length < possible);
    after = people.at(-1)?.id;
    if (people.length < SAMPLE_MAX) break;
  }
  return new Map(variants.map(({ id, looked, tally }) => [id, { looked, found: tally.found() }]));
}

function writtenVariants(
  campaign: Campaign,
): readonly { readonly id: Uuid; readonly weight: number; readonly template: Template }[] {
  return campaign.variants.flatMap(({ id, weight, body }) => {
    const parsed = parseTemplate(body);
    return parsed.ok && body.trim() !== '' ? [{ id, weight, template: parsed.value }] : [];
  });
}

interface Person extends TemplateContact {
  readonly id: Uuid;
  readonly businessName: string;
  readonly optOutLink: string | null;
  readonly isFirst: boolean;
}

/** Those who would be texted, in the order of their ids (primary key), with what the engine gives to the renderer. */
async function readPeople(
  db: Db | Tx,
  campaign: Campaign,
  page: {
    readonly now: Instant;
    readonly after?: Uuid | undefined;
    readonly limit: number;
    readonly onlyFirst?: true;
  },
): Promise<readonly Person[]> {
  const { now, after, limit, onlyFirst } = page;
  const isFirst = neverTextedSql(sql`null`);
  const facts = await readEligibilityFacts(db, now, consentAtLaunch(campaign, now));
  const { rows } = await sql<Person>`
    select c.id, c.phone, c.first_name, c.last_name, c.email, c.company, c.street, c.city, c.state, c.postal_code, c.attributes,
      coalesce((select value ->> 'name' from setting where key = 'business'), '') as business_name,
      ${linkBaseSql} || ${SAMPLE_TOKEN}::text as opt_out_link,
      ${isFirst} as is_first
    from contact c where ${audienceSql(campaign.audience, now)} and ${skipReasonSql(facts)} is null
      and ${after === undefined ? sql`true` : sql`c.id > ${after}`} and ${onlyFirst ? isFirst : sql`true`}
    order by c.id limit ${limit}`.execute(db);
  return rows;
}
