import { sql } from 'kysely';
import type { Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';

/**
 * Puts everything that decides about one number in a row: opt-outs, opt-ins, inbound texts, replies of people. Each takes this
 * lock before anything else of the number. The engine, which only takes people that nobody else holds, locks the contact's row.
 *
 * The row alone is not enough, for a number that is no contact has none. It leaves the row's key alone, so that a launch that is
 * just enrolling this person (a foreign key) does not hold up a STOP.
 *
 * Returns the id of the contact, `null` when the number is none.
 */
export async function lockNumber(tx: Tx, phone: string): Promise<Uuid | null> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${phone}, ${NUMBER_LOCKS}))`.execute(tx);
  const { rows } = await sql<{ id: Uuid }>`select id from contact where phone = ${phone} for no key update`.execute(tx);
  return rows[0]?.id ?? null;
}

/** Keeps these locks apart from other advisory locks. */
const NUMBER_LOCKS = 7_770_001;
