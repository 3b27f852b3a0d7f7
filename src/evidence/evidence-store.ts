import { type RawBuilder, sql } from 'kysely';
import type { ConsentWaiver } from '../campaigns/campaign.ts';
import type { ConsentEvent } from '../compliance/consent-evidence.ts';
import type { Db, Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';
import type { StoredDecision } from '../sending/decision.ts';
import type { Kept, Removed } from './erasure.ts';
import type {
  EvidenceCall,
  EvidenceContact,
  EvidenceExemption,
  EvidenceReview,
  EvidenceSubmission,
  EvidenceValidation,
} from './evidence.ts';

/** The number, and what stands for it in the records of before an erasure. */
export type NumberKeys = readonly [string, ...string[]];

/** Asks for the key only where somebody was erased: a connection needs none otherwise. */
export async function readNumberKeys(db: Db | Tx, phone: string): Promise<NumberKeys> {
  const { rows } = await sql<{ any: boolean }>`select exists (select from erasure) as any`.execute(db);
  if (rows[0]?.any !== true) return [phone];
  const keys = await sql<{ key: string }>`select number_key(${phone}) as key`.execute(db);
  return [phone, ...keys.rows.map(({ key }) => key)];
}

const among = (column: string, keys: NumberKeys): RawBuilder<unknown> => sql`${sql.ref(column)} = any(${keys}::text[])`;

/** Indexes contact_phone_key, contact_number_contact and contact_gateway_ref_contact. */
export async function readContact(
  db: Db | Tx,
  phone: string,
): Promise<(Omit<EvidenceContact, 'id'> & { readonly id: Uuid }) | undefined> {
  const { rows } = await sql<Omit<EvidenceContact, 'id'> & { id: Uuid }>`
    select c.id, c.first_name, c.last_name, c.email, c.company, c.street, c.city, c.state, c.postal_code, c.attributes, c.tags, c.zone_group,
      c.source, r.file_name as import_file, c.created_at, c.updated_at,
      array(select n.phone from contact_number n where n.contact_id = c.id order by n.phone) as other_numbers,
      array(select g.gateway_contact_id from contact_gateway_ref g where g.contact_id = c.id order by 1) as gateway_contact_ids
    from contact c left join import_run r on r.id = c.import_id where c.phone = ${phone}`.execute(db);
  return rows[0];
}

/** The contact into which the one with this number was merged. */
export async function readMergedInto(db: Db | Tx, phone: string): Promise<Uuid | null> {
  const { rows } = await sql<{ id: Uuid }>`select contact_id as id from contact_number where phone = ${phone}`.execute(
    db,
  );
  return rows[0]?.id ?? null;
}

/** Index consent_event_phone. */
export async function readConsents(db: Db | Tx, keys: NumberKeys, limit: number): Promise<readonly ConsentEvent[]> {
  const { rows } = await sql<ConsentEvent>`
    select v.id, v.action, v.purpose, v.kind, v.source, v.documented, v.seller, w.wording, v.wording_version, v.language, v.evidence,
      v.needs_confirmation, v.valid_until, v.recorded_by, v.occurred_at, v.recorded_at
    from consent_event v left join consent_wording w on w.digest = v.wording_digest
    where ${among('v.phone', keys)} order by v.occurred_at desc, v.id desc limit ${limit}`.execute(db);
  return rows;
}

/** Index opt_in_submission_phone. */
export async function readSubmissions(
  db: Db | Tx,
  keys: NumberKeys,
  limit: number,
): Promise<readonly EvidenceSubmission[]> {
  const { rows } = await sql<EvidenceSubmission>`
    select s.created_at as at, f.name as form, s.first_name, s.last_name from opt_in_submission s join opt_in_form f on f.id = s.form_id
    where ${among('s.phone', keys)} order by s.created_at desc, s.id desc limit ${limit}`.execute(db);
  return rows;
}

export interface TextRow {
  readonly id: Uuid;
  readonly direction: 'inbound' | 'outbound';
  readonly purpose: string;
  readonly body: string;
  readonly digest: string;
  readonly erased: boolean;
  readonly encoding: string;
  readonly parts: number;
  readonly media: readonly unknown[];
  readonly state: string;
  readonly failureCode: string | null;
  readonly lanePhone: string;
  readonly campaignId: Uuid | null;
  readonly campaignName: string | null;
  readonly variant: string | null;
  readonly waiver: ConsentWaiver | null;
  readonly createdBy: string | null;
  readonly gatewayMessageId: string | null;
  readonly createdAt: Instant;
  readonly attemptedAt: Instant | null;
  readonly sentAt: Instant | null;
  readonly deliveredAt: Instant | null;
  readonly failedAt: Instant | null;
  readonly classification: Readonly<Record<string, unknown>> | null;
  readonly decision: StoredDecision | null;
  readonly consentEventId: Uuid | null;
  readonly attempts: readonly Readonly<Record<string, unknown>>[];
}

/** Newest first. Index message_phone. */
export async function readTexts(db: Db | Tx, keys: NumberKeys, limit: number): Promise<readonly TextRow[]> {
  const { rows } = await sql<TextRow>`
    select m.id, m.direction, m.purpose, m.body, coalesce(m.body_digest, encode(sha256(convert_to(m.body, 'UTF8')), 'hex')) as digest,
      m.body_digest is not null as erased, m.encoding, m.parts, m.media, m.state, m.failure_code, l.phone as lane_phone,
      p.id as campaign_id, p.name as campaign_name, v.label as variant, p.consent_waiver as waiver, m.created_by, m.gateway_message_id, m.created_at, m.attempted_at,
      m.sent_at, m.delivered_at, m.failed_at, m.classification, m.decision, m.consent_event_id,
      (select coalesce(jsonb_agg(jsonb_build_object('attempt', a.attempt, 'startedAt', a.started_at, 'finishedAt', a.finished_at,
        'outcome', a.outcome) order by a.attempt), '[]') from message_attempt a where a.message_id = m.id) as attempts
    from (select * from message where ${among('phone', keys)} order by created_at desc limit ${limit}) m
    join lane l on l.id = m.lane_id left join enrollment e on e.id = m.enrollment_id left join campaign p on p.id = e.campaign_id
    left join campaign_variant v on v.id = e.variant_id
    order by m.created_at desc, m.id desc`.execute(db);
  return rows;
}

/** One person's part in one campaign. */
export interface PartRow {
  readonly at: Instant;
  readonly campaignId: Uuid;
  readonly campaignName: string;
}

export interface LeftOutRow extends PartRow {
  readonly state: 'skipped' | 'failed';
  readonly code: string;
}

/** Unique (contact, campaign). */
export async function readLeftOut(db: Db | Tx, contactId: Uuid | null, limit: number): Promise<readonly LeftOutRow[]> {
  const { rows } = await sql<LeftOutRow>`
    select e.created_at as at, p.id as campaign_id, p.name as campaign_name, e.state, coalesce(e.skip_reason, e.failure_code) as code
    from enrollment e join campaign p on p.id = e.campaign_id
    where e.contact_id = ${contactId}::uuid and (e.state = 'skipped'
      or e.state = 'failed' and not exists (select from message m where m.enrollment_id = e.id))
    order by e.created_at desc, e.id desc limit ${limit}`.execute(db);
  return rows;
}

/** Unique (contact, campaign). */
export async function readWaiting(db: Db | Tx, contactId: Uuid | null, limit: number): Promise<readonly PartRow[]> {
  const { rows } = await sql<PartRow>`
    select e.created_at as at, p.id as campaign_id, p.name as campaign_name
    from enrollment e join campaign p on p.id = e.campaign_id
    where e.contact_id = ${contactId}::uuid and e.state = 'pending' order by e.created_at desc, e.id desc limit ${limit}`.execute(
    db,
  );
  return rows;
}

export interface OptOutRow {
  readonly reason: string;
  readonly channel: string;
  readonly evidence: Readonly<Record<string, unknown>>;
  readonly createdAt: Instant;
  readonly liftedAt: Instant | null;
  readonly liftedEvidence: Readonly<Record<string, unknown>> | null;
}

/** Index suppression_history. */
export async function readOptOuts(db: Db | Tx, keys: NumberKeys, limit: number): Promise<readonly OptOutRow[]> {
  const { rows } = await sql<OptOutRow>`
    select reason, channel, evidence, created_at, lifted_at, lifted_evidence from suppression
    where ${among('phone', keys)} order by created_at desc, id desc limit ${limit}`.execute(db);
  return rows;
}

/** All that one number ever had: few rows in a table that is small beside the texts. */
export async function readReviews(db: Db | Tx, keys: NumberKeys, limit: number): Promise<readonly EvidenceReview[]> {
  const { rows } = await sql<EvidenceReview>`
    select said, family, classifier_version, said_at, opened_at, decided_at, decision, decided_how, decided_by from opt_out_review
    where ${among('phone', keys)} order by opened_at desc limit ${limit}`.execute(db);
  return rows;
}

/** Index dnc_exemption_phone. */
export async function readExemptions(
  db: Db | Tx,
  keys: NumberKeys,
  limit: number,
): Promise<readonly (EvidenceExemption & { readonly id: Uuid })[]> {
  const { rows } = await sql<EvidenceExemption>`
    select id, kind, reason, valid_from, valid_until, rule_version, recorded_by, created_at, ended_at from dnc_exemption
    where ${among('phone', keys)} order by valid_until desc, id limit ${limit}`.execute(db);
  return rows;
}

export async function readValidation(db: Db | Tx, phone: string): Promise<EvidenceValidation | null> {
  const { rows } = await sql<EvidenceValidation>`
    select valid, line_type, carrier, validator, checked_at from number_validation where phone = ${phone}`.execute(db);
  return rows[0] ?? null;
}

/** Index call_phone. */
export async function readCalls(
  db: Db | Tx,
  phone: string,
  limit: number,
): Promise<readonly (Omit<EvidenceCall, 'id'> & { readonly id: Uuid })[]> {
  const { rows } = await sql<Omit<EvidenceCall, 'id'> & { id: Uuid }>`
    select k.id, k.at, k.direction, k.state, k.duration_seconds, k.voicemail_transcript as voicemail, k.voicemail_url as voicemail_recording,
      s.summary, s.next_steps, t.lines as transcript,
      array(select coalesce(r.url, r.ref) from call_recording r where r.call_id = k.id order by r.ref) as recordings
    from call k left join call_summary s on s.call_id = k.id left join call_transcript t on t.call_id = k.id
    where k.phone = ${phone} order by k.at desc, k.id desc limit ${limit}`.execute(db);
  return rows;
}

export interface ErasureRow {
  readonly id: Uuid;
  readonly erasedAt: Instant;
  readonly actorName: string;
  readonly reason: string;
  readonly removed: Removed;
  readonly kept: readonly (Omit<Kept, 'keepUntil' | 'forgottenAt'> & {
    readonly keepUntil: string | null;
    readonly forgottenAt: string | null;
  })[];
}

/** Index erasure_number. */
export async function readErasures(db: Db | Tx, keys: NumberKeys): Promise<readonly ErasureRow[]> {
  const { rows } = await sql<ErasureRow>`
    select e.id, e.erased_at, e.actor_name, e.reason, e.removed, (
      select jsonb_agg(jsonb_build_object('record', r.record, 'rows', r.rows, 'ruleVersion', r.rule_version, 'reason', r.reason,
        'keepUntil', r.keep_until, 'forgottenAt', r.forgotten_at) order by r.record) from erasure_record r where r.erasure_id = e.id) as kept
    from erasure e where ${among('e.number_key', keys)} order by e.erased_at desc`.execute(db);
  return rows;
}
