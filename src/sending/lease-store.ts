import { type RawBuilder, sql } from 'kysely';
import { type Db, runTx, type Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import { notifyLive } from '../platform/live.ts';
import { addMs, type Instant } from '../platform/time.ts';
import { gatewayIdLocks } from '../webhooks/apply-status.ts';
import { ACCOUNTS_TOPIC } from './engine-topic.ts';

/**
 * One holder per gateway account. `epoch` grows with every change of holder; every write of a holder names its epoch and fails
 * when another one has taken over.
 */
export interface Lease {
  readonly accountId: Uuid;
  readonly owner: string;
  readonly epoch: number;
}

/** Thrown by a fenced write: this process holds the account no longer and must forget what it was doing for it. */
export class LeaseLost extends Error {
  constructor(lease: Lease) {
    super(`lease of account ${lease.accountId} lost: epoch ${lease.epoch} of ${lease.owner} is over`);
    this.name = 'LeaseLost';
  }
}

/** When a lease is nobody's any more. */
export interface LeaseMoment {
  readonly now: Instant;
  /**
   * No lease that is held now ends later than this: one that does was written by a clock that was set back since, and its holder
   * is gone.
   */
  readonly latestEnd: Instant;
  /** Who asks: what its own former holders left behind need not expire. */
  readonly owner: string;
}

const isOver = ({ now, latestEnd, owner }: LeaseMoment) =>
  sql`(l.owner is null or l.owner = ${owner} or l.expires_at <= ${now} or l.expires_at > ${latestEnd})`;

export interface AccountHold {
  readonly accountId: Uuid;
  /** Whoever holds it, or did when its lease ended. */
  readonly owner: string | null;
  /** When it is nobody's unless its holder renews it; undefined: it is free. */
  readonly heldUntil: Instant | undefined;
}

export interface Holds {
  readonly accounts: readonly AccountHold[];
  /** Names of the worker processes that run. */
  readonly workers: readonly string[];
}

/** All accounts and who holds them, and the workers who told of themselves within `presenceMs` (clocks may differ by as much). */
export async function readHolds(db: Db, moment: LeaseMoment & { readonly presenceMs: number }): Promise<Holds> {
  const { now, presenceMs } = moment;
  const { rows } = await sql<{
    id: Uuid;
    free: boolean;
    owner: string | null;
    expiresAt: Instant | null;
    workers: string[];
  }>`
    select a.id, l.account_id is null or ${isOver(moment)} as free, l.owner, l.expires_at, array(
      select owner from engine_worker where seen_at > ${addMs(now, -presenceMs)} and seen_at <= ${addMs(now, presenceMs)}) as workers
    from gateway_account a left join account_lease l on l.account_id = a.id order by a.id`.execute(db);
  return {
    accounts: rows.map(({ id, free, owner, expiresAt }) => ({
      accountId: id,
      owner,
      heldUntil: free || expiresAt === null ? undefined : expiresAt,
    })),
    workers: rows[0]?.workers ?? [],
  };
}

/** Whoever takes an account begins by asking the gateway about its lanes (clone-guard.ts), and says so until `saveAsking` ends it. */
export async function acquireLease(
  db: Db,
  input: LeaseMoment & { readonly accountId: Uuid; readonly expiresAt: Instant },
): Promise<Lease | undefined> {
  const { rows } = await sql<{ epoch: number }>`
    insert into account_lease as l (account_id, owner, epoch, expires_at, asks_epoch, asks_since)
    values (${input.accountId}, ${input.owner}, 1, ${input.expiresAt}, 1, ${input.now})
    on conflict (account_id) do update set owner = excluded.owner, epoch = l.epoch + 1, expires_at = excluded.expires_at,
      asks_epoch = 1 + l.epoch, asks_since = excluded.asks_since
    where ${isOver(input)}
    returning epoch`.execute(db);
  const epoch = rows[0]?.epoch;
  return epoch === undefined ? undefined : { accountId: input.accountId, owner: input.owner, epoch };
}

/** Since when the holder asks before it hands over anything; null when it does not. Campaigns then wait for it, and their pages say so. */
export async function saveAsking(tx: Tx, lease: Lease, since: Instant | null): Promise<void> {
  await sql`
    update account_lease set asks_epoch = ${since === null ? null : lease.epoch}, asks_since = ${since}
    where account_id = ${lease.accountId} and owner = ${lease.owner} and epoch = ${lease.epoch}`.execute(tx);
  await notifyLive(tx, ['status']);
}

/** False when the lease has gone to another holder. An expired one that nobody took is renewed. */
export async function renewLease(db: Db, lease: Lease, expiresAt: Instant): Promise<boolean> {
  const result = await sql`
    update account_lease set expires_at = ${expiresAt}
    where account_id = ${lease.accountId} and owner = ${lease.owner} and epoch = ${lease.epoch}`.execute(db);
  return result.numAffectedRows === 1n;
}

/** Hands the account over at once: every worker that waits for one is told. */
export async function releaseLease(db: Db, lease: Lease): Promise<void> {
  await runTx(db, async (tx) => {
    const { numAffectedRows } = await sql`
      update account_lease set owner = null, expires_at = null
      where account_id = ${lease.accountId} and owner = ${lease.owner} and epoch = ${lease.epoch}`.execute(tx);
    if (numAffectedRows === 1n) await notifyLive(tx, [ACCOUNTS_TOPIC]);
  });
}

/**
 * The fence: locks the lease row in share mode, so that a take-over waits until this transaction is over, and throws when it has
 * happened already.
 */
export async function requireLease(tx: Tx, lease: Lease): Promise<void> {
  const { rows } = await heldLease(lease).execute(tx);
  if (rows.length === 0) throw new LeaseLost(lease);
}

/** The same, and in the same round trip the locks of texts that this transaction tells of, by the gateway's ids. */
export async function requireLeaseOver(tx: Tx, lease: Lease, gatewayIds: readonly string[]): Promise<void> {
  if (gatewayIds.length === 0) return requireLease(tx, lease);
  const { rows } = await sql`
    with lease as materialized (${heldLease(lease)}),
    locked as materialized (select ${gatewayIdLocks(gatewayIds)} cross join lease)
    select from lease where (select count(*) from locked) > 0`.execute(tx);
  if (rows.length === 0) throw new LeaseLost(lease);
}

/** One row while the lease is held, locked in share mode. */
export const heldLease = (lease: Lease): RawBuilder<unknown> => sql`
    select 1 from account_lease
    where account_id = ${lease.accountId} and owner = ${lease.owner} and epoch = ${lease.epoch} for share`;
