import { sql } from 'kysely';
import type { Db, Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';

/** What pages and the next holder know of the breaker of an account; `undefined` when it is closed. */
export interface StoredBreaker {
  readonly openSince: Instant;
  readonly detail: string;
}

export async function readBreaker(db: Db, accountId: Uuid): Promise<StoredBreaker | undefined> {
  const { rows } = await sql<StoredBreaker>`
    select breaker_open_since as open_since, breaker_detail as detail from gateway_account
    where id = ${accountId} and breaker_open_since is not null`.execute(db);
  return rows[0];
}

export async function saveBreaker(tx: Tx, accountId: Uuid, breaker: StoredBreaker | undefined): Promise<void> {
  await sql`
    update gateway_account set breaker_open_since = ${breaker?.openSince ?? null}, breaker_detail = ${breaker?.detail ?? null}
    where id = ${accountId}`.execute(tx);
}
