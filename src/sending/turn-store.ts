import { sql } from 'kysely';
import type { Db } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';
import type { TurnFacts } from './turn.ts';

export async function readTurnFacts(db: Db, accountId: Uuid): Promise<TurnFacts | undefined> {
  const { rows } = await sql<TurnFacts>`
    select jsonb_build_object('state', a.state, 'ratePerSecond', a.rate_per_second) as account,
      coalesce((select value ->> 'state' = 'paused' from setting where key = 'sending'), false) as sending_paused,
      coalesce((select value ->> 'name' from setting where key = 'business'), '') as business_name,
      coalesce((select jsonb_agg(jsonb_build_object('id', l.id, 'gatewayRef', l.gateway_ref, 'zone', l.zone, 'dailyCap', l.daily_cap,
        'state', l.state) order by l.id) from lane l where l.account_id = a.id), '[]') as lanes,
      coalesce((select jsonb_agg(jsonb_build_object('id', c.id, 'priority', c.priority, 'windowStartMinute', c.window_start_minute,
          'windowEndMinute', c.window_end_minute,
          'laneIds', (select coalesce(jsonb_agg(cl.lane_id), '[]') from campaign_lane cl join lane l on l.id = cl.lane_id
            where cl.campaign_id = c.id and l.account_id = a.id and l.state = 'active'),
          'offLaneIds', (select coalesce(jsonb_agg(cl.lane_id), '[]') from campaign_lane cl join lane l on l.id = cl.lane_id
            where cl.campaign_id = c.id and l.state = 'off'),
          'zoneGroups', (select coalesce(jsonb_agg(z.zone_group order by z.zone_group), '[]') from campaign_zone_group z where z.campaign_id = c.id)
        ) order by c.priority, c.id)
        from campaign c where c.state = 'running'), '[]') as campaigns
    from gateway_account a where a.id = ${accountId}`.execute(db);
  return rows[0];
}

export async function readVariants(
  db: Db,
  campaignId: Uuid,
): Promise<readonly { readonly id: Uuid; readonly body: string }[]> {
  const { rows } = await sql<{
    id: Uuid;
    body: string;
  }>`select id, body from campaign_variant where campaign_id = ${campaignId}`.execute(db);
  return rows;
}

/** When the earliest pending enrollment or direct text becomes due after `now`, for a holder that has nothing to do. */
export async function nextDueAt(db: Db, accountId: Uuid, now: Instant): Promise<Instant | null> {
  const { rows } = await sql<{ at: Instant | null }>`
    select min(not_before) as at from message
    where account_id = ${accountId} and state in ('pending', 'unknown') and not_before > ${now}`.execute(db);
  return rows[0]?.at ?? null;
}
