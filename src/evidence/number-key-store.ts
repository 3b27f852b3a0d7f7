import { sql } from 'kysely';
import type { Db, Tx } from '../platform/database.ts';
import type { Instant } from '../platform/time.ts';

/**
 * Who serves this database notes a proof of the key under which numbers of erased people are hashed. A program with another key (a command
 * on another machine, a key that was lost) must neither erase nor serve: what it hashes, nobody would find again.
 */
export async function noteNumberKey(db: Db | Tx, now: Instant): Promise<void> {
  await sql`
    insert into setting (key, value, updated_at) values (${SETTING}, jsonb_build_object('version', 1, 'proof', number_key('')), ${now})
    on conflict (key) do update set value = excluded.value, updated_at = excluded.updated_at where not exists (select from erasure)`.execute(
    db,
  );
  if (!(await hasNumberKey(db)))
    throw new Error(
      'people were erased here under another key, and would be texted again: start with the TEXTWRIGHT_SECRET_KEY (or data folder) of then',
    );
}

/** Also true where nobody has noted one yet. */
export async function hasNumberKey(db: Db | Tx): Promise<boolean> {
  const { rows } = await sql<{ same: boolean }>`
    select value ->> 'proof' = number_key('') as same from setting where key = ${SETTING}`.execute(db);
  return rows[0]?.same ?? true;
}

const SETTING = 'number_key';
