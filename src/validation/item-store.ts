import { type RawBuilder, sql } from 'kysely';
import type { Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';
import type { ItemOutcome } from './decide-offline.ts';

export interface HeldItem {
  readonly batchId: Uuid;
  readonly phone: string;
  /** This one included. */
  readonly attempts: number;
  readonly freshAfter: Instant;
}

/** Numbers of a new batch: `phones` is a query of one column. Returns how many they are. */
export async function insertItems(tx: Tx, batchId: Uuid, phones: RawBuilder<unknown>): Promise<number> {
  const { numAffectedRows } = await sql`
    insert into validation_item (batch_id, phone)
    select distinct ${batchId}::uuid, chosen.phone from (${phones}) as chosen (phone)`.execute(tx);
  return Number(numAffectedRows ?? 0);
}

/** One number of an open batch that nobody works on. Index validation_item_open. */
export async function holdNextItem(
  tx: Tx,
  query: { readonly batchId: Uuid; readonly now: Instant; readonly until: Instant },
): Promise<HeldItem | undefined> {
  const { batchId, now, until } = query;
  const { rows } = await sql<HeldItem>`
    update validation_item i set held_until = ${until}, attempts = i.attempts + 1
    from (
      select n.batch_id, n.phone, b.fresh_after from validation_item n join validation_batch b on b.id = n.batch_id and b.state = 'open'
      where n.batch_id = ${batchId} and n.outcome is null and (n.held_until is null or n.held_until <= ${now})
      order by n.phone limit 1 for update of n skip locked) next
    where i.batch_id = next.batch_id and i.phone = next.phone
    returning i.batch_id, i.phone, i.attempts, next.fresh_after`.execute(tx);
  return rows[0];
}

export type KnownBy = 'validator' | 'earlier_answer' | 'numbering_plan';

/** Who comes second, after the hold ran out, changes nothing. */
export async function settleItem(
  tx: Tx,
  item: Pick<HeldItem, 'batchId' | 'phone'> & { readonly outcome: ItemOutcome; readonly knownBy: KnownBy },
): Promise<void> {
  await sql`
    update validation_item set outcome = ${item.outcome}, known_by = ${item.knownBy}, held_until = null
    where batch_id = ${item.batchId} and phone = ${item.phone} and outcome is null`.execute(tx);
}

/** Gives it back. `counted`: whether the attempt was one. */
export async function releaseItem(
  tx: Tx,
  { batchId, phone, counted }: Pick<HeldItem, 'batchId' | 'phone'> & { readonly counted: boolean },
): Promise<void> {
  await sql`
    update validation_item set held_until = null, attempts = attempts - case when ${counted} then 0 else 1 end
    where batch_id = ${batchId} and phone = ${phone} and outcome is null`.execute(tx);
}
