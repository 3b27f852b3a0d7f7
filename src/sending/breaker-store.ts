import { sql } from 'kysely';
import type { Db, Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';
import type { LeftBreaker } from './breaker.ts';

/** What pages and the next holder know of the breaker of an account. */
export async function readBreaker(db: Db, accountId: Uuid): Promise<LeftBreaker> {
  const { rows } = await sql<{ since: Instant | null; detail: string | null; heldUntil: Instant | null }>`
    select breaker_open_since as since, breaker_detail as detail, breaker_held_until as held_until from gateway_account
    where id = ${accountId}`.execute(db);
  const { since, detail, heldUntil } = rows[0] ?? { since: null, detail: null, heldUntil: null };
  return {
    open: since === null ? undefined : { since, detail: detail ?? '' },
    heldUntil: heldUntil ?? undefined,
  };
}

/** An instant that has passed stays: it holds nothing any more. */
export async function saveBreaker(tx: Tx, accountId: Uuid, { open, heldUntil }: LeftBreaker): Promise<void> {
  await sql`
    update gateway_account set breaker_open_since = ${open?.since ?? null}, breaker_detail = ${open?.detail ?? null},
      breaker_held_until = ${heldUntil ?? null}
    where id = ${accountId}`.execute(tx);
}
