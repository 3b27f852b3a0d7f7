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
  /** Open while the gateway does not answer. */
  readonly breaker: { readonly openSince: Instant; readonly detail: string } | null;
  /** The gateway asked for time until then; null once it is over. */
  readonly heldUntil: Instant | null;
  readonly lanes: readonly LaneOverview[];
}
export interface LaneOverview extends LaneRow {
  /** Campaign texts of the lane's own day. */
  readonly usedToday: number;
  readonly partsUsedToday: number;
  /** While it drains: who knows it and waits in a campaign that is not over, up to WAITING_COUNTED_MAX; otherwise `null`. */
  readonly waitingPeople: number | null;
}

/** More than a few is enough to know that it is not empty yet. */
export const WAITING_COUNTED_MAX = 1_000;

export async function listAccountOverviews(db: Db | Tx, now: Instant): Promise<readonly AccountOverview[]> {
  const accounts = await listAccountRows(db);
  const lanes = await listLaneRows(db);
  const used = await usedToday(db, now);
  const waiting = lanes.some((lane) => lane.state === 'draining') ? await waitingForDrained(db) : NOBODY;
  const signs = await signsOfLife(db, now);
  return accounts.map((account) => ({
    ...account,
    lastEventAt: signs.get(account.id)?.lastEventAt ?? null,
    heldBy: signs.get(account.id)?.heldBy ?? null,
    breaker: signs.get(account.id)?.breaker ?? null,
    heldUntil: signs.get(account.id)?.heldUntil ?? null,
    lanes: lanes
      .filter((lane) => lane.accountId === account.id)
      .map((lane) => ({
        ...lane,
        usedToday: used.get(lane.id)?.reserved ?? 0,
        partsUsedToday: used.get(lane.id)?.parts ?? 0,
        waitingPeople: lane.state === 'draining' ? (waiting.get(lane.id) ?? 0) : null,
      })),
  }));
}

interface LaneUse {
  readonly id: Uuid;
  readonly reserved: number;
  readonly parts: number;
}

/** Primary key of lane_usage. */
async function usedToday(db: Db | Tx, now: Instant): Promise<ReadonlyMap<Uuid, LaneUse>> {
  const { rows } = await sql<LaneUse>`
    select l.id, u.reserved, u.parts from lane l
    join lane_usage u on u.lane_id = l.id and u.day = (${now}::timestamptz at time zone l.zone)::date`.execute(db);
  return new Map(rows.map((row) => [row.id, row]));
}

const NOBODY: ReadonlyMap<Uuid, number> = new Map();

/** Index enrollment_claim, in the zone groups of each campaign in which somebody waits at all. */
async function waitingForDrained(db: Db | Tx): Promise<ReadonlyMap<Uuid, number>> {
  const { rows } = await sql<{ id: Uuid; people: number }>`
    select l.id, waiting.people
    from lane l cross join lateral (
      select count(*) as people from (
        select from campaign_lane cl join campaign c on c.id = cl.campaign_id and c.state in ('running', 'paused')
        join campaign_zone_group z on z.campaign_id = c.id and z.pending > 0
        join enrollment e on e.campaign_id = c.id and e.state = 'pending' and e.zone_group = z.zone_group
          and coalesce(e.lane_id, '00000000-0000-0000-0000-000000000000') = l.id
        where cl.lane_id = l.id and cl.removed_at is null limit ${WAITING_COUNTED_MAX}
      ) person
    ) waiting
    where l.state = 'draining'`.execute(db);
  return new Map(rows.map((row) => [row.id, row.people]));
}

interface SignsOfLife {
  readonly lastEventAt: Instant | null;
  readonly heldBy: string | null;
  readonly breaker: AccountOverview['breaker'];
  readonly heldUntil: Instant | null;
}

/** Index gateway_event_account: one step for each account. */
async function signsOfLife(db: Db | Tx, now: Instant): Promise<ReadonlyMap<Uuid, SignsOfLife>> {
  const { rows } = await sql<{
    id: Uuid;
    lastEventAt: Instant | null;
    heldBy: string | null;
    openSince: Instant | null;
    detail: string | null;
    heldUntil: Instant | null;
  }>`
    select a.id, e.received_at as last_event_at, l.owner as held_by, a.breaker_open_since as open_since, a.breaker_detail as detail,
      case when a.breaker_held_until > ${now} then a.breaker_held_until end as held_until
    from gateway_account a
    left join account_lease l on l.account_id = a.id and l.expires_at > ${now}
    left join lateral (
      select received_at from gateway_event where account_id = a.id order by id desc limit 1
    ) e on true`.execute(db);
  return new Map(
    rows.map(({ id, lastEventAt, heldBy, openSince, detail, heldUntil }) => [
      id,
      { lastEventAt, heldBy, heldUntil, breaker: openSince === null ? null : { openSince, detail: detail ?? '' } },
    ]),
  );
}
