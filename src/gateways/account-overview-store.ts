import { sql } from 'kysely';
import type { Db, Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';
import type { AccountRow, LaneRow } from './account.ts';
import { listAccountRows, listLaneRows } from './account-store.ts';

/** Accounts as people see them: with their lanes, what these used today, and whether events arrive. */
export interface AccountOverview extends AccountRow {
  readonly lastEventAt: Instant | null;
  /** The worker that sends for it right now. */
  readonly heldBy: string | null;
  readonly lanes: readonly LaneOverview[];
}
export interface LaneOverview extends LaneRow {
  /** Campaign texts of the lane's own day. */
  readonly usedToday: number;
}

export async function listAccountOverviews(db: Db | Tx, now: Instant): Promise<readonly AccountOverview[]> {
  const accounts = await listAccountRows(db);
  const lanes = await listLaneRows(db);
  const used = await usedToday(db, now);
  const signs = await signsOfLife(db, now);
  return accounts.map((account) => ({
    ...account,
    lastEventAt: signs.get(account.id)?.lastEventAt ?? null,
    heldBy: signs.get(account.id)?.heldBy ?? null,
    lanes: lanes
      .filter((lane) => lane.accountId === account.id)
      .map((lane) => ({ ...lane, usedToday: used.get(lane.id) ?? 0 })),
  }));
}

/** Primary key of lane_usage. */
async function usedToday(db: Db | Tx, now: Instant): Promise<ReadonlyMap<Uuid, number>> {
  const { rows } = await sql<{ id: Uuid; reserved: number }>`
    select l.id, u.reserved from lane l
    join lane_usage u on u.lane_id = l.id and u.day = (${now}::timestamptz at time zone l.zone)::date`.execute(db);
  return new Map(rows.map((row) => [row.id, row.reserved]));
}

/** Index gateway_event_account: one step for each account. */
async function signsOfLife(db: Db | Tx, now: Instant) {
  const { rows } = await sql<{ id: Uuid; lastEventAt: Instant | null; heldBy: string | null }>`
    select a.id, e.received_at as last_event_at, l.owner as held_by
    from gateway_account a
    left join account_lease l on l.account_id = a.id and l.expires_at > ${now}
    left join lateral (
      select received_at from gateway_event where account_id = a.id order by received_at desc limit 1
    ) e on true`.execute(db);
  return new Map(rows.map((row) => [row.id, row]));
}
