import { sql } from 'kysely';
import type { Db, Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';
import type { ApiKey } from './team.ts';

const columns = sql.raw('id, name, role, prefix, created_at, expires_at, last_used_at, revoked_at');

export async function listApiKeys(db: Db): Promise<readonly ApiKey[]> {
  const { rows } = await sql<ApiKey>`select ${columns} from api_key order by created_at desc, id desc`.execute(db);
  return rows;
}

/** Index api_key_key_sha256_key. */
export async function findApiKey(db: Db, sha256: string): Promise<ApiKey | undefined> {
  const { rows } = await sql<ApiKey>`select ${columns} from api_key where key_sha256 = ${sha256}`.execute(db);
  return rows[0];
}

export async function insertApiKey(
  tx: Tx,
  key: ApiKey & { readonly sha256: string; readonly createdBy: string },
): Promise<void> {
  await sql`
    insert into api_key (id, name, role, prefix, key_sha256, created_by, created_at, expires_at)
    values (${key.id}, ${key.name}, ${key.role}, ${key.prefix}, ${key.sha256}, ${key.createdBy}, ${key.createdAt},
      ${key.expiresAt})`.execute(tx);
}

/** The name of the key; `undefined` when there is none. Revoking again keeps the first instant. */
export async function revokeApiKeyRow(tx: Tx, id: Uuid, now: Instant): Promise<string | undefined> {
  const { rows } = await sql<{ name: string }>`
    update api_key set revoked_at = coalesce(revoked_at, ${now}) where id = ${id} returning name`.execute(tx);
  return rows[0]?.name;
}

export async function noteKeyUsed(
  db: Db,
  used: { readonly id: Uuid; readonly now: Instant; readonly unlessSince: Instant },
): Promise<void> {
  await sql`
    update api_key set last_used_at = ${used.now}
    where id = ${used.id} and (last_used_at is null or last_used_at < ${used.unlessSince})`.execute(db);
}
