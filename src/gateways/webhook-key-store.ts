import { type RawBuilder, sql } from 'kysely';
import type { Db, Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';
import type { HeldKey } from './decide-webhook-keys.ts';

/** What is known of the keys of one account, those that sign first; the keys themselves are in its row. */
export async function listKeys(db: Db | Tx, accountId: Uuid): Promise<readonly HeldKey[]> {
  const { rows } = await sql<HeldKey>`
    select signer, webhook_ref as ref, part, since, retire_at, succeeded_by from webhook_key where account_id = ${accountId}
    order by retire_at desc nulls first, part, signer`.execute(db);
  return rows;
}

export async function putKeys(tx: Tx, accountId: Uuid, keys: readonly HeldKey[]): Promise<void> {
  const rows = keys.map(({ signer, ref, part, since, retireAt, succeededBy }) => ({
    signer,
    webhook_ref: ref,
    part,
    since: since.toString(),
    retire_at: retireAt?.toString() ?? null,
    succeeded_by: succeededBy,
  }));
  await sql`delete from webhook_key where account_id = ${accountId}`.execute(tx);
  await sql`
    insert into webhook_key (account_id, signer, webhook_ref, part, since, retire_at, succeeded_by)
    select ${accountId}, * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as x (signer text, webhook_ref text, part text,
      since timestamptz, retire_at timestamptz, succeeded_by text)`.execute(tx);
}

/** Accounts with a key whose time is over. Index webhook_key_retiring. */
export async function listOverdue(db: Db, now: Instant): Promise<readonly Uuid[]> {
  const { rows } = await sql<{ accountId: Uuid }>`
    select distinct account_id from webhook_key where retire_at <= ${now}`.execute(db);
  return rows.map(({ accountId }) => accountId);
}

/** Begins a change, unless another one is under way; false then. */
export async function beginChange(
  db: Db,
  { accountId, now, until }: { readonly accountId: Uuid; readonly now: Instant; readonly until: Instant },
): Promise<boolean> {
  const { rows } = await sql`
    update gateway_account set webhook_change_until = ${until}
    where id = ${accountId} and coalesce(webhook_change_until, '-infinity') <= ${now} returning id`.execute(db);
  return rows.length === 1;
}

/** What was in doubt since then is not any more; nothing when another change has begun meanwhile. */
export async function settleDoubt(tx: Tx, accountId: Uuid, since: Instant): Promise<void> {
  await sql`
    update gateway_account set webhook_change_until = null where id = ${accountId} and webhook_change_until = ${since}`.execute(
    tx,
  );
}

/** `inDoubtSince`: it did not end well, as one that nobody has ended. */
export async function endChange(db: Db | Tx, accountId: Uuid, inDoubtSince: Instant | null): Promise<void> {
  await sql`update gateway_account set webhook_change_until = ${inDoubtSince} where id = ${accountId}`.execute(db);
}

/** A key that is not among so many of the newest events is not seen to be used. */
const LOOKED_AT_MAX = 10_000;

/** When each key last signed an event, of the newest ones of the account. */
export async function listSeen(db: Db | Tx, accountId: Uuid): Promise<ReadonlyMap<string, Instant>> {
  const { rows } = await seenQuery(accountId).execute(db);
  return new Map(rows.map(({ signer, at }) => [signer, at]));
}

/** Exported for the test that looks at its plan. Index gateway_event_account: ids grow with time. */
export const seenQuery = (accountId: Uuid): RawBuilder<{ readonly signer: string; readonly at: Instant }> => sql`
    select signed_by as signer, max(received_at) as at from (
      select signed_by, received_at from gateway_event where account_id = ${accountId} order by id desc limit ${LOOKED_AT_MAX}
    ) e where signed_by is not null group by 1`;
