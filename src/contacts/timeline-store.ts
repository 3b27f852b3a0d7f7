import { type RawBuilder, sql } from 'kysely';
import type { ToldCall } from '../calls/call-words.ts';
import { heldBySql } from '../conversations/held-store.ts';
import type { HeldBy } from '../conversations/held-text.ts';
import type { Db, Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';

/** One thing that happened with a person. `key` makes the order total where instants are equal; `number` is null for what is of none. */
export type TimelineRow = { readonly at: Instant; readonly key: string; readonly number: string | null } & (
  | { readonly source: 'message'; readonly detail: MessageDetail }
  | { readonly source: 'call'; readonly detail: CallDetail }
  | { readonly source: 'suppressed'; readonly detail: SuppressionDetail }
  | { readonly source: 'lifted'; readonly detail: SuppressionDetail }
  | { readonly source: 'audit'; readonly detail: AuditDetail }
  | { readonly source: 'enrollment'; readonly detail: EnrollmentDetail }
  | { readonly source: 'contact'; readonly detail: ContactDetail }
);

interface CampaignRef {
  readonly campaignId: Uuid | null;
  readonly campaignName: string | null;
}

export interface MessageDetail extends CampaignRef {
  readonly direction: 'inbound' | 'outbound';
  readonly purpose: string;
  readonly body: string;
  readonly state: string;
  readonly failureCode: string | null;
  readonly createdBy: string | null;
  readonly understoodAs: string | null;
  readonly laneName: string;
  readonly heldBy: HeldBy | null;
}

export interface CallDetail extends ToldCall {
  readonly laneName: string | null;
  /** What was said, in short: the voicemail, or the summary. */
  readonly said: string | null;
}

export interface SuppressionDetail {
  readonly reason: string;
  readonly channel: string;
  readonly evidence: Readonly<Record<string, unknown>>;
}

export interface AuditDetail {
  readonly actor: string;
  readonly action: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** Of enrollments without a text: left out, or failed before a text existed. */
export interface EnrollmentDetail extends CampaignRef {
  readonly state: string;
  readonly code: string;
}

export interface ContactDetail {
  readonly source: string;
  readonly createdBy: string | null;
  readonly fileName: string | null;
}

export interface TimelinePosition {
  readonly at: string;
  readonly key: string;
}

/** What is told by another row already: suppressions and the creation of the contact have their own. */
const TOLD_ELSEWHERE = ['number.suppressed', 'number.opt_out_overtaken', 'number.opted_in', 'contact.created'];

/** Numbers that were merged into the contact. Index contact_number_contact. */
export async function readOtherNumbers(db: Db | Tx, contactId: Uuid): Promise<readonly string[]> {
  const { rows } = await sql<{ phone: string }>`
    select phone from contact_number where contact_id = ${contactId} order by phone`.execute(db);
  return rows.map(({ phone }) => phone);
}

/**
 * Newest first. Every branch is cut to the page by its own index before the branches are put together, number by number, so that a person
 * with ten thousand texts costs as much as one with ten: message_phone, call_phone, suppression_history, audit_entry_phone; enrollments by
 * unique (contact, campaign).
 */
export function timelineQuery(query: {
  readonly contactId: Uuid;
  readonly phones: readonly string[];
  readonly after: TimelinePosition | undefined;
  readonly limit: number;
}): RawBuilder<TimelineRow> {
  const { contactId, phones, after, limit } = query;
  /** `at` and `key` are expressions of the branch. PostgreSQL takes `at <=` out of the comparison of both for the index. */
  const page = (at: RawBuilder<unknown>, key: RawBuilder<unknown>): RawBuilder<unknown> => sql`
    ${after === undefined ? sql`` : sql`and (${at}, (${key}) collate "C") < (${after.at}::timestamptz, ${after.key}::text)`}
    order by ${at} desc, (${key}) collate "C" desc limit ${limit}`;
  return sql<TimelineRow>`select at, key, number, source, detail from (
    select one.at, one.key, n.phone as number, one.source, one.detail
    from unnest(${phones}::text[]) as n (phone) cross join lateral (
    (select m.created_at as at, 'message:' || m.id as key, 'message' as source, jsonb_build_object(
        'direction', m.direction, 'purpose', m.purpose, 'body', m.body, 'state', m.state, 'failureCode', m.failure_code,
        'createdBy', m.created_by, 'understoodAs', m.classification ->> 'outcome', 'heldBy', ${heldBySql},
        'laneName', (select name from lane where id = m.lane_id), 'campaignId', p.id, 'campaignName', p.name) as detail
      from message m left join enrollment e on e.id = m.enrollment_id left join campaign p on p.id = e.campaign_id
      where m.phone = n.phone and m.purpose <> 'health_check' ${page(sql`m.created_at`, sql`'message:' || m.id`)})
    union all
    (select k.at, 'call:' || k.id, 'call', jsonb_build_object(
        'state', k.state, 'direction', k.direction,
        'talkedSeconds', case when k.state = 'completed'
          then coalesce(k.duration_seconds, round(extract(epoch from k.ended_at - k.answered_at))) end,
        'voicemail', case when 'voicemail' = any(k.heard) then jsonb_build_object('durationSeconds', k.voicemail_duration_seconds) end,
        'laneName', (select name from lane where id = k.lane_id),
        'said', coalesce(k.voicemail_transcript, (select array_to_string(y.summary, E'\n') from call_summary y
          where y.call_id = k.id and y.status = 'completed')))
      from call k where k.phone = n.phone ${page(sql`k.at`, sql`'call:' || k.id`)})
    union all
    (select s.created_at, 'suppressed:' || s.id, 'suppressed',
        jsonb_build_object('reason', s.reason, 'channel', s.channel, 'evidence', s.evidence)
      from suppression s where s.phone = n.phone ${page(sql`s.created_at`, sql`'suppressed:' || s.id`)})
    union all
    (select s.lifted_at, 'lifted:' || s.id, 'lifted',
        jsonb_build_object('reason', s.reason, 'channel', s.channel, 'evidence', s.lifted_evidence)
      from suppression s where s.phone = n.phone and s.lifted_at is not null ${page(sql`s.lifted_at`, sql`'lifted:' || s.id`)})
    union all
    (select a.at, 'audit:' || a.id, 'audit', jsonb_build_object('actor', a.actor, 'action', a.action, 'detail', a.detail)
      from audit_entry a where a.phone = n.phone and a.action <> all(${TOLD_ELSEWHERE}::text[])
      ${page(sql`a.at`, sql`'audit:' || a.id`)})
    ) one
    union all
    (select e.created_at, 'enrollment:' || e.id, e.phone, 'enrollment', jsonb_build_object(
        'state', e.state, 'code', coalesce(e.skip_reason, e.failure_code), 'campaignId', p.id, 'campaignName', p.name)
      from enrollment e join campaign p on p.id = e.campaign_id
      where e.contact_id = ${contactId} and (e.state = 'skipped'
        or e.state = 'failed' and not exists (select 1 from message m where m.enrollment_id = e.id))
      ${page(sql`e.created_at`, sql`'enrollment:' || e.id`)})
    union all
    (select c.created_at, 'contact:' || c.id, null, 'contact', jsonb_build_object('source', c.source,
        'createdBy', (select a.detail ->> 'by' from audit_entry a
          where a.phone = c.phone and a.action = 'contact.created' order by a.at limit 1),
        'fileName', (select r.file_name from import_run r where r.id = c.import_id))
      from contact c where c.id = ${contactId} ${page(sql`c.created_at`, sql`'contact:' || c.id`)})
  ) entry order by at desc, key collate "C" desc limit ${limit}`;
}

export async function timelineRows(
  db: Db | Tx,
  query: Parameters<typeof timelineQuery>[0],
): Promise<readonly TimelineRow[]> {
  const { rows } = await timelineQuery(query).execute(db);
  return rows;
}
