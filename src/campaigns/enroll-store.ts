import { type RawBuilder, sql } from 'kysely';
import { audienceSql } from '../audiences/audience.ts';
import { eligibilityFacts } from '../audiences/preview-audience.ts';
import { skipReasonSql } from '../compliance/eligibility.ts';
import type { Tx } from '../platform/database.ts';
import type { Instant } from '../platform/time.ts';
import type { Campaign, VariantRow } from './campaign.ts';

/**
 * Everyone in the audience becomes an enrollment: pending, or skipped with the first reason that forbids. Ids and variants come
 * from a hash of campaign and contact, so that a repetition gives the same rows and the assignment is fixed before sending.
 */
export async function enrollAudience(tx: Tx, campaign: Campaign, now: Instant): Promise<void> {
  // md5 of the pair: 128 bits that every process and every version computes alike.
  await sql`
    insert into enrollment (id, campaign_id, contact_id, phone, variant_id, zone_group, state, skip_reason, lane_id, not_before, created_at)
    select (${idPrefix(now)} || substr(hash, 1, 3) || '8' || substr(hash, 4, 15))::uuid, ${campaign.id}, contact_id, phone,
      ${variantSql(campaign.variants)}, zone_group,
      case when reason is null then 'pending' else 'skipped' end, reason,
      -- A contact keeps the number that it knows, when the campaign sends from it.
      case when known_lane = any(${campaign.laneIds}::uuid[]) then known_lane end, ${now}, ${now}
    from (
      select c.id as contact_id, c.phone, c.zone_group, c.lane_id as known_lane, md5(${campaign.id}::text || c.id::text) as hash,
        ${skipReasonSql(eligibilityFacts(now))} as reason
      from contact c where ${audienceSql(campaign.audience, now)}
    ) audience
    on conflict (campaign_id, contact_id) do nothing`.execute(tx);
}

/** 48 bits of time and the version digit of a UUIDv7; the hash supplies the rest. */
const idPrefix = (now: Instant): string => `${now.epochMilliseconds.toString(16).padStart(12, '0')}7`;

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
