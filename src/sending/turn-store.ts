import { sql } from 'kysely';
import { linkBaseIn, PUBLIC_ADDRESS_SETTING } from '../business/public-address.ts';
import { DEFAULT_SENDING_POLICY, type SendingPolicy } from '../business/sending-policy.ts';
import { isPointlessSql } from '../campaigns/pointless-store.ts';
import { WORDING_SETTING } from '../compliance/opt-out-wording-store.ts';
import type { Db } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import { type Instant, instant } from '../platform/time.ts';
import { paceUsedFrom, paceUsedSql, type StoredPaceUsed } from './pace-used-store.ts';
import type { TurnFacts } from './turn.ts';

interface StoredFacts extends Omit<TurnFacts, 'policy' | 'campaigns'> {
  readonly policy: Partial<SendingPolicy> | null;
  readonly campaigns: readonly (Omit<TurnFacts['campaigns'][number], 'pace' | 'paceUsed' | 'textsUntil'> & {
    readonly textsUntil: string | null;
    readonly paceUsed: StoredPaceUsed | null;
    readonly pace: {
      readonly maxPerHour: number | null;
      readonly maxPerDay: number | null;
      readonly finishBy: string | null;
    };
  })[];
}

const SETTINGS = ['sending', 'business', PUBLIC_ADDRESS_SETTING, 'sending_policy', WORDING_SETTING];

/** Over `lane l`: what was reserved of its days. */
const usageOf = (now: Instant) => sql`lateral (
  select coalesce(jsonb_object_agg(u.day, u.reserved), '{}') as reserved, coalesce(jsonb_object_agg(u.day, u.parts), '{}') as parts
  from lane_usage u where u.lane_id = l.id and u.day >= ${now}::timestamptz::date - 1) usage`;

/** Over `campaign c` and the account `a`: lanes of others that a running holder serves, whose gateway answers. */
const lanesElsewhere = (now: Instant) => sql`(
  select coalesce(jsonb_agg(jsonb_build_object('id', l.id, 'zone', l.zone, 'dailyCap', l.daily_cap, 'partsPerDay', l.parts_per_day,
    'reserved', usage.reserved, 'partsReserved', usage.parts)), '[]')
  from campaign_lane cl join lane l on l.id = cl.lane_id and l.account_id <> a.id and l.state = 'active'
    join gateway_account other on other.id = l.account_id and other.state = 'active' and other.breaker_open_since is null
      and (other.breaker_held_until is null or other.breaker_held_until <= ${now})
    join account_lease held on held.account_id = l.account_id and held.expires_at > ${now}
      and held.asks_epoch is distinct from held.epoch
    cross join ${usageOf(now)}
  where cl.campaign_id = c.id and cl.removed_at is null)`;

/**
 * One statement over small tables: the account, its lanes, what runs, and the owner's policy. It is asked at every turn, where each of its
 * parts costs some microseconds to begin: what can be told by one look is.
 */
