import { sql } from 'kysely';
import type { LaneRow } from '../gateways/account.ts';
import type { Db, Tx } from '../platform/database.ts';
import type { Instant } from '../platform/time.ts';

/** A lane with the campaign texts and message parts that it has reserved on its business day. */
export interface UsedLane extends LaneRow {
  readonly usedToday: number;
  readonly partsToday: number;
  /** It takes no new people, or will take none when its pause ends. */
  readonly drains: boolean;
}

/** All lanes, in the order in which they came. Primary key of lane_usage. */
export async function readUsedLanes(db: Db | Tx, now: Instant): Promise<readonly UsedLane[]> {
  const { rows } = await sql<UsedLane>`
    select l.id, l.account_id, l.gateway_ref, l.phone, l.name, l.zone, l.daily_cap, l.messages_per_second, l.parts_per_second,
      l.parts_per_day, l.state, l.state_reason, l.paused_until, l.state = 'draining' or l.drains_after_pause as drains,
      coalesce(u.reserved, 0) as used_today, coalesce(u.parts, 0) as parts_today
    from lane l left join lane_usage u on u.lane_id = l.id and u.day = (${now}::timestamptz at time zone l.zone)::date
    order by l.created_at, l.id`.execute(db);
  return rows;
}
