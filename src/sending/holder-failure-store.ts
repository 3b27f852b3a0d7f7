import { sql } from 'kysely';
import { type Db, runTx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import { notifyLive } from '../platform/live.ts';
import type { Instant } from '../platform/time.ts';

/** An account whose holders stop with an error, so that nothing of it is sent; kept until one has held it for a while. */
export interface HolderFailure {
  /** The first one of the row. */
  readonly since: Instant;
  readonly lastAt: Instant;
  /** Holders that failed one after the other, in whichever process. */
  readonly times: number;
  readonly worker: string;
  /** The error, numbers of people masked. */
  readonly detail: string;
}

export async function saveHolderFailure(
  db: Db,
  accountId: Uuid,
  failure: Pick<HolderFailure, 'lastAt' | 'worker' | 'detail'>,
): Promise<void> {
  const { lastAt, worker, detail } = failure;
  await runTx(db, async (tx) => {
    await sql`
      update account_lease set failures = failures + 1, failing_since = coalesce(failing_since, ${lastAt}), failed_at = ${lastAt},
        failed_worker = ${worker}, failure = ${detail}
      where account_id = ${accountId}`.execute(tx);
    await notifyLive(tx, ['status']);
  });
}

/** Whoever has held the account for a while has overcome what it was. */
export async function clearHolderFailure(db: Db, accountId: Uuid): Promise<void> {
  await runTx(db, async (tx) => {
    const { numAffectedRows } = await sql`
      update account_lease set failures = 0, failing_since = null, failed_at = null, failed_worker = null, failure = null
      where account_id = ${accountId} and failures > 0`.execute(tx);
    if (numAffectedRows === 1n) await notifyLive(tx, ['status']);
  });
}

/** For pages: the accounts that no worker can hold, by id. */
export async function readHolderFailures(db: Db): Promise<ReadonlyMap<Uuid, HolderFailure>> {
  const { rows } = await sql<HolderFailure & { readonly accountId: Uuid }>`
    select account_id, failing_since as since, failed_at as last_at, failures as times, failed_worker as worker, failure as detail
    from account_lease where failures > 0`.execute(db);
  return new Map(rows.map(({ accountId, ...failure }) => [accountId, failure]));
}
