import { type RawBuilder, sql } from 'kysely';
import { audienceSql } from '../audiences/audience.ts';
import { readEligibilityFacts } from '../audiences/eligibility-facts.ts';
import { contactNameSql, type PersonSample } from '../audiences/preview-audience.ts';
import { reachesBeyondLaw } from '../compliance/consent-policy.ts';
import { endingReasonSql, skipReasonSql } from '../compliance/eligibility.ts';
import type { EligibilityFacts } from '../compliance/eligibility-rule.ts';
import { lacksConsentSql } from '../compliance/needs-consent.ts';
import type { Db, Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';
import { type Campaign, consentAfterLaunch, consentAtLaunch, type VariantRow } from './campaign.ts';
import { unseenSql } from './waiver-store.ts';

/**
 * Everyone who is chosen becomes an enrollment: pending, or skipped with the first reason that ends their part. Variants come from a hash of
 * campaign and contact, so that the assignment is fixed before sending. `chosen` is a predicate over `contact c`.
 */
const insertEnrollments = (
  campaign: Campaign,
  chosen: RawBuilder<boolean>,
  facts: EligibilityFacts,
): RawBuilder<unknown> =>
  // md5 of the pair: 128 bits that every process and every version computes alike.
  sql`
    insert into enrollment (id, campaign_id, contact_id, phone, variant_id, zone_group, state, skip_reason, lane_id, consent_waived, not_before,
      created_at)
    select (${idPrefix(facts.now)} || overlay(${idDigits} placing '8' from 4 for 0))::uuid, ${campaign.id}, contact_id, phone,
      ${variantSql(campaign.variants)}, zone_group, case when reason is null then 'pending' else 'skipped' end, reason,
      -- A contact keeps the number that it knows, when the campaign sends from it.
      case when known_lane = any(${campaign.laneIds}::uuid[]) then known_lane end, waived and reason is null, ${facts.now}, ${facts.now}
    from (
      select c.id as contact_id, c.phone, c.zone_group, c.lane_id as known_lane, md5(${campaign.id}::text || c.id::text) as hash,
        -- One group after the other: the index of the claim grows at one place at a time, an eighth faster for a million people.
        row_number() over (order by c.zone_group) as place, ${reasonSql(campaign, facts)} as reason, ${waivedSql(facts)} as waived
      -- Nobody can be deleted before the enrollments are there to be found; a STOP, which leaves the key alone, need not wait.
      from (select * from contact c where ${chosen} for key share) c
      -- Keeps hash and reason from being computed once for each time they are named.
      offset 0
    ) audience`;

/** Over `contact c`: whoever comes to the audience beside the launch is not one of whom its owner knew. */
const reasonSql = ({ id }: Campaign, facts: EligibilityFacts): RawBuilder<string | null> =>
  facts.consent !== null && reachesBeyondLaw(facts.consent)
    ? sql<
        string | null
      >`coalesce(${endingReasonSql(facts)}, case when ${unseenSql(id, facts.consent, facts.now)} then 'no_consent' end)`
    : endingReasonSql(facts);

/** Over `contact c`: has not agreed, and is texted by an owner's word. */
const waivedSql = ({ consent, now }: EligibilityFacts): RawBuilder<boolean> =>
  consent?.waived === true ? lacksConsentSql(consent, consent.kinds, now) : sql<boolean>`false`;

/** One statement for the whole audience of a launch, which nobody is in yet. */
export async function enrollAudience(tx: Tx, campaign: Campaign, now: Instant): Promise<void> {
  const facts = await readEligibilityFacts(tx, now, consentAtLaunch(campaign, now));
  await insertEnrollments(campaign, audienceSql(campaign.audience, now), facts).execute(tx);
}

export interface ReasonCount {
  /** Null: to be texted. */
  readonly reason: string | null;
  readonly count: number;
}

/**
 * The same for people who come later; whoever is in the campaign already stays as they are. Counts those who were taken in now, by
 * the reason for which they are left out.
 */
export async function enrollMore(
  tx: Tx,
  campaign: Campaign,
  query: { readonly contactIds: readonly Uuid[]; readonly now: Instant },
): Promise<readonly ReasonCount[]> {
  const facts = await readEligibilityFacts(tx, query.now, consentAfterLaunch(campaign, query.now));
  const { rows } = await sql<ReasonCount>`
    with enrolled as (
      ${insertEnrollments(campaign, sql<boolean>`c.id = any(${query.contactIds}::uuid[]) and ${numberNotTextedBy(campaign.id)}`, facts)}
      on conflict (campaign_id, contact_id) do nothing
      returning skip_reason as reason
    )
    select reason, count(*) as count from enrolled group by 1 order by 2 desc, 1`.execute(tx);
  return rows;
}

/** Unique (campaign, contact). */
const notYetIn = (campaignId: Uuid): RawBuilder<boolean> =>
  sql<boolean>`(not exists (select 1 from enrollment x where x.campaign_id = ${campaignId} and x.contact_id = c.id)
    and ${numberNotTextedBy(campaignId)})`;

/** A number that came back after its contact had become part of another one has had its text. Index message_phone. */
const numberNotTextedBy = (campaignId: Uuid): RawBuilder<boolean> =>
  sql<boolean>`not exists (select 1 from message m join enrollment x on x.id = m.enrollment_id and x.campaign_id = ${campaignId}
    where m.phone = c.phone and m.purpose = 'campaign' and m.state <> 'cancelled')`;

interface NewPeopleQuery {
  readonly campaign: Pick<Campaign, 'id' | 'consent'>;
  /** Predicate over `contact c`. */
  readonly chosen: RawBuilder<boolean>;
  readonly now: Instant;
}

export interface NewPeople {
  readonly matched: number;
  /** Those of them who are not in the campaign yet, by the reason for which they would be left out. */
  readonly fresh: readonly ReasonCount[];
}

/** Who `enrollMore` would take in. Changes nothing. */
export async function countNewPeople(db: Db | Tx, query: NewPeopleQuery): Promise<NewPeople> {
  const facts = await readEligibilityFacts(db, query.now, consentAfterLaunch(query.campaign, query.now));
  const { rows } = await sql<ReasonCount & { readonly fresh: boolean }>`
    select ${notYetIn(query.campaign.id)} as fresh, ${skipReasonSql(facts)} as reason, count(*) as count
    from contact c where ${query.chosen} group by 1, 2 order by 3 desc, 2`.execute(db);
  return {
    matched: rows.reduce((sum, row) => sum + row.count, 0),
    fresh: rows.flatMap(({ fresh, reason, count }) => (fresh ? [{ reason, count }] : [])),
  };
}

/** Those who would be taken in, textable or not. */
export async function newPeopleIds(
  db: Db | Tx,
  query: Omit<NewPeopleQuery, 'now'> & { readonly limit: number },
): Promise<readonly Uuid[]> {
  const { rows } = await sql<{ id: Uuid }>`
    select c.id from contact c where ${query.chosen} and ${notYetIn(query.campaign.id)} limit ${query.limit}`.execute(
    db,
  );
  return rows.map((row) => row.id);
}

/** A few of those who would be texted, the newest contacts in front. */
export async function sampleNewPeople(
  db: Db | Tx,
  query: NewPeopleQuery & { readonly limit: number },
): Promise<readonly PersonSample[]> {
  const facts = await readEligibilityFacts(db, query.now, consentAfterLaunch(query.campaign, query.now));
  const { rows } = await sql<PersonSample>`
    select c.id, ${contactNameSql} as name, c.phone from contact c
    where ${query.chosen} and ${notYetIn(query.campaign.id)}
      and ${skipReasonSql(facts)} is null
    order by c.created_at desc, c.id desc limit ${query.limit}`.execute(db);
  return rows;
}

/** The variant that a contact gets, or would get: that of the statement above. Undefined for a campaign without texts. */
export async function assignedVariant(
  db: Db,
  campaign: Pick<Campaign, 'id' | 'variants'>,
  contactId: Uuid,
): Promise<Uuid | undefined> {
  if (campaign.variants.length === 0) return undefined;
  const { rows } = await sql<{ id: Uuid }>`
    select ${variantSql(campaign.variants)} as id from (select md5(${campaign.id}::text || ${contactId}::uuid::text) as hash) pair`.execute(
    db,
  );
  return rows[0]?.id;
}

/**
 * The digits of a UUIDv7 behind its time and version: two of the hash, eight of the place among the enrolled, eight more of the hash.
 * Indexes grow at 256 places, whose pages stay in memory. And people who are claimed together do not lie together: a page of
 * contacts has room for new versions of a few of its rows at a time, and what finds no room writes all indexes of the row anew.
 */
const idDigits = sql`substr(hash, 1, 2) || lpad(to_hex(place), 8, '0') || substr(hash, 3, 8)`;

/** 48 bits of time and the version digit of a UUIDv7. */
const idPrefix = (now: Instant): string => `${now.epochMilliseconds.toString(16).padStart(12, '0')}7`;

/** Of the enrollment at this place whose hash begins with two digits and goes on with the same one: to bound a search. */
export function idAt(launchedAt: Instant, hashed: string, place: number, fill: string): string {
  const digits = `${hashed}${place.toString(16).padStart(8, '0')}`;
  return `${idPrefix(launchedAt)}${digits.slice(0, 3)}8${digits.slice(3)}${fill.repeat(8)}`;
}

/** The variant whose share of the weights holds the point that the hash names. */
function variantSql(variants: readonly VariantRow[]): RawBuilder<string> {
  const total = variants.reduce((sum, variant) => sum + variant.weight, 0);
  let upTo = 0;
  const branches = variants.map((variant) => {
    upTo += variant.weight;
    return sql`when ('x' || substr(hash, 19, 8))::bit(32)::bigint % ${total}::bigint < ${upTo}::bigint then ${variant.id}::uuid`;
  });
  return sql`case ${sql.join(branches, sql` `)} end`;
}
