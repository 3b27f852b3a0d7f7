import { sql } from 'kysely';
import type { Db } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';
import { COUNT_MAX } from './attention.ts';

export interface TroubleCounts {
  /** Texts that have waited too long for the outcome of their hand-over; before, settling is routine. */
  readonly unsettled: number;
  readonly failedEvents: number;
}

/** Indexes message_unsettled and gateway_event_troubled; each walk ends at COUNT_MAX. */
export async function countTrouble(db: Db, unsettledBefore: Instant): Promise<TroubleCounts> {
  const { rows } = await sql<TroubleCounts>`
    select
      (select count(*) from (select from gateway_account a, lateral (
        select from message where account_id = a.id and state in ('handing_over', 'unknown') and attempted_at < ${unsettledBefore}
        limit ${COUNT_MAX}) m limit ${COUNT_MAX}) c) as unsettled,
      (select count(*) from (select from gateway_event where state = 'failed' limit ${COUNT_MAX}) c) as failed_events`.execute(
    db,
  );
  return rows[0] ?? { unsettled: 0, failedEvents: 0 };
}

export interface CampaignWithoutLane {
  readonly id: Uuid;
  readonly name: string;
  readonly lanes: readonly { readonly phone: string; readonly name: string }[];
}

/** Running campaigns in which people wait and every lane is off. Index campaign_running. */
export async function listCampaignsWithoutLane(db: Db, limit: number): Promise<readonly CampaignWithoutLane[]> {
  const { rows } = await sql<CampaignWithoutLane>`
    select c.id, c.name, l.lanes
    from campaign c cross join lateral (
      select jsonb_agg(jsonb_build_object('phone', l.phone, 'name', l.name) order by l.phone) as lanes,
        bool_and(l.state = 'off') as all_off
      from campaign_lane cl join lane l on l.id = cl.lane_id where cl.campaign_id = c.id and cl.removed_at is null
    ) l
    where c.state = 'running' and l.all_off
      and exists (select 1 from campaign_totals t where t.campaign_id = c.id and t.pending > 0)
    order by c.launched_at, c.id limit ${limit}`.execute(db);
  return rows;
}

export interface GivenUpTarget {
  readonly url: string;
  readonly accountName: string;
  readonly reason: string;
}

/** Targets of the development proxy that were switched off because nothing got through. A small table. */
export async function listGivenUpTargets(db: Db): Promise<readonly GivenUpTarget[]> {
  const { rows } = await sql<GivenUpTarget>`
    select t.url, a.name as account_name, t.state_reason as reason
    from webhook_proxy_target t join gateway_account a on a.id = t.account_id
    where t.state = 'failed' order by t.id`.execute(db);
  return rows;
}

export interface DayCounts {
  readonly day: string;
  readonly sent: number;
  readonly delivered: number;
  readonly failed: number;
  readonly replied: number;
  readonly optedOut: number;
}

/** Only days with something. Index campaign_hour_hour. */
export async function countDays(
  db: Db,
  range: { readonly zone: string; readonly from: Instant },
): Promise<ReadonlyMap<string, DayCounts>> {
  const { rows } = await sql<DayCounts>`
    select (hour at time zone ${range.zone})::date as day, sum(sent) as sent, sum(delivered) as delivered, sum(failed) as failed,
      sum(replied) as replied, sum(opted_out) as opted_out
    from campaign_hour where hour >= ${range.from} group by 1`.execute(db);
  return new Map(rows.map((row) => [row.day, row]));
}

export interface Extent {
  /** Exact up to CONTACTS_COUNTED_MAX, then PostgreSQL's estimate. */
  readonly contacts: number;
  readonly campaignLaunched: boolean;
}

const CONTACTS_COUNTED_MAX = 100_000;

/** Index contact_pkey. */
export async function readExtent(db: Db): Promise<Extent> {
  const { rows } = await sql<Extent & { readonly estimate: number }>`
    select
      (select count(*) from (select from contact limit ${CONTACTS_COUNTED_MAX}) c) as contacts,
      (select reltuples from pg_class where oid = 'contact'::regclass)::bigint as estimate,
      exists (select from campaign where launched_at is not null) as campaign_launched`.execute(db);
  const row = rows[0];
  if (row === undefined) throw new Error('a select without from gave no row');
  const { contacts, estimate, campaignLaunched } = row;
  return {
    contacts: contacts < CONTACTS_COUNTED_MAX ? contacts : Math.max(contacts, estimate),
    campaignLaunched,
  };
}
