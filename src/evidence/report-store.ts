import { sql } from 'kysely';
import type { Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';

export interface StateCount {
  readonly state: string;
  /** Why somebody was left out, or a text failed. */
  readonly code: string | null;
  readonly people: number;
}

/** Index enrollment_recipients. */
export async function countEnrollments(tx: Tx, campaignId: Uuid): Promise<readonly StateCount[]> {
  const { rows } = await sql<StateCount>`
    select state, case when state in ('skipped', 'failed') then coalesce(skip_reason, failure_code) end as code, count(*) as people
    from enrollment where campaign_id = ${campaignId} group by 1, 2 order by 1, 3 desc, 2`.execute(tx);
  return rows;
}

export interface HoursCount {
  readonly table: string;
  readonly rule: string;
  readonly texts: number;
  /** Handed over when the hours were over; there must be none. */
  readonly late: number;
  readonly first: Instant;
  readonly last: Instant;
}

/** By which hours the texts went out, from the records stored with them. Indexes enrollment_recipients and message_enrollment_step. */
export async function countHours(tx: Tx, campaignId: Uuid): Promise<readonly HoursCount[]> {
  const { rows } = await sql<HoursCount>`
    select m.decision -> 'quietHours' ->> 'table' as table, m.decision -> 'quietHours' ->> 'rule' as rule, count(*) as texts,
      count(*) filter (where m.attempted_at >= (m.decision -> 'quietHours' ->> 'closesAt')::timestamptz) as late,
      min(m.attempted_at) as first, max(m.attempted_at) as last
    from enrollment e join message m on m.enrollment_id = e.id
    where e.campaign_id = ${campaignId} and m.decision is not null and m.attempted_at is not null group by 1, 2 order by 3 desc, 1, 2`.execute(
    tx,
  );
  return rows;
}

export interface RecordsCount {
  readonly texts: number;
  /** With the record of why they were allowed, and with a consent that was in force. */
  readonly decided: number;
  readonly rested: number;
  readonly waived: number;
  /** Handed over while the number was suppressed; there must be none. */
  readonly suppressed: number;
}

/** Over `message m`, the same as of one number (decide-findings.ts). Primary key of consent_event, index consent_event_phone. */
const restsOnConsent = sql<boolean>`exists (
      select from consent_event g where g.id = m.consent_event_id and g.occurred_at <= m.attempted_at
        and (g.valid_until is null or g.valid_until > m.attempted_at)
        and (not g.needs_confirmation or exists (select from consent_event y where y.phone = g.phone and y.action = 'confirm'
          and y.purpose = g.purpose and y.occurred_at >= g.occurred_at and y.recorded_at <= m.attempted_at))
        and not exists (select from consent_event x where x.phone = g.phone and x.action in ('revoke', 'expire')
          and x.purpose in (g.purpose, 'all') and x.occurred_at >= g.occurred_at and x.recorded_at <= m.attempted_at))`;

/** Indexes enrollment_recipients, message_enrollment_step and suppression_history. */
export async function countRecords(tx: Tx, campaignId: Uuid): Promise<RecordsCount> {
  const { rows } = await sql<RecordsCount>`
    select count(*) as texts, count(m.decision) as decided, count(*) filter (where ${restsOnConsent}) as rested, count(*) filter (where e.consent_waived) as waived,
      count(*) filter (where exists (select from suppression s where s.phone = m.phone and s.created_at < m.attempted_at
        and (s.lifted_at is null or s.lifted_at > m.attempted_at))) as suppressed
    from enrollment e join message m on m.enrollment_id = e.id
    where e.campaign_id = ${campaignId} and m.attempted_at is not null`.execute(tx);
  return rows[0] ?? { texts: 0, decided: 0, rested: 0, waived: 0, suppressed: 0 };
}

export interface Acknowledgement {
  readonly reason: string;
  readonly by: string;
  readonly at: Instant;
  /** What the first texts did not say. */
  readonly lacking: readonly string[];
}

/** Why the campaign was launched with texts that lack something; null when they lacked nothing. Index audit_entry_subject. */
export async function readAcknowledgement(tx: Tx, subject: string): Promise<Acknowledgement | null> {
  const { rows } = await sql<Acknowledgement>`
    select detail #>> '{acknowledged,reason}' as reason, detail #>> '{acknowledged,by}' as by, at,
      detail #> '{acknowledged,lacking}' as lacking
    from audit_entry where subject = ${subject} and action = 'campaign.launched' and detail ? 'acknowledged'`.execute(
    tx,
  );
  return rows[0] ?? null;
}

export interface ReportedOptOut {
  readonly phone: string;
  readonly saidAt: Instant;
  readonly effectiveAt: Instant;
  readonly channel: string;
}

/** Answers that were opt-outs, each with the first suppression from then on. Indexes enrollment_replies and suppression_history. */
export async function readReportedOptOuts(tx: Tx, campaignId: Uuid, limit: number): Promise<readonly ReportedOptOut[]> {
  const { rows } = await sql<ReportedOptOut>`
    select m.phone, e.opted_out_at as said_at, s.created_at as effective_at, s.channel
    from enrollment e join message m on m.enrollment_id = e.id and m.step = 1
    cross join lateral (select created_at, channel from suppression x where x.phone = m.phone
      and coalesce((x.evidence ->> 'saidAgainAt')::timestamptz, x.created_at) >= e.opted_out_at order by created_at limit 1) s
    where e.campaign_id = ${campaignId} and e.replied_at is not null and e.opted_out_at is not null
    order by e.opted_out_at limit ${limit}`.execute(tx);
  return rows;
}

export interface ListInForce {
  readonly name: string;
  readonly kind: string;
  readonly asOf: Instant;
  readonly inForceFrom: Instant;
  readonly inForceUntil: Instant | null;
}

/** Do-not-call lists in force at some time between; index dnc_version_list. */
export async function readListsInForce(
  tx: Tx,
  { from, until }: { readonly from: Instant; readonly until: Instant },
): Promise<readonly ListInForce[]> {
  const { rows } = await sql<ListInForce>`
    select l.name, l.kind, v.as_of, v.in_force_from, v.in_force_until from dnc_version v join dnc_list l on l.id = v.list_id
    where v.in_force_from <= ${until} and (v.in_force_until is null or v.in_force_until >= ${from})
    order by l.name, v.in_force_from limit 1000`.execute(tx);
  return rows;
}
