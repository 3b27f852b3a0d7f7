import { sql } from 'kysely';
import type { Db } from '../platform/database.ts';
import { LIVE_CHANNEL } from '../platform/live.ts';
import type { Instant } from '../platform/time.ts';
import { ACCOUNTS_TOPIC } from './engine-topic.ts';

/** Tells the others that this process takes accounts; a newcomer is heard at once. Forgets those who fell silent before `forgetBefore`. */
export async function tellPresence(
  db: Db,
  worker: { readonly owner: string; readonly now: Instant; readonly forgetBefore: Instant },
): Promise<void> {
  await sql`
    with present as (
      insert into engine_worker (owner, seen_at) values (${worker.owner}, ${worker.now})
      on conflict (owner) do update set seen_at = excluded.seen_at returning xmax = 0 as is_new),
    forgotten as (
      delete from engine_worker where seen_at < ${worker.forgetBefore} and owner <> ${worker.owner})
    select pg_notify(${LIVE_CHANNEL}, ${ACCOUNTS_TOPIC}) from present where is_new`.execute(db);
}

/** What it holds is for the others from now on. */
export async function endPresence(db: Db, owner: string): Promise<void> {
  await sql`delete from engine_worker where owner = ${owner}`.execute(db);
}
