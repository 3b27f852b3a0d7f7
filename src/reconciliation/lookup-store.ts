import { sql } from 'kysely';
import type { Db, Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';

/** A text or a call of which an event says too little: the gateway is asked about it. */
export interface Lookup {
  readonly accountId: Uuid;
  readonly kind: 'text' | 'call';
  readonly gatewayId: string;
  /** Questions that brought nothing. */
  readonly attempts: number;
}

type Key = Pick<Lookup, 'accountId' | 'kind' | 'gatewayId'>;

/** Asks for it at once; what was asked about before begins anew. In the transaction that applies the event. Index: the primary key. */
export async function askAbout(tx: Tx, { accountId, kind, gatewayId }: Key, now: Instant): Promise<void> {
  await sql`
    insert into gateway_lookup (account_id, kind, gateway_id, next_at) values (${accountId}, ${kind}, ${gatewayId}, ${now})
    on conflict (account_id, kind, gateway_id) do update set attempts = 0, next_at = excluded.next_at`.execute(tx);
}

/** The one that is due first. Index gateway_lookup_due. */
export async function findDueLookup(db: Db, accountId: Uuid, now: Instant): Promise<Lookup | undefined> {
  const { rows } = await sql<Lookup>`
    select account_id, kind, gateway_id, attempts from gateway_lookup
    where account_id = ${accountId} and next_at <= ${now} order by next_at limit 1`.execute(db);
  return rows[0];
}

/** Locks it; false when another event has asked anew, or another holder has gone on with it. */
export async function lockLookup(tx: Tx, { accountId, kind, gatewayId, attempts }: Lookup): Promise<boolean> {
  const { rows } = await sql`
    select 1 from gateway_lookup
    where account_id = ${accountId} and kind = ${kind} and gateway_id = ${gatewayId} and attempts = ${attempts} for update`.execute(
    tx,
  );
  return rows.length === 1;
}

export async function endLookup(tx: Tx, { accountId, kind, gatewayId }: Key): Promise<void> {
  await sql`
    delete from gateway_lookup where account_id = ${accountId} and kind = ${kind} and gateway_id = ${gatewayId}`.execute(
    tx,
  );
}

export async function postponeLookup(
  tx: Tx,
  { accountId, kind, gatewayId }: Key,
  { nextAt, counts }: { readonly nextAt: Instant; readonly counts: boolean },
): Promise<void> {
  await sql`
    update gateway_lookup set attempts = attempts + case when ${counts} then 1 else 0 end, next_at = ${nextAt}
    where account_id = ${accountId} and kind = ${kind} and gateway_id = ${gatewayId}`.execute(tx);
}
