import { sql } from 'kysely';
import type { Db, Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';
import type { PersonFields } from './decide-intents.ts';

/** Texts of campaigns that may still send, drafts among them. Small tables. */
export async function readSendableBodies(db: Db): Promise<readonly string[]> {
  const { rows } = await sql<{ body: string }>`
    select distinct v.body from campaign_variant v join campaign c on c.id = v.campaign_id
    where c.state in ('draft', 'running', 'paused')`.execute(db);
  return rows.map((row) => row.body);
}

/** People with these numbers, with what a text can name of them. Unique (phone). */
export async function readPeopleByPhone(db: Db | Tx, phones: readonly string[]): Promise<readonly PersonFields[]> {
  const { rows } = await sql<PersonFields>`
    select phone, first_name, last_name, email, company, street, city, state, postal_code, attributes
    from contact where phone = any(${phones}::text[])`.execute(db);
  return rows;
}

/**
 * From when on a lane's texts are looked at: the newest day of which we know that it sent, for what somebody else sent is younger than
 * what this database knows; when it was connected, if it never sent. Primary keys.
 */
export async function readLookBack(db: Db, laneId: Uuid): Promise<Instant | undefined> {
  const { rows } = await sql<{ at: Instant }>`
    select coalesce((select u.day::timestamp at time zone l.zone from lane_usage u
      where u.lane_id = l.id and u.reserved > 0 order by u.day desc limit 1), l.created_at) as at
    from lane l where l.id = ${laneId}`.execute(db);
  return rows[0]?.at;
}

/** Up to when a person knows of texts that somebody else handed over; each stops the account once. */
export async function readForeignUntil(db: Db, accountId: Uuid): Promise<Instant | undefined> {
  const { rows } = await sql<{ at: Instant | null }>`
    select foreign_texts_until as at from gateway_account where id = ${accountId}`.execute(db);
  return rows[0]?.at ?? undefined;
}

export async function saveForeignUntil(tx: Tx, accountId: Uuid, at: Instant): Promise<void> {
  await sql`update gateway_account set foreign_texts_until = ${at} where id = ${accountId}`.execute(tx);
}

export interface OpenText {
  readonly phone: string;
  readonly body: string;
  readonly settles: boolean;
}

/** Our texts to these numbers that are on their way, unknown, or wait as an answer. Index message_phone. */
export async function readOpenTexts(db: Db, accountId: Uuid, phones: readonly string[]): Promise<readonly OpenText[]> {
  const { rows } = await sql<OpenText>`
    select phone, body, state <> 'pending' as settles from message
    where account_id = ${accountId} and phone = any(${phones}::text[]) and direction = 'outbound'
      and (state in ('handing_over', 'unknown') or (state = 'pending' and purpose <> 'campaign'))`.execute(db);
  return rows;
}

export interface OpenEnrollment {
  readonly id: Uuid;
  readonly contactId: Uuid;
  readonly campaignId: Uuid;
  readonly body: string;
  /** The text of an earlier attempt of ours that is held for not sent; null when there was none. */
  readonly messageId: Uuid | null;
  readonly attemptedAt: Instant | null;
}

/** People with this number who still wait for a campaign's text. Index enrollment_pending_phone. */
export async function lockOpenEnrollments(tx: Tx, phone: string): Promise<readonly OpenEnrollment[]> {
  const { rows } = await sql<OpenEnrollment>`
    select e.id, e.contact_id, e.campaign_id, v.body, m.id as message_id, m.attempted_at
    from enrollment e join campaign_variant v on v.id = e.variant_id left join message m on m.enrollment_id = e.id and m.step = 1
    where e.phone = ${phone} and e.state = 'pending' order by e.created_at, e.id for no key update of e`.execute(tx);
  return rows;
}

export interface FoundText {
  readonly accountId: Uuid;
  readonly epoch: number;
  readonly laneId: Uuid;
  /** The lane's business day of the text. */
  readonly day: string;
  readonly gatewayMessageId: string;
  readonly phone: string;
  readonly text: string;
  readonly encoding: 'GSM-7' | 'UCS-2';
  readonly parts: number;
  readonly at: Instant;
}

/** Writes a text that went out without us as what it is: sent, counted, and in the way of a second one. */
export async function recordFound(
  tx: Tx,
  input: { readonly messageId: Uuid; readonly enrollment: OpenEnrollment; readonly found: FoundText },
): Promise<void> {
  const { enrollment, found } = input;
  await sql`
    insert into message as m (id, account_id, lane_id, conversation_id, contact_id, direction, purpose, enrollment_id, phone, body, encoding,
      parts, state, gateway_message_id, lease_epoch, cap_day, not_before, created_at, attempted_at, sent_at)
    values (${input.messageId}, ${found.accountId}, ${found.laneId},
      (select v.id from conversation v where v.lane_id = ${found.laneId} and v.phone = ${found.phone}),
      ${enrollment.contactId}, 'outbound', 'campaign', ${enrollment.id}, ${found.phone}, ${found.text}, ${found.encoding},
      ${found.parts}, 'sent', ${found.gatewayMessageId}, ${found.epoch}, ${found.day}::date, ${found.at}, ${found.at}, ${found.at}, ${found.at})
    on conflict (enrollment_id, step) where enrollment_id is not null do update set
      account_id = excluded.account_id, lane_id = excluded.lane_id, body = excluded.body, encoding = excluded.encoding, parts = excluded.parts,
      state = 'sent', gateway_message_id = excluded.gateway_message_id, cap_day = excluded.cap_day, sent_at = excluded.sent_at
      where m.state = 'pending'`.execute(tx);
  await sql`
    update enrollment set state = 'sent', lane_id = ${found.laneId}, parts = ${found.parts}, sent_at = ${found.at}
    where id = ${enrollment.id} and state = 'pending'`.execute(tx);
  await sql`
    update contact set lane_id = coalesce(lane_id, ${found.laneId}), last_campaign_text_at = greatest(last_campaign_text_at, ${found.at})
    where id = ${enrollment.contactId}`.execute(tx);
  await sql`
    insert into lane_usage as u (lane_id, day, reserved, parts) values (${found.laneId}, ${found.day}, 1, ${found.parts})
    on conflict (lane_id, day) do update set reserved = u.reserved + 1, parts = u.parts + excluded.parts`.execute(tx);
}

/** A reply or confirmation that still waits here although it went out: the oldest with these words. */
export async function recordFoundAnswer(tx: Tx, found: FoundText, bodies: readonly string[]): Promise<boolean> {
  const result = await sql`
    update message set state = 'sent', gateway_message_id = ${found.gatewayMessageId}, sent_at = ${found.at}
    where id = (select id from message where account_id = ${found.accountId} and phone = ${found.phone} and state = 'pending'
      and purpose <> 'campaign' and body = any(${bodies}::text[]) order by created_at, id limit 1 for update skip locked)`.execute(
    tx,
  );
  return result.numAffectedRows === 1n;
}
