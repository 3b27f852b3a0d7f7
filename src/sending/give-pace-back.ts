import { sql } from 'kysely';
import type { Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';

/**
 * What did not go out counts for no pace: the hour and the day that its attempt was counted in have room for another. Few texts end so,
 * and few campaigns have a pace, so both statements mostly find nothing.
 */

/**
 * Locks the counters of these texts in the order of a claim, the days of lanes before the paces of campaigns: both before anything else
 * of them is counted.
 */
export async function lockPacesOf(tx: Tx, messageIds: readonly Uuid[]): Promise<void> {
  const ids = sql`any(${messageIds}::uuid[])`;
  const paces = sql`select e.campaign_id from message m join enrollment e on e.id = m.enrollment_id where m.id = ${ids}`;
  const { rows } = await sql`select 1 from campaign_pace p where p.campaign_id in (${paces}) limit 1`.execute(tx);
  if (rows.length === 0) return;
  await sql`
    select 1 from lane_usage u where (u.lane_id, u.day) in (select m.lane_id, m.cap_day from message m where m.id = ${ids})
    order by u.lane_id, u.day for update`.execute(tx);
  await sql`select 1 from campaign_pace p where p.campaign_id in (${paces}) order by p.campaign_id for update`.execute(
    tx,
  );
}

/** Once it is recorded that these did not go out. Call `lockPacesOf` before. */
export async function givePaceBack(tx: Tx, messageIds: readonly Uuid[]): Promise<void> {
  await sql`
    update campaign_pace p set hour_texts = greatest(0, p.hour_texts - b.of_hour), day_texts = greatest(0, p.day_texts - b.of_day)
    from (
      select p.campaign_id, count(*) filter (where date_trunc('hour', m.attempted_at, 'UTC') = p.hour_start) as of_hour,
        count(*) filter (where (m.attempted_at at time zone zone.name)::date = p.day) as of_day
      from message m join enrollment e on e.id = m.enrollment_id join campaign_pace p on p.campaign_id = e.campaign_id,
        (select coalesce((select value ->> 'zone' from setting where key = 'business'), 'America/New_York') as name) zone
      where m.id = any(${messageIds}::uuid[]) group by 1
    ) b
    where p.campaign_id = b.campaign_id`.execute(tx);
}
