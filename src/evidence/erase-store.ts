import { type RawBuilder, sql } from 'kysely';
import type { Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';
import type { Kept, Removed } from './erasure.ts';

/** Whoever writes contacts holds this together with others (migration 0036, `contact_enters`); an erasure holds it alone. */
const ENTER_LOCK = 7_402_131;

export async function keepContactsAway(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(${ENTER_LOCK})`.execute(tx);
}

/** Whether anything is known of the number. */
export async function isKnown(tx: Tx, phone: string): Promise<boolean> {
  const { rows } = await sql<{ known: boolean }>`
    select exists (select from contact where phone = ${phone}) or exists (select from message where phone = ${phone})
      or exists (select from suppression where phone = ${phone}) or exists (select from consent_event where phone = ${phone})
      or exists (select from call where phone = ${phone}) or exists (select from number_validation where phone = ${phone})
      or exists (select from conversation where phone = ${phone}) or exists (select from contact_number where phone = ${phone}) as known`.execute(
    tx,
  );
  return rows[0]?.known === true;
}

export async function numberKey(tx: Tx, phone: string): Promise<string> {
  const { rows } = await sql<{ key: string }>`select number_key(${phone}) as key`.execute(tx);
  if (rows[0] === undefined) throw new Error('number_key gave no answer');
  return rows[0].key;
}

export interface ErasedNumber {
  readonly phone: string;
  readonly key: string;
  readonly contactId: Uuid | null;
}

export async function insertErasure(
  tx: Tx,
  erasure: {
    readonly id: Uuid;
    readonly key: string;
    readonly now: Instant;
    readonly by: { readonly actor: string; readonly name: string };
    readonly reason: string;
    readonly auditId: Uuid;
  },
): Promise<void> {
  const { id, key, now, by, reason, auditId } = erasure;
  await sql`
    insert into erasure (id, number_key, key_check, erased_at, actor, actor_name, reason, audit_id, removed)
    values (${id}, ${key}, number_key(''), ${now}, ${by.actor}, ${by.name}, ${reason}, ${auditId}, '{}')`.execute(tx);
}

export async function completeErasure(
  tx: Tx,
  { id, removed, kept }: { readonly id: Uuid; readonly removed: Removed; readonly kept: readonly Kept[] },
): Promise<void> {
  await sql`update erasure set removed = ${JSON.stringify(removed)} where id = ${id}`.execute(tx);
  for (const { record, rows, ruleVersion, reason, keepUntil } of kept)
    await sql`
      insert into erasure_record (erasure_id, record, rows, rule_version, reason, keep_until)
      values (${id}, ${record}, ${rows}, ${ruleVersion}, ${reason}, ${keepUntil})`.execute(tx);
}

/** Consents, and entries of the audit log: the only way in which either changes. */
export async function eraseRecorded(
  tx: Tx,
  { phone, key, auditId }: ErasedNumber & { readonly auditId: Uuid },
): Promise<{ readonly consents: number; readonly entries: number }> {
  const { rows } = await sql<{ consents: number; entries: number }>`
    select * from erase_recorded(${phone}, ${key}, ${auditId})`.execute(tx);
  await sql`delete from consent where phone = ${phone}`.execute(tx);
  return rows[0] ?? { consents: 0, entries: 0 };
}

/**
 * When something was said stays, so that a START can be before or after it; what was said does not. What is in force counts as said again
 * now: a START of before the erasure that comes late lifts nothing. Index suppression_history.
 */
export async function eraseSuppressions(tx: Tx, { phone, key }: ErasedNumber, now: Instant): Promise<number> {
  const least = (evidence: string): RawBuilder<unknown> => sql`
    jsonb_strip_nulls(jsonb_build_object('erased', true, 'digest', ${digest(sql`${sql.ref(evidence)}::text`)},
      'saidAt', ${sql.ref(evidence)} -> 'saidAt', 'saidAgainAt', ${sql.ref(evidence)} -> 'saidAgainAt'))`;
  return affected(
    await sql`
    update suppression set phone = ${key},
      evidence = ${least('evidence')} || case when lifted_at is null then jsonb_build_object('saidAgainAt', ${now.toString()}::text) else '{}' end,
      lifted_evidence = case when lifted_evidence is not null then ${least('lifted_evidence')} end
    where phone = ${phone}`.execute(tx),
  );
}

export interface ErasedTexts {
  readonly texts: number;
  readonly conversations: number;
  readonly lastSentAt: Instant | null;
}

/**
 * The words and pictures of texts, whoever wrote them. The rows stay: what was sent counts, and what the gateway lists is known. Indexes
 * message_phone, enrollment by unique (contact_id, campaign_id), conversation_phone, and those of group_others.
 */
export async function eraseTexts(tx: Tx, { phone, key, contactId }: ErasedNumber): Promise<ErasedTexts> {
  const { rows } = await sql<{ id: Uuid; sentAt: Instant | null }>`
    update message set phone = ${key}, contact_id = null, conversation_id = null, body = '', media = '[]', group_others = '{}',
      body_digest = ${digest(sql`body`)}, failure_message = null, settled_by = case when settled_by is not null then 'erased' end,
      state = case when state = 'pending' then 'cancelled' else state end,
      failure_code = case when state = 'pending' then 'opted_out' else failure_code end,
      classification = case when classification is not null then jsonb_build_object('outcome', classification -> 'outcome',
        'classifierVersion', classification -> 'classifierVersion') end
    where phone = ${phone} returning id, case when direction = 'outbound' then sent_at end as sent_at`.execute(tx);
  await sql`update message_attempt set detail = null where message_id = any(${rows.map(({ id }) => id)}::uuid[])`.execute(
    tx,
  );
  await sql`update enrollment set contact_id = null, phone = 'erased' where contact_id = ${contactId}::uuid`.execute(
    tx,
  );
  // Of a number whose contact was merged into another one.
  await sql`
    update enrollment set phone = 'erased' where phone = ${phone}
      and id in (select enrollment_id from message where id = any(${rows.map(({ id }) => id)}::uuid[]))`.execute(tx);
  await sql`
    update opt_out_review set phone = ${key}, said = '', matched = null, conversation_id = null where phone = ${phone}`.execute(
    tx,
  );
  await sql`update call set conversation_id = null, asked_at = null
    where conversation_id in (select id from conversation where phone = ${phone})`.execute(tx);
  const conversations = affected(await sql`delete from conversation where phone = ${phone}`.execute(tx));
  for (const table of ['message', 'conversation'])
    await sql`
      update ${sql.table(table)} set group_others = array_remove(group_others, ${phone})
      where group_others <> '{}' and group_others @> array[${phone}::text]`.execute(tx);
  const sent = rows.flatMap(({ sentAt }) => (sentAt === null ? [] : [sentAt.toString()])).toSorted();
  const lastSentAt = rows.find(({ sentAt }) => sentAt?.toString() === sent.at(-1))?.sentAt ?? null;
  return { texts: rows.length, conversations, lastSentAt };
}

/** Index call_phone. The row stays: what the gateway lists is known, and does not come back. */
export async function eraseCalls(
  tx: Tx,
  { phone }: ErasedNumber,
): Promise<{ readonly calls: number; readonly recordings: number }> {
  const { rows } = await sql<{ id: Uuid }>`
    update call set erased = true, phone = null, contact_id = null, conversation_id = null, asked_at = null, forwarded_to = null,
      voicemail_url = null, voicemail_url_as_of = null, voicemail_transcript = null
    where phone = ${phone} returning id`.execute(tx);
  const ids = rows.map(({ id }) => id);
  const recordings = affected(await sql`delete from call_recording where call_id = any(${ids}::uuid[])`.execute(tx));
  await sql`delete from call_summary where call_id = any(${ids}::uuid[])`.execute(tx);
  await sql`delete from call_transcript where call_id = any(${ids}::uuid[])`.execute(tx);
  return { calls: ids.length, recordings };
}

/** Kinds of which nearly all events are; those name the person in their column (webhooks/describe-event.ts). */
const COMMON_TYPES = sql`('message.received', 'message.queued', 'message.sent', 'message.delivered')`;

/**
 * The raw bytes of the gateway's events. Their ids stay, so that one that is sent again is known. Indexes gateway_event_phone and
 * gateway_event_rare_type: events of address books name several numbers, and the person by the gateway's id alone.
 */
export async function eraseEvents(tx: Tx, { phone, contactId }: ErasedNumber): Promise<number> {
  const { rows } = await sql<{ id: Uuid }>`
    with mine as (
      select id from gateway_event where phone = ${phone} and state <> 'received'
      union
      select e.id from gateway_event e where e.type not in ${COMMON_TYPES} and (position(${phone.slice(-10)} in e.payload) > 0
        or exists (select from contact_gateway_ref r where r.contact_id = ${contactId}::uuid and r.account_id = e.account_id
          and position(r.gateway_contact_id in e.payload) > 0))
    )
    update gateway_event set payload = '{}', headers = '{}', phone = null, order_key = null, state = 'discarded', applied_at = null,
      error = 'erased with the person whom it was about', error_stack = null
    where id in (select id from mine) returning id`.execute(tx);
  const ids = rows.map(({ id }) => id);
  await sql`
    update gateway_event_attempt set error = case when error is not null then 'erased' end, stack = null
    where event_id = any(${ids}::uuid[])`.execute(tx);
  return ids.length;
}

/** What is found beside these: validations, exemptions, findings, filters, answers to requests, rows of files that wait. */
export async function eraseTraces(tx: Tx, { phone, key, contactId }: ErasedNumber): Promise<number> {
  const asWritten = `%${phone.slice(-10)}%`;
  const shownId = contactId === null ? asWritten : `%${contactId.replaceAll('-', '')}%`;
  const validations = affected(await sql`delete from number_validation where phone = ${phone}`.execute(tx));
  await sql`delete from validation_item
    where phone = ${phone} and batch_id in (select id from validation_batch)`.execute(tx);
  await sql`delete from scrubbed_number where phone = ${phone}`.execute(tx);
  await sql`delete from scrub_item where phone = ${phone} and batch_id in (select id from scrub_batch)`.execute(tx);
  await sql`update dnc_exemption set phone = ${key}, reason = 'erased' where phone = ${phone}`.execute(tx);
  // Asked and answered stays proof; of two standings under one key the newer one holds.
  await sql`update reassigned_question set phone = ${key} where phone = ${phone}`.execute(tx);
  await sql`delete from reassigned_number where phone = ${key} and exists (select from reassigned_number where phone = ${phone})`.execute(
    tx,
  );
  await sql`update reassigned_number set phone = ${key} where phone = ${phone}`.execute(tx);
  // Its ticket stays: a form that is sent in twice counts once.
  await sql`update opt_in_submission set phone = ${key}, first_name = null, last_name = null where phone = ${phone}`.execute(
    tx,
  );
  await sql`delete from import_consent where phone = ${phone}`.execute(tx);
  await eraseFileRows(tx, asWritten);
  await sql`update reconciliation_diff set phone = null, here = null, there = null where phone = ${phone}`.execute(tx);
  // Still counts, and no later night finds it again.
  await sql`update opt_out_difference set phone = null where phone = ${phone}`.execute(tx);
  // Those that were merged into the contact go with it, by their foreign key.
  await sql`delete from contact_number where phone = ${phone}`.execute(tx);
  await sql`delete from opt_out_to_carry where phone = ${phone}`.execute(tx);
  await sql`delete from idempotency_key where response::text like ${asWritten} or response::text like ${shownId}`.execute(
    tx,
  );
  return validations;
}

/** What is shown of files: cells are as somebody wrote them, so a number is found by its digits alone. */
async function eraseFileRows(tx: Tx, asWritten: string): Promise<void> {
  const digits = (cells: RawBuilder<unknown>): RawBuilder<unknown> => sql`regexp_replace(${cells}, '[^0-9]+', '', 'g')`;
  await sql`
    update import_run set preview = preview || jsonb_build_object('sample', '[]'::jsonb, 'refused', '[]'::jsonb, 'columns', (
      select coalesce(jsonb_agg(c || '{"samples": []}' order by nth), '[]')
      from jsonb_array_elements(preview -> 'columns') with ordinality as x (c, nth)))
    where ${digits(sql`preview::text`)} like ${asWritten}`.execute(tx);
  await sql`delete from import_refusal where ${digits(sql`value`)} like ${asWritten}`.execute(tx);
}

/** Also of whoever is just enrolling the person: the lock of a number leaves the row's key alone. */
export async function lockContactAlone(tx: Tx, contactId: Uuid | null): Promise<void> {
  await sql`select from contact where id = ${contactId}::uuid for update`.execute(tx);
}

export async function deleteContact(tx: Tx, contactId: Uuid | null): Promise<number> {
  // What is of another number, whose contact was merged into this one, stays with that number. Indexes message_contact and conversation_contact.
  for (const table of ['message', 'call', 'conversation'])
    await sql`update ${sql.table(table)} set contact_id = null where contact_id = ${contactId}::uuid`.execute(tx);
  return affected(await sql`delete from contact where id = ${contactId}::uuid`.execute(tx));
}

const digest = (text: RawBuilder<unknown>): RawBuilder<unknown> =>
  sql`encode(sha256(convert_to(${text}, 'UTF8')), 'hex')`;

const affected = (result: { readonly numAffectedRows?: bigint }): number => Number(result.numAffectedRows ?? 0n);
