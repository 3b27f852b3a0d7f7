import { sql } from 'kysely';
import type { CallState } from '../calls/call.ts';
import type { LaneState } from '../gateways/account.ts';
import type { Db } from '../platform/database.ts';
import type { NewUuid, Uuid } from '../platform/ids.ts';
import { type Instant, instant } from '../platform/time.ts';

/** Rows that the tests of contacts and conversations begin with; every maker returns the id. */
export interface Fixture {
  readonly laneId: Uuid;
  lane(fields: { readonly name: string; readonly phone: string; readonly state?: LaneState }): Promise<Uuid>;
  contact(fields: { readonly phone: string; readonly firstName?: string; readonly lastName?: string }): Promise<Uuid>;
  conversation(fields: ConversationFields): Promise<Uuid>;
  message(fields: MessageFields): Promise<Uuid>;
  call(fields: CallFields): Promise<Uuid>;
  campaign(name: string): Promise<Uuid>;
  enrollment(fields: EnrollmentFields): Promise<Uuid>;
  suppression(fields: SuppressionFields): Promise<void>;
}

export interface ConversationFields {
  readonly phone: string;
  readonly at: string;
  readonly laneId?: Uuid;
  readonly state?: 'open' | 'done';
  readonly waitingSince?: string;
  readonly unread?: number;
  readonly needsReview?: boolean;
}

export interface MessageFields {
  readonly phone: string;
  readonly at: string;
  readonly body: string;
  readonly direction?: 'inbound' | 'outbound';
  readonly purpose?: string;
  readonly state?: string;
  readonly failureCode?: string;
  readonly enrollmentId?: Uuid;
  readonly createdBy?: string;
  readonly understoodAs?: string;
}

export interface CallFields {
  readonly phone: string;
  readonly at: string;
  readonly state: CallState;
  readonly direction?: 'inbound' | 'outbound';
  readonly durationSeconds?: number;
  /** The words on the voicemail. */
  readonly voicemail?: string;
}

export interface EnrollmentFields {
  readonly campaignId: Uuid;
  readonly contactId: Uuid;
  readonly phone: string;
  readonly at: string;
  readonly state: 'pending' | 'skipped' | 'failed';
  readonly code?: string;
}

export interface SuppressionFields {
  readonly phone: string;
  readonly at: string;
  readonly reason?: string;
  readonly channel?: string;
  readonly evidence?: object;
  readonly lifted?: { readonly at: string; readonly evidence: object };
}

export async function inboxFixture(db: Db, newUuid: NewUuid): Promise<Fixture> {
  const start = instant('2026-11-01T00:00:00Z');
  const accountId = newUuid();
  await sql`
    insert into gateway_account (id, kind, name, base_url, environment, api_key_sealed, state, created_at, updated_at)
    values (${accountId}, 'quo', 'Main', 'http://127.0.0.1', 'sandbox', 'sealed', 'active', ${start}, ${start})`.execute(
    db,
  );
  const lane: Fixture['lane'] = async ({ name, phone, state = 'active' }) => {
    const id = newUuid();
    await sql`
      insert into lane (id, account_id, gateway_ref, phone, name, zone, state, state_reason, created_at, updated_at)
      values (${id}, ${accountId}, ${`PN${id}`}, ${phone}, ${name}, 'America/New_York', ${state},
        ${state === 'active' ? null : 'set by a test'}, ${start}, ${start})`.execute(db);
    return id;
  };
  const laneId = await lane({ name: 'Main line', phone: '+16175550100' });
  return {
    laneId,
    lane,
    contact: (fields) => insertContact(db, newUuid(), fields, start),
    conversation: (fields) => insertConversation(db, newUuid(), { laneId, ...fields }),
    message: (fields) => insertMessage(db, newUuid(), { accountId, laneId, ...fields }),
    async call({ phone, at, state, direction = 'inbound', durationSeconds, voicemail }) {
      const id = newUuid();
      const heard = voicemail === undefined ? ['completed'] : ['completed', 'voicemail'];
      await sql`
        insert into call (id, account_id, gateway_call_id, lane_id, direction, phone, state, heard, heard_at, duration_seconds,
          voicemail_duration_seconds, voicemail_transcript, created_at)
        values (${id}, ${accountId}, ${id}, ${laneId}, ${direction}, ${phone}, ${state}, ${heard}, ${at}, ${durationSeconds ?? null},
          ${voicemail === undefined ? null : 23}, ${voicemail ?? null}, ${at})`.execute(db);
      return id;
    },
    async campaign(name) {
      const id = newUuid();
      await sql`
        insert into campaign (id, name, state, audience, created_by, created_at, updated_at, launched_at)
        values (${id}, ${name}, 'running', '{}', 'Ann', ${start}, ${start}, ${start})`.execute(db);
      return id;
    },
    async enrollment(fields) {
      const id = newUuid();
      const { state, code = null } = fields;
      await sql`
        insert into enrollment (id, campaign_id, contact_id, phone, zone_group, state, skip_reason, failure_code, failed_at, not_before, created_at)
        values (${id}, ${fields.campaignId}, ${fields.contactId}, ${fields.phone}, 'MA|America/New_York', ${state},
          ${state === 'skipped' ? code : null}, ${state === 'failed' ? code : null}, ${state === 'failed' ? fields.at : null},
          ${fields.at}, ${fields.at})`.execute(db);
      return id;
    },
    async suppression({ phone, at, reason = 'opt_out', channel = 'sms', evidence = {}, lifted }) {
      await sql`
        insert into suppression (id, phone, reason, channel, evidence, created_at, lifted_at, lifted_evidence)
        values (${newUuid()}, ${phone}, ${reason}, ${channel}, ${JSON.stringify(evidence)}, ${at}, ${lifted?.at ?? null},
          ${lifted === undefined ? null : JSON.stringify(lifted.evidence)})`.execute(db);
    },
  };
}

