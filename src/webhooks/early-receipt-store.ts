import { sql } from 'kysely';
import type { Db } from '../platform/database.ts';
import type { Instant } from '../platform/time.ts';

/**
 * Some of the receipts from before an instant whose texts never came into our books: those of groups, and of numbers that are not ours.
 * Index early_receipt_age.
 */
export async function deleteOldEarlyReceipts(
  db: Db,
  { before, limit }: { readonly before: Instant; readonly limit: number },
): Promise<number> {
  const { rows } = await sql`
    delete from early_receipt where (account_id, gateway_message_id) in (
      select account_id, gateway_message_id from early_receipt where at < ${before} order by at limit ${limit})
    returning at`.execute(db);
  return rows.length;
}
