import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../src/platform/database.ts';

/**
 * Runs the calls so that they truly meet in the database: `lock` is held until all of them wait for a lock, then let go. Their
 * answers, in their order.
 */
export async function togetherBehind<T>(
  db: Db,
  lock: RawBuilder<unknown>,
  calls: readonly (() => Promise<T>)[],
): Promise<readonly T[]> {
  const running = await db.transaction().execute(async (tx) => {
    await lock.execute(tx);
    const started = calls.map((call) => call());
    while ((await countWaiting(db)) < calls.length);
    return { started };
  });
  return Promise.all(running.started);
}

/** Until a transaction of this database waits for a lock that another one holds. */
export async function somebodyWaits(db: Db): Promise<void> {
  while ((await countWaiting(db)) === 0);
}

async function countWaiting(db: Db): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*) as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(
    db,
  );
  return rows[0]?.n ?? 0;
}
