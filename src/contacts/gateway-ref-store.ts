import { sql } from 'kysely';
import type { Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';

interface GatewayRef {
  readonly accountId: Uuid;
  readonly gatewayContactId: string;
}

/**
 * Remembers what was told last; false when something newer is known already. Of what is said to have happened at the same time, that
 * they left counts. Another transaction that tells of the same person waits. Index: the primary key.
 */
export async function noteTold(
  tx: Tx,
  ref: GatewayRef,
  told: { readonly at: Instant; readonly isDeleted: boolean },
): Promise<boolean> {
  const { rows } = await sql`
    insert into gateway_contact as known (account_id, gateway_contact_id, told_at, is_deleted)
    values (${ref.accountId}, ${ref.gatewayContactId}, ${told.at}, ${told.isDeleted})
    on conflict (account_id, gateway_contact_id) do update set told_at = excluded.told_at, is_deleted = excluded.is_deleted
    where (known.told_at, known.is_deleted) <= (excluded.told_at, excluded.is_deleted) returning 1`.execute(tx);
  return rows.length === 1;
}

/** Remembers which contacts a person of the gateway's address book is: these, and no others any more. Index: the primary key. */
export async function setGatewayRefs(tx: Tx, ref: GatewayRef, contactIds: readonly Uuid[]): Promise<void> {
  await sql`
    with gone as (
      delete from contact_gateway_ref where account_id = ${ref.accountId} and gateway_contact_id = ${ref.gatewayContactId}
        and contact_id <> all(${contactIds}::uuid[])
    )
    insert into contact_gateway_ref (account_id, gateway_contact_id, contact_id)
    select ${ref.accountId}::uuid, ${ref.gatewayContactId}, id from unnest(${contactIds}::uuid[]) as id
    on conflict do nothing`.execute(tx);
}

/** Forgets them; the contacts stay. Returns whom it was about. Index: the primary key. */
export async function deleteGatewayRefs(
  tx: Tx,
  ref: GatewayRef,
): Promise<readonly { readonly contactId: Uuid; readonly phone: string }[]> {
  const { rows } = await sql<{ contactId: Uuid; phone: string }>`
    with gone as (
      delete from contact_gateway_ref where account_id = ${ref.accountId} and gateway_contact_id = ${ref.gatewayContactId}
      returning contact_id
    )
    select c.id as contact_id, c.phone from gone join contact c on c.id = gone.contact_id order by c.phone`.execute(tx);
  return rows;
}