export async function readTurnFacts(db: Db, accountId: Uuid, now: Instant): Promise<TurnFacts | undefined> {
  const { rows } = await sql<StoredFacts>`
    select jsonb_build_object('state', a.state, 'kind', a.kind, 'environment', a.environment, 'ratePerSecond', a.rate_per_second) as account,
      coalesce(settings -> 'sending' ->> 'state' = 'paused', false) as sending_paused,
      coalesce(settings -> 'business' ->> 'name', '') as business_name,
      coalesce(settings -> 'business' ->> 'zone', 'America/New_York') as business_zone,
      ${linkBaseIn(sql`settings -> ${sql.lit(PUBLIC_ADDRESS_SETTING)}`)} as link_base,
      settings -> 'sending_policy' as policy,
      settings -> ${sql.lit(WORDING_SETTING)} as opt_out_wording,
      -- Index message_direct_pending.
      exists (select 1 from message m join lane l on l.id = m.lane_id and l.state <> 'off'
        where m.account_id = a.id and m.state = 'pending' and m.purpose <> 'campaign' and m.not_before <= ${now}) as answers_wait,
      -- The same index.
      exists (select 1 from message m where m.account_id = a.id and m.state = 'pending' and m.purpose <> 'campaign'
        and m.not_before <= ${now} and m.not_after < ${now}) as answers_late,
      unknown.due as unknown_due,
      -- Index reconciliation_run_open.
      exists (select 1 from reconciliation_run r where r.account_id = a.id and r.state in ('waiting', 'running')
        and (r.retry_at is null or r.retry_at <= ${now})) as reconciles,
      -- Index gateway_lookup_due.
      exists (select 1 from gateway_lookup g where g.account_id = a.id and g.next_at <= ${now}) as looks_up,
      least(unknown.next_at, (select m.not_before from message m where m.account_id = a.id and m.state = 'pending'
        and m.purpose <> 'campaign' and m.not_before > ${now} order by m.not_before limit 1)) as next_due_at,
      coalesce((select jsonb_agg(jsonb_build_object('id', l.id, 'gatewayRef', l.gateway_ref, 'zone', l.zone, 'dailyCap', l.daily_cap,
        'state', l.state, 'messagesPerSecond', l.messages_per_second, 'partsPerSecond', l.parts_per_second,
        'partsPerDay', l.parts_per_day, 'resumes', l.state = 'paused' and l.paused_until <= ${now},
        'reserved', usage.reserved, 'partsReserved', usage.parts) order by l.id) from lane l cross join ${usageOf(now)}
        where l.account_id = a.id), '[]') as lanes,
      coalesce((select jsonb_agg(jsonb_build_object('id', c.id, 'priority', c.priority, 'windowStartMinute', c.window_start_minute,
          'windowEndMinute', c.window_end_minute,
          'laneIds', lanes.ours, 'offLaneIds', lanes.off, 'removedLaneIds', lanes.removed,
          'lanesElsewhere', case when c.finish_by > ${now} and lanes.ours <> '[]' then ${lanesElsewhere(now)} else '[]' end,
          'zoneGroups', (select coalesce(jsonb_agg(z.zone_group order by z.zone_group), '[]') from campaign_zone_group z
            where z.campaign_id = c.id and z.pending > 0),
          'pace', jsonb_build_object('maxPerHour', c.max_per_hour, 'maxPerDay', c.max_per_day, 'finishBy', c.finish_by),
          'paceUsed', ${paceUsedSql},
          'waiting', totals.pending, 'finished', totals.not_ended = 0,
          'notTextedForDays', c.audience -> 'notContactedDays',
          'consent', case when c.consent_policy is not null
            then jsonb_build_object('policy', c.consent_policy, 'kinds', c.consent_kinds) end,
          'pointless', ${isPointlessSql(now)},
          'textsUntil', case when c.pointless_action = 'drop'
            or (c.pointless_action = 'ask' and c.pointless_asked is distinct from c.pointless_after) then c.pointless_after end
        ) order by c.priority, c.id)
        from campaign c cross join lateral (
            select coalesce(sum(t.pending), 0) as pending, coalesce(sum(t.pending + t.handing_over + t.unknown), 0) as not_ended
            from campaign_totals t where t.campaign_id = c.id) totals
          cross join lateral (
            select coalesce(jsonb_agg(l.id) filter (where cl.removed_at is null and l.account_id = a.id
                and l.state in ('active', 'draining')), '[]') as ours,
              coalesce(jsonb_agg(l.id) filter (where cl.removed_at is null and l.state = 'off'), '[]') as off,
              coalesce(jsonb_agg(l.id) filter (where cl.removed_at is not null), '[]') as removed
            from campaign_lane cl join lane l on l.id = cl.lane_id where cl.campaign_id = c.id) lanes
        where c.state = 'running'), '[]') as campaigns
    from gateway_account a
      cross join (select jsonb_object_agg(key, value) as settings from setting where key = any(${SETTINGS}::text[])) stored
      -- Index message_unsettled.
      cross join lateral (select coalesce(bool_or(m.not_before <= ${now}), false) as due,
        min(m.not_before) filter (where m.not_before > ${now}) as next_at
        from message m where m.account_id = a.id and m.state = 'unknown') unknown
    where a.id = ${accountId}`.execute(db);
  const [row] = rows;
  if (row === undefined) return undefined;
  return {
    ...row,
    policy: { ...DEFAULT_SENDING_POLICY, ...row.policy },
    campaigns: row.campaigns.map((campaign) => {
      const { finishBy } = campaign.pace;
      return {
        ...campaign,
        pace: { ...campaign.pace, finishBy: instantOrNull(finishBy) },
        paceUsed: paceUsedFrom(campaign.paceUsed),
        textsUntil: instantOrNull(campaign.textsUntil),
      };
    }),
  };
}

const instantOrNull = (text: string | null): Instant | null => (text === null ? null : instant(text));

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
