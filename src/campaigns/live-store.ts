import { sql } from 'kysely';
import { contactNameSql } from '../audiences/preview-audience.ts';
import { waits } from '../conversations/conversation-store.ts';
import type { Db, Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import { type Instant, msBetween } from '../platform/time.ts';

/** Index enrollment_failures. */
export async function failureCounts(
  db: Db,
  campaignId: Uuid,
): Promise<readonly { readonly code: string; readonly count: number }[]> {
  const { rows } = await sql<{ code: string; count: number }>`
    select failure_code as code, count(*) as count from enrollment
    where campaign_id = ${campaignId} and state = 'failed' group by 1 order by 2 desc`.execute(db);
  return rows;
}

/** Index enrollment_skips. */
export async function skipCounts(
  db: Db,
  campaignId: Uuid,
): Promise<readonly { readonly reason: string; readonly count: number }[]> {
  const { rows } = await sql<{ reason: string; count: number }>`
    select skip_reason as reason, count(*) as count from enrollment
    where campaign_id = ${campaignId} and state = 'skipped' group by 1 order by 2 desc`.execute(db);
  return rows;
}

export interface LiveReply {
  readonly conversationId: Uuid;
  readonly contactId: Uuid | null;
  readonly name: string;
  readonly phone: string;
  readonly text: string;
  readonly at: Instant;
  readonly optOut: boolean;
  /** Not answered yet, of somebody whom one may answer. */
  readonly waiting: boolean;
}

/** Newest replies to a campaign. Indexes enrollment_replies, message_answers, suppression_active. */
export async function latestReplies(db: Db, campaignId: Uuid, limit: number): Promise<readonly LiveReply[]> {
  const { rows } = await sql<LiveReply>`
    select m.conversation_id, m.contact_id, case when c.id is null then m.phone else ${contactNameSql} end as name, m.phone, m.body as text,
      m.created_at as at, coalesce(m.classification ->> 'outcome' = 'opt_out', false) as opt_out,
      ${waits} and m.created_at >= v.waiting_since as waiting
    from enrollment e join message m on m.in_reply_to_enrollment_id = e.id join conversation v on v.id = m.conversation_id
      left join contact c on c.id = m.contact_id
    where e.campaign_id = ${campaignId} and e.replied_at is not null
    order by e.replied_at desc, m.created_at desc limit ${limit}`.execute(db);
  return rows;
}

export interface CampaignHour {
  readonly hour: Instant;
  readonly sent: number;
  readonly delivered: number;
  readonly replied: number;
  readonly optedOut: number;
}

export async function campaignHours(db: Db, campaignId: Uuid): Promise<readonly CampaignHour[]> {
  const { rows } = await sql<CampaignHour>`
    select hour, sent, delivered, replied, opted_out from campaign_hour
    where campaign_id = ${campaignId} order by hour desc limit 168`.execute(db);
  return rows.reverse();
}

/** More than this are not counted: a fast campaign sends a million in ten minutes. */
const SENT_COUNTED_MAX = 5_000;

/** Texts of a campaign since an instant; of a fast one the newest are counted, and stand for the rest. Index enrollment_sent. */
export async function sentSince(
  db: Db,
  campaignId: Uuid,
  { since, now }: { readonly since: Instant; readonly now: Instant },
): Promise<number> {
  const { rows } = await sql<{ n: number; firstAt: Instant | null }>`
    select count(*) as n, min(sent_at) as first_at from (
      select sent_at from enrollment where campaign_id = ${campaignId} and sent_at > ${since}
      order by sent_at desc limit ${SENT_COUNTED_MAX}) newest`.execute(db);
  const { n, firstAt } = rows[0] ?? { n: 0, firstAt: null };
  if (n < SENT_COUNTED_MAX || firstAt === null) return n;
  return Math.round((n * msBetween(since, now)) / Math.max(1, msBetween(firstAt, now)));
}

/** Who still waits in these campaigns, by zone group: kept by a trigger, so that nobody is counted here. */
export async function pendingGroups(
  db: Db | Tx,
  campaignIds: readonly Uuid[],
): Promise<readonly { readonly campaignId: Uuid; readonly zoneGroup: string; readonly people: number }[]> {
  const { rows } = await sql<{ campaignId: Uuid; zoneGroup: string; people: number }>`
    select campaign_id, zone_group, pending as people from campaign_zone_group
    where campaign_id = any(${campaignIds}::uuid[]) and pending > 0`.execute(db);
  return rows;
}
