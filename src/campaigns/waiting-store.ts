import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';
import type { WaitingAccount, WaitingQueue } from './waiting-facts.ts';

/** The accounts of a campaign's lanes, with the worker that holds each. Small tables. */
export async function waitingAccounts(db: Db, campaignId: Uuid, now: Instant): Promise<readonly WaitingAccount[]> {
  const { rows } = await sql<WaitingAccount>`
    select a.id, a.name, a.state, a.state_reason, a.rate_per_second,
      case when l.expires_at > ${now} and l.asks_epoch = l.epoch then l.asks_since end as asks_since,
      (select count(*) from lane where account_id = a.id) as numbers, a.breaker_open_since, a.breaker_detail, a.breaker_held_until,
      case when l.expires_at > ${now} then l.owner end as held_by, case when l.expires_at > ${now} then l.expires_at end as lease_until,
      coalesce(l.failures, 0) as failures, l.failure
    from gateway_account a left join account_lease l on l.account_id = a.id
    where a.id in (select lane.account_id from campaign_lane cl join lane on lane.id = cl.lane_id where cl.campaign_id = ${campaignId}
      and cl.removed_at is null)
    order by a.name`.execute(db);
  return rows;
}

/** The people who wait, by their hours and the number that they know, with the time at which the first of each is due. */
export async function readWaitingQueues(db: Db, campaignId: Uuid): Promise<readonly WaitingQueue[]> {
  return (await queuesQuery(campaignId).execute(db)).rows;
}

/** Index enrollment_claim: one step for each zone group and number, as the claim walks it. */
export const queuesQuery = (campaignId: Uuid): RawBuilder<WaitingQueue> => sql<WaitingQueue>`
  select z.zone_group, nullif(known.lane_id, '00000000-0000-0000-0000-000000000000') as lane_id, first.not_before as due_at
  from campaign_zone_group z
  cross join (select lane_id from campaign_lane where campaign_id = ${campaignId}
    union all select '00000000-0000-0000-0000-000000000000'::uuid) known
  cross join lateral (
    select e.not_before from enrollment e
    where e.campaign_id = z.campaign_id and e.state = 'pending' and e.zone_group = z.zone_group
      and coalesce(e.lane_id, '00000000-0000-0000-0000-000000000000') = known.lane_id
    order by e.not_before, e.id limit 1) first
  where z.campaign_id = ${campaignId} and z.pending > 0
  order by z.zone_group, known.lane_id`;

export interface CampaignPulse {
  /** The campaign, one of its numbers, their accounts or the switch for everything: launched, edited, resumed. */
  readonly changedAt: Instant;
  readonly lastSentAt: Instant | null;
  readonly maxPerHour: number | null;
  readonly maxPerDay: number | null;
  readonly finishBy: Instant | null;
  /** What it has used of its pace; null before its first paced text. */
  readonly hourStart: Instant | null;
  readonly hourTexts: number;
  readonly day: string;
  readonly dayTexts: number;
  readonly nextAt: Instant;
  /** Running campaigns that are served before it on an account of its, with people who wait. */
  readonly before: readonly string[];
  /** Those that share its accounts and have its priority, with people who wait; itself among them. */
  readonly equals: number;
  /** The slowest of its lanes, of those with a throughput of their own: texts, and parts. */
  readonly slowestPerSecond: number | null;
  readonly slowestPartsPerSecond: number | null;
}

/** Over `campaign o`: it runs, has people who wait, and shares an account with `campaign c`. */
const competes = sql<boolean>`(o.state = 'running'
  and exists (select 1 from campaign_totals t where t.campaign_id = o.id and t.pending > 0)
  and exists (select 1 from campaign_lane ol join lane x on x.id = ol.lane_id where ol.campaign_id = o.id and ol.removed_at is null
    and x.account_id in
    (select m.account_id from campaign_lane ml join lane m on m.id = ml.lane_id where ml.campaign_id = c.id and ml.removed_at is null)))`;

/** Index enrollment_sent; else small tables. */
export async function readPulse(db: Db, campaignId: Uuid): Promise<CampaignPulse> {
  const { rows } = await sql<CampaignPulse>`
    select greatest(c.updated_at, (select updated_at from setting where key = 'sending'),
        (select max(greatest(l.updated_at, a.updated_at)) from campaign_lane cl join lane l on l.id = cl.lane_id
          join gateway_account a on a.id = l.account_id where cl.campaign_id = c.id and cl.removed_at is null)) as changed_at,
      c.max_per_hour, c.max_per_day, c.finish_by,
      (select max(sent_at) from enrollment where campaign_id = c.id and sent_at is not null) as last_sent_at,
      p.hour_start, coalesce(p.hour_texts, 0) as hour_texts, p.day, coalesce(p.day_texts, 0) as day_texts, p.next_at,
      slowest.*,
      array(select o.name from campaign o where o.priority < c.priority and ${competes} order by o.priority, o.id limit 3) as before,
      (select count(*) from campaign o where o.priority = c.priority and ${competes}) as equals
    from campaign c left join campaign_pace p on p.campaign_id = c.id, lateral (
      select min(l.messages_per_second) as slowest_per_second, min(l.parts_per_second) as slowest_parts_per_second
      from campaign_lane cl join lane l on l.id = cl.lane_id where cl.campaign_id = c.id and cl.removed_at is null) slowest
    where c.id = ${campaignId}`.execute(db);
  const [row] = rows;
  if (row === undefined) throw new Error(`campaign ${campaignId} vanished while it was being shown`);
  return row;
}
