import { sql } from 'kysely';
import type { Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';
import type { Contact } from './contact.ts';

export interface Pair {
  readonly into: Uuid;
  readonly from: Uuid;
}

/**
 * Also against whoever is just enrolling one of them: a launch holds the keys of all whom it enrolls until it has committed. False when
 * somebody holds one of the two, for whom a merge, which holds numbers, may not wait.
 */
export async function lockPairAlone(tx: Tx, { into, from }: Pair): Promise<boolean> {
  const { rows } = await sql`
    select from contact where id = any(${[into, from]}::uuid[]) order by id for update skip locked`.execute(tx);
  return rows.length === 2;
}

/** Replies of which nobody has decided whether they were opt-outs. Index opt_out_review_open. */
export async function countUndecided(tx: Tx, phones: readonly string[]): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*) as n from opt_out_review where phone = any(${phones}::text[]) and decided_at is null`.execute(tx);
  return rows[0]?.n ?? 0;
}

/** Of these numbers, those that somebody asked to leave alone. Index suppression_active. */
export async function readOptedOut(tx: Tx, phones: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ phone: string }>`
    select distinct phone from suppression where phone = any(${phones}::text[]) and lifted_at is null
      and reason in ('opt_out', 'provider_opt_out', 'wrong_number')`.execute(tx);
  return new Set(rows.map(({ phone }) => phone));
}

/**
 * Whatever still waits for the one that ends, and whatever waits for the other in a campaign that has texted the one that ends. Indexes:
 * unique (contact_id, campaign_id), message_enrollment_step.
 */
export async function endWaiting(tx: Tx, { into, from }: Pair): Promise<number> {
  const { rows } = await sql<{ ended: number }>`
    with ended as (
      update enrollment e set state = 'skipped', skip_reason = 'merged'
      where e.state = 'pending' and (e.contact_id = ${from} or e.contact_id = ${into} and exists (
        select from enrollment o where o.contact_id = ${from} and o.campaign_id = e.campaign_id and o.sent_at is not null))
      returning id
    ), cancelled as (
      update message set state = 'cancelled', failure_code = 'merged' where enrollment_id in (select id from ended) and state = 'pending'
    )
    select count(*) as ended from ended`.execute(tx);
  return rows[0]?.ended ?? 0;
}

/**
 * A campaign in which only the one that ends was is now one of the other; in one that had both, that part is nobody's any more and still
 * counts. A part that no text belongs to keeps no number that is not its contact's: whoever erases a number finds the rest by its texts.
 */
export async function moveEnrollments(tx: Tx, { into, from }: Pair, phone: string): Promise<void> {
  const hasText = sql`exists (select from message m where m.enrollment_id = e.id)`;
  await sql`
    update enrollment e set contact_id = ${into}, phone = case when ${hasText} then e.phone else ${phone} end
    where e.contact_id = ${from}
      and not exists (select from enrollment o where o.contact_id = ${into} and o.campaign_id = e.campaign_id)`.execute(
    tx,
  );
  await sql`
    update enrollment e set contact_id = null, phone = case when ${hasText} then e.phone else 'merged' end
    where e.contact_id = ${from}`.execute(tx);
}

export interface Moved {
  readonly texts: number;
  readonly calls: number;
  readonly conversations: number;
}

/** They stay with their number, and belong to the other contact. Indexes message_contact and conversation_contact. */
export async function moveHistory(tx: Tx, { into, from }: Pair): Promise<Moved> {
  const { rows } = await sql<Moved>`
    with texts as (update message set contact_id = ${into} where contact_id = ${from} returning id),
      calls as (update call set contact_id = ${into} where contact_id = ${from} returning id),
      conversations as (update conversation set contact_id = ${into} where contact_id = ${from} returning id),
      refs as (
        insert into contact_gateway_ref (account_id, gateway_contact_id, contact_id)
        select account_id, gateway_contact_id, ${into}::uuid from contact_gateway_ref where contact_id = ${from} on conflict do nothing)
    select (select count(*) from texts) as texts, (select count(*) from calls) as calls,
      (select count(*) from conversations) as conversations`.execute(tx);
  return rows[0] ?? { texts: 0, calls: 0, conversations: 0 };
}

/** Which number of ours the person knows, and when a campaign last texted them. */
export async function takeOver(
  tx: Tx,
  { into, from }: Pair,
  { attributes }: Pick<Contact, 'attributes'>,
): Promise<void> {
  await sql`
    update contact c set attributes = ${JSON.stringify(attributes)}, lane_id = coalesce(c.lane_id, o.lane_id),
      last_campaign_text_at = greatest(c.last_campaign_text_at, o.last_campaign_text_at)
    from contact o where c.id = ${into} and o.id = ${from}`.execute(tx);
}

/** Its number leads to the contact that stays from here on, and so do those that led to it. Index contact_number_contact. */
export async function moveNumbers(
  tx: Tx,
  { into, from }: Pair,
  { phone, now }: { readonly phone: string; readonly now: Instant },
): Promise<void> {
  await sql`update contact_number set contact_id = ${into} where contact_id = ${from}`.execute(tx);
  await sql`insert into contact_number (phone, contact_id, merged_at) values (${phone}, ${into}, ${now})`.execute(tx);
}

export async function deleteContactRow(tx: Tx, id: Uuid): Promise<void> {
  await sql`delete from contact where id = ${id}`.execute(tx);
}
