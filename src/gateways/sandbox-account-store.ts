import { sql } from 'kysely';
import type { Db, Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';

/** A row of `setting`: which account belongs to the sandbox that this installation runs itself. */
interface StoredSandbox {
  readonly version: 1;
  readonly accountId: Uuid;
}

const KEY = 'sandbox';

export async function findSandboxAccount(db: Db | Tx): Promise<Uuid | undefined> {
  const { rows } = await sql<{ value: StoredSandbox }>`
    select s.value from setting s join gateway_account a on a.id::text = s.value ->> 'accountId' where s.key = ${KEY}`.execute(
    db,
  );
  return rows[0]?.value.accountId;
}

export async function putSandboxAccount(tx: Tx, accountId: Uuid, now: Instant): Promise<void> {
  const value: StoredSandbox = { version: 1, accountId };
  await sql`
    insert into setting (key, value, updated_at) values (${KEY}, ${JSON.stringify(value)}::jsonb, ${now})
    on conflict (key) do update set value = excluded.value, updated_at = excluded.updated_at`.execute(tx);
}

export async function findLiveAccountName(db: Db | Tx): Promise<string | undefined> {
  const { rows } = await sql<{ name: string }>`
    select name from gateway_account where environment = 'live' order by created_at, id limit 1`.execute(db);
  return rows[0]?.name;
}
