import { sql } from 'kysely';
import type { Db, Tx } from '../platform/database.ts';
import type { Instant } from '../platform/time.ts';

export interface StoredAnswer {
  readonly requestDigest: string;
  readonly status: number;
  readonly response: unknown;
}

export interface IdempotencyKey {
  readonly actor: string;
  readonly key: string;
}

/** Rows of outdated keys that one new key takes away with it: the table is bounded without a job. */
const OUTDATED_PER_INSERT_MAX = 20;

/** Held by the connection, so that it also covers the network calls before the transaction. False: another request has it. */
export async function tryLockKey(connection: Db, { actor, key }: IdempotencyKey): Promise<boolean> {
  const { rows } = await sql<{ locked: boolean }>`
    select pg_try_advisory_lock(hashtextextended(${`idempotency ${actor} ${key}`}, 0)) as locked`.execute(connection);
  return rows[0]?.locked === true;
}

export async function unlockKey(connection: Db, { actor, key }: IdempotencyKey): Promise<void> {
  await sql`select pg_advisory_unlock(hashtextextended(${`idempotency ${actor} ${key}`}, 0))`.execute(connection);
}

export async function getStoredAnswer(db: Db, { actor, key }: IdempotencyKey): Promise<StoredAnswer | undefined> {
  const { rows } = await sql<StoredAnswer>`
    select request_sha256 as request_digest, status, response from idempotency_key where actor = ${actor} and key = ${key}`.execute(
    db,
  );
  return rows[0];
}

export async function insertAnswer(
  tx: Tx,
  row: IdempotencyKey & StoredAnswer & { readonly route: string; readonly now: Instant; readonly outdated: Instant },
): Promise<void> {
  await sql`insert into idempotency_key (actor, key, route, request_sha256, status, response, created_at)
    values (${row.actor}, ${row.key}, ${row.route}, ${row.requestDigest}, ${row.status}, ${JSON.stringify(row.response)}::jsonb,
      ${row.now})`.execute(tx);
  // Index idempotency_key_age.
  await sql`delete from idempotency_key where (actor, key) in (
      select actor, key from idempotency_key where created_at < ${row.outdated}
      order by created_at limit ${OUTDATED_PER_INSERT_MAX} for update skip locked)`.execute(tx);
}
