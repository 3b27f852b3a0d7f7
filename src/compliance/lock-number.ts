import { type RawBuilder, sql } from 'kysely';
import type { Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';

/**
 * Puts everything that decides about one number in a row: opt-outs, opt-ins, inbound texts, replies of people. Each takes this
 * lock before anything else of the number. The engine, which only takes people that nobody else holds, locks the contact's row.
 *
 * The row alone is not enough, for a number that is no contact has none. It leaves the row's key alone, so that a launch that is
 * just enrolling this person, and holds the key, does not hold up a STOP.
 *
 * Returns the id of the contact, `null` when the number is none.
 */
export async function lockNumber(tx: Tx, phone: string): Promise<Uuid | null> {
  await holdNumber(tx, phone);
  const { rows } = await lockedContacts([phone]).execute(tx);
  return rows[0]?.id ?? null;
}

/**
 * The first half of `lockNumber`, for who locks the contact's row with the statement that reads what else is to be known. A number that was
 * erased and is heard of again gets its suppressions back (docs/decisions/0047): whoever decides about it must see them.
 */
export async function holdNumber(tx: Tx, phone: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${phone}, ${NUMBER_LOCKS})), restore_erased(array[${phone}::text])`.execute(
    tx,
  );
}

/** Those of these numbers that nobody else holds, held from here on. Who holds several of them may wait for none. */
export async function holdFree(tx: Tx, phones: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ phone: string }>`
    select phone from unnest(${phones}::text[]) as phone
    where case when pg_try_advisory_xact_lock(hashtextextended(phone, ${NUMBER_LOCKS})) then restore_erased(array[phone]) else false end`.execute(
    tx,
  );
  return new Set(rows.map(({ phone }) => phone));
}

/**
 * The other half, for one number or for several that are held. A statement sees what was committed when it began: it must come after the
 * first half. Without `waits` those that somebody else has locked are left out.
 */
export const lockedContacts = (
  phones: readonly string[],
  { waits }: { readonly waits: boolean } = { waits: true },
): RawBuilder<{ readonly id: Uuid; readonly phone: string }> =>
  sql`select id, phone from contact where phone = any(${phones}::text[]) for no key update ${waits ? sql`` : sql`skip locked`}`;

/** Keeps these locks apart from other advisory locks. */
const NUMBER_LOCKS = 7_770_001;
