import { type RawBuilder, sql } from 'kysely';
import { withWording } from '../compliance/opt-out-wording.ts';
import { getOptOutWording } from '../compliance/opt-out-wording-store.ts';
import { countParts } from '../messages/encoding.ts';
import type { Db, Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';
import { paceUsedFrom, paceUsedSql, type StoredPaceUsed } from '../sending/pace-used-store.ts';
import { idAt } from './enroll-store.ts';
import type { ForecastCampaign, ForecastLane, WaitingPeople } from './forecast.ts';

/** What forecasts know about a campaign beside who waits in it. */
export interface PlannedCampaign extends Omit<ForecastCampaign, 'waiting'> {
  readonly launchedAt: Instant | null;
  readonly pending: number;
  /** Everybody who is in it. */
  readonly people: number;
  /** Parts of the texts so far. */
  readonly parts: number;
}

interface StoredCampaign extends Omit<PlannedCampaign, 'pace' | 'paceUsed' | 'partsPerText'> {
  readonly maxPerHour: number | null;
  readonly maxPerDay: number | null;
  readonly finishBy: Instant | null;
  readonly paceUsed: StoredPaceUsed | null;
  readonly texts: number;
  /** Until the first text is out. */
  readonly bodies: readonly { readonly weight: number; readonly body: string }[];
}

/** All that run, for they share numbers, and those that are asked about. Small tables, and totals that a trigger keeps. */
export async function readPlannedCampaigns(
  db: Db | Tx,
  askedIds: readonly Uuid[],
): Promise<readonly PlannedCampaign[]> {
  const { adds, wording } = await getOptOutWording(db);
  const { rows } = await sql<StoredCampaign>`
    select c.id, c.state, c.priority, c.window_start_minute, c.window_end_minute, c.max_per_hour, c.max_per_day, c.finish_by, c.launched_at,
      case when c.pointless_action in ('drop', 'ask') then c.pointless_after end as stops_at,
      coalesce((select array_agg(l.lane_id order by l.lane_id) from campaign_lane l where l.campaign_id = c.id and l.removed_at is null), '{}') as lane_ids,
      ${paceUsedSql} as pace_used,
      coalesce(t.pending, 0) as pending, coalesce(t.people, 0) as people, coalesce(t.parts, 0) as parts, coalesce(t.texts, 0) as texts,
      case when coalesce(t.texts, 0) > 0 then '[]' else coalesce((
        select jsonb_agg(jsonb_build_object('weight', v.weight, 'body', v.body)) from campaign_variant v where v.campaign_id = c.id), '[]')
      end as bodies
    from campaign c
    left join lateral (
      select sum(t.pending) as pending, sum(t.pending + t.handing_over + t.unknown + t.sent + t.delivered + t.failed + t.skipped) as people,
        sum(t.parts) as parts, sum(t.handing_over + t.unknown + t.accepted) as texts
      from campaign_totals t where t.campaign_id = c.id) t on true
    where c.state = 'running' or c.id = any(${askedIds}::uuid[])
    order by c.priority, c.id`.execute(db);
  return rows.map(({ maxPerHour, maxPerDay, finishBy, paceUsed, texts, bodies, ...row }) => ({
    ...row,
    pace: { maxPerHour, maxPerDay, finishBy },
    paceUsed: paceUsedFrom(paceUsed),
    partsPerText:
      texts > 0 && row.parts > 0
        ? row.parts / texts
        : partsAsWritten(
            adds ? bodies.map(({ weight, body }) => ({ weight, body: withWording(body, wording) })) : bodies,
          ),
  }));
}

/** The parts of the texts as they are written, fields and all: a fair guess until the first of them is out. As if each were a first text. */
function partsAsWritten(bodies: StoredCampaign['bodies']): number {
  const weights = bodies.reduce((sum, { weight }) => sum + weight, 0);
  if (weights === 0) return 1;
  return Math.max(1, bodies.reduce((sum, { weight, body }) => sum + countParts(body).parts * weight, 0) / weights);
}

/** All lanes with what their day has used. Primary key of lane_usage. */
export async function readForecastLanes(db: Db | Tx, now: Instant): Promise<readonly ForecastLane[]> {
  const { rows } = await sql<ForecastLane>`
    select l.id, l.account_id, l.zone, l.state, l.paused_until,
      l.state = 'draining' or l.drains_after_pause as drains, l.daily_cap, l.parts_per_day, l.messages_per_second, l.parts_per_second,
      coalesce(u.reserved, 0) as used_texts, coalesce(u.parts, 0) as used_parts
    from lane l left join lane_usage u on u.lane_id = l.id and u.day = (${now}::timestamptz at time zone l.zone)::date
    order by l.id`.execute(db);
  return rows;
}

interface Counted {
  readonly campaignId: Uuid;
  readonly zoneGroup: string;
  readonly laneId: Uuid | null;
  readonly dueAt: Instant | null;
  readonly people: number;
}

/** Above it a sample says which numbers people know. */
const COUNT_MAX = 20_000;
const SAMPLED_PEOPLE = 5_000;
/** Of the 256 that a hash makes of a campaign's people (the first digits of their ids). */
const PARTS_READ = 64;

type Sampled = Pick<PlannedCampaign, 'id' | 'pending' | 'people' | 'launchedAt'>;

/** Who waits in these campaigns, by hours, known number and time of being due. */
export async function readWaitingPeople(
  db: Db | Tx,
  campaigns: readonly Sampled[],
  now: Instant,
): Promise<ReadonlyMap<Uuid, readonly WaitingPeople[]>> {
  const waiting = campaigns.filter(({ pending }) => pending > 0);
  const large = waiting.filter(({ pending }) => pending > COUNT_MAX);
  const small = waiting.filter(({ pending }) => pending <= COUNT_MAX).map(({ id }) => id);
  const counted = small.length === 0 ? [] : await countPeople(db, small, now);
  const sampled = large.length === 0 ? [] : await samplePeople(db, large, now);
  return Map.groupBy([...counted, ...sampled], ({ campaignId }) => campaignId);
}

/** Put off until when, to the quarter of an hour. */
const dueSql = (now: Instant): RawBuilder<Instant | null> => sql<Instant | null>`
  case when e.not_before > ${now} then date_bin('15 minutes', e.not_before, '2001-01-01') + interval '15 minutes' end`;

/** Index enrollment_claim holds all that is asked for. */
async function countPeople(db: Db | Tx, campaignIds: readonly Uuid[], now: Instant): Promise<readonly Counted[]> {
  const { rows } = await sql<Counted>`
    select campaign_id, zone_group, nullif(lane, '00000000-0000-0000-0000-000000000000') as lane_id, due_at, count(*) as people
    from (
      select e.campaign_id, e.zone_group, coalesce(e.lane_id, '00000000-0000-0000-0000-000000000000') as lane, ${dueSql(now)} as due_at
      from enrollment e where e.campaign_id = any(${campaignIds}::uuid[]) and e.state = 'pending') waiting
    group by 1, 2, 3, 4 order by 1, 2, 3, 4`.execute(db);
  return rows;
}

/**
 * The hours are known from campaign_zone_group; what shares of those people know which number comes from pieces that lie evenly in
 * their ids. Index enrollment_recipients, once for each piece (a plain join would compare everybody who waits with each of them).
 */
async function samplePeople(db: Db | Tx, campaigns: readonly Sampled[], now: Instant): Promise<readonly Counted[]> {
  return (await sampleQuery(campaigns, now).execute(db)).rows;
}

/** For the test of its plan. */
export function sampleQuery(campaigns: readonly Sampled[], now: Instant): RawBuilder<Counted> {
  const pieces = campaigns.flatMap(piecesOf);
  return sql<Counted>`
    with sample as (
      select p.campaign_id, e.zone_group, e.lane_id, ${dueSql(now)} as due_at, count(*) as people
      from unnest(${pieces.map((piece) => piece.campaignId)}::uuid[], ${pieces.map((piece) => piece.first)}::uuid[],
        ${pieces.map((piece) => piece.last)}::uuid[]) as p (campaign_id, first, last)
      cross join lateral (
        select zone_group, lane_id, not_before from enrollment
        where campaign_id = p.campaign_id and state = 'pending' and id between p.first and p.last order by id limit ${SAMPLED_PEOPLE}) e
      group by 1, 2, 3, 4
    )
    select z.campaign_id, z.zone_group, s.lane_id, s.due_at,
      coalesce(z.pending * s.people / sum(s.people) over (partition by z.campaign_id, z.zone_group), z.pending)::float8 as people
    from campaign_zone_group z
      left join sample s on s.campaign_id = z.campaign_id and s.zone_group = z.zone_group
    where z.campaign_id = any(${campaigns.map(({ id }) => id)}::uuid[]) and z.pending > 0
    order by 1, 2, 3, 4`;
}

interface Piece {
  readonly campaignId: Uuid;
  readonly first: string;
  readonly last: string;
}

/**
 * Bounds of ids of enrollments that were made at the launch: of every fourth part by hash, those at some of the places in the order of
 * enrolling, elsewhere in each. Neither the order of sending (by hash) nor that of the contacts (by place) has a part in the sample.
 */
function piecesOf({ id, pending, people, launchedAt }: Sampled): readonly Piece[] {
  if (launchedAt === null) return [];
  const share = Math.min(1, (SAMPLED_PEOPLE * 256) / (PARTS_READ * pending));
  return Array.from({ length: PARTS_READ }, (_, index) => {
    const hashed = (index * (256 / PARTS_READ)).toString(16).padStart(2, '0');
    const first = Math.floor(((index * STRIDE) % PARTS_READ) * ((1 - share) / (PARTS_READ - 1)) * people);
    const last = Math.ceil(first + share * people);
    return { campaignId: id, first: idAt(launchedAt, hashed, first, '0'), last: idAt(launchedAt, hashed, last, 'f') };
  });
}

/** Has no divisor in common with the number of parts, so that each of them gets places of its own. */
const STRIDE = 25;
