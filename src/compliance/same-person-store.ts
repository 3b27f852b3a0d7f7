/** A person with several numbers, of which one is the contact's and the others were merged into it (docs/decisions/0057). */
import { sql } from 'kysely';
import type { Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';
import type { ConsentPurpose } from './consent.ts';

/** Those of the same person, without this one. Indexes contact_phone_key, contact_number_pkey and contact_number_contact. */
export async function otherNumbers(tx: Tx, phone: string): Promise<readonly string[]> {
  const { rows } = await sql<{ phone: string }>`
    with person as (
      select id from contact where phone = ${phone} union all select contact_id from contact_number where phone = ${phone}
    ), numbers as (
      select phone from contact where id in (select id from person)
      union all select phone from contact_number where contact_id in (select id from person)
    )
    select phone from numbers where phone <> ${phone} order by phone`.execute(tx);
  return rows.map((row) => row.phone);
}

/**
 * Keeps claims from the contact into which this number was merged, as `lockNumber` does for a contact's own number: after the number, before any
 * other row. Indexes contact_number_pkey and contact_pkey.
 */
export async function lockMergedInto(tx: Tx, phone: string): Promise<void> {
  await sql`
    select from contact where id = (select contact_id from contact_number where phone = ${phone}) for no key update`.execute(
    tx,
  );
}

/** An opt-out of one number, for another one of the same person. */
export interface CarriedOptOut<Channel extends string = string> {
  readonly phone: string;
  readonly channel: Channel;
  readonly how: 'keyword' | 'free_text' | null;
  readonly actor: string;
  readonly recordedBy: string | null;
  readonly saidAt: Instant | null;
  readonly heardAt: Instant;
  readonly purpose: ConsentPurpose | 'all';
}

export async function insertToCarry(tx: Tx, id: Uuid, optOut: CarriedOptOut): Promise<void> {
  const { phone, channel, how, actor, recordedBy, saidAt, heardAt, purpose } = optOut;
  await sql`
    insert into opt_out_to_carry (id, phone, channel, how, actor, recorded_by, said_at, heard_at, purpose)
    values (${id}, ${phone}, ${channel}, ${how}, ${actor}, ${recordedBy}, ${saidAt}, ${heardAt}, ${purpose})`.execute(
    tx,
  );
}

/** Numbers for which opt-outs wait; few, and hardly ever any. */
export async function numbersToCarry(tx: Tx): Promise<readonly string[]> {
  const { rows } = await sql<{ phone: string }>`select distinct phone from opt_out_to_carry`.execute(tx);
  return rows.map(({ phone }) => phone);
}

/** In the order in which they were heard. Index opt_out_to_carry_phone. */
export async function takeToCarry<Channel extends string>(
  tx: Tx,
  phone: string,
): Promise<readonly CarriedOptOut<Channel>[]> {
  const { rows } = await sql<CarriedOptOut<Channel>>`
    with taken as (delete from opt_out_to_carry where phone = ${phone} returning *)
    select phone, channel, how, actor, recorded_by, said_at, heard_at, purpose from taken order by heard_at, id`.execute(
    tx,
  );
  return rows;
}

export async function isContact(tx: Tx, phone: string): Promise<boolean> {
  const { rows } = await sql`select 1 from contact where phone = ${phone}`.execute(tx);
  return rows.length > 0;
}

/** A number that was erased meanwhile is nobody's, and is suppressed under its key. */
export async function isSomebodys(tx: Tx, phone: string): Promise<boolean> {
  const { rows } = await sql`
    select 1 from contact where phone = ${phone} union all select 1 from contact_number where phone = ${phone}`.execute(
    tx,
  );
  return rows.length > 0;
}