async function insertContact(
  db: Db,
  id: Uuid,
  fields: { readonly phone: string; readonly firstName?: string; readonly lastName?: string },
  at: Instant,
): Promise<Uuid> {
  await sql`
    insert into contact (id, phone, first_name, last_name, zone_group, source, created_at, updated_at)
    values (${id}, ${fields.phone}, ${fields.firstName ?? null}, ${fields.lastName ?? null}, 'MA|America/New_York', 'staff', ${at}, ${at})`.execute(
    db,
  );
  return id;
}

async function insertConversation(
  db: Db,
  id: Uuid,
  fields: ConversationFields & { readonly laneId: Uuid },
): Promise<Uuid> {
  await sql`
    insert into conversation (id, lane_id, phone, state, unread, waiting_since, needs_review, last_message_at, last_message_preview,
      last_message_direction, created_at)
    values (${id}, ${fields.laneId}, ${fields.phone}, ${fields.state ?? 'open'}, ${fields.unread ?? 0}, ${fields.waitingSince ?? null},
      ${fields.needsReview ?? false}, ${fields.at}, 'hello', 'inbound', ${fields.at})`.execute(db);
  return id;
}

async function insertMessage(
  db: Db,
  id: Uuid,
  fields: MessageFields & { readonly accountId: Uuid; readonly laneId: Uuid },
): Promise<Uuid> {
  const inbound = fields.direction === 'inbound';
  const state = fields.state ?? (inbound ? 'received' : 'sent');
  const purpose = fields.purpose ?? (inbound ? 'inbound' : 'reply');
  const begun = state === 'handing_over' || state === 'unknown';
  await sql`
    insert into message (id, account_id, lane_id, direction, purpose, enrollment_id, phone, body, encoding, parts, state, gateway_message_id,
      failure_code, not_before, created_by, created_at, attempted_at, lease_epoch, sent_at, classification)
    values (${id}, ${fields.accountId}, ${fields.laneId}, ${inbound ? 'inbound' : 'outbound'}, ${purpose}, ${fields.enrollmentId ?? null},
      ${fields.phone}, ${fields.body}, 'GSM-7', 1, ${state}, ${`AC${id}`}, ${fields.failureCode ?? null}, ${fields.at},
      ${fields.createdBy ?? null}, ${fields.at}, ${begun ? fields.at : null}, ${begun ? 1 : null}, ${state === 'sent' ? fields.at : null},
      ${fields.understoodAs === undefined ? null : JSON.stringify({ outcome: fields.understoodAs })})`.execute(db);
  return id;
}
