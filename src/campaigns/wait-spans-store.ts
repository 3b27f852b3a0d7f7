import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import { type Instant, instantFromMs } from '../platform/time.ts';
import type { WaitQueue, WaitSpan } from './decide-wait-spans.ts';
import { queuesQuery } from './waiting-store.ts';

/** Index enrollment_claim: the first and the last of each queue. */
export async function readWaitQueues(db: Db, campaignId: Uuid): Promise<readonly WaitQueue[]> {
  const { rows } = await sql<WaitQueue>`
    select q.zone_group, q.lane_id, last.not_before as last_due_at
    from (${queuesQuery(campaignId)}) q
    cross join lateral (
      select e.not_before from enrollment e
      where e.campaign_id = ${campaignId} and e.state = 'pending' and e.zone_group = q.zone_group
        and coalesce(e.lane_id, ${NO_LANE}) = coalesce(q.lane_id, ${NO_LANE})
      order by e.not_before desc, e.id desc limit 1) last`.execute(db);
  return rows;
}

/** Where somebody who waits stands: the order of index enrollment_claim. */
export interface WaitingPlace {
  readonly zoneGroup: string;
  readonly laneId: Uuid;
  readonly notBefore: Instant;
  readonly id: Uuid;
}

/** Stands for no number, in the index and in a place. */
export const NO_LANE_ID = '00000000-0000-0000-0000-000000000000';
const NO_LANE = sql.raw(`'${NO_LANE_ID}'::uuid`);
const laneOf = sql`coalesce(e.lane_id, ${NO_LANE})`;

interface Waiting {
  readonly campaignId: Uuid;
  readonly spans: readonly WaitSpan[];
  /** What else must hold of `enrollment e`. */
  readonly all: RawBuilder<unknown>;
  readonly after: WaitingPlace | undefined;
}

/**
 * Over `enrollment e`: those who become due within one of the spans. Index enrollment_claim, entered once for each span and walked no
 * further than a page: a rare kind of waiting among a million people is found without looking at the others.
 */
export function waitingWalk({ campaignId, spans, all, after }: Waiting) {
  const due = (end: (span: WaitSpan) => number, none: string): readonly string[] =>
    spans.map((span) => (Number.isFinite(end(span)) ? instantFromMs(end(span)).toString() : none));
  const ends = sql`unnest(${spans.map(({ zoneGroup }) => zoneGroup)}::text[], ${spans.map(({ laneId }) => laneId ?? NO_LANE_ID)}::uuid[],
    ${due(({ fromMs }) => fromMs, '-infinity')}::timestamptz[], ${due(({ toMs }) => toMs, 'infinity')}::timestamptz[])
    as u (zone_group, lane_id, since, until)`;
  // In the order of the index, so that whatever comes after a full page is not even begun.
  const chosen = sql`(${after === undefined ? fromTheirBegin(ends) : from(ends, after)} order by zone_group, lane_id, since)`;
  const within = sql`e.campaign_id = ${campaignId} and e.state = 'pending' and e.zone_group = r.zone_group and ${laneOf} = r.lane_id
    and (e.not_before, e.id) > (r.from_at, r.from_id) and e.not_before < r.until`;
  return {
    order: sql`e.zone_group, ${laneOf}, e.not_before, e.id`,
    among: sql`${all} and e.state = 'pending' and exists (select from ${chosen} r where ${within})`,
    next: (limit: number) => sql`
      select e.* from ${chosen} r cross join lateral (
        select e.* from enrollment e where ${within} and ${all} order by e.not_before, e.id limit ${limit}) e
      order by r.zone_group, r.lane_id, r.since, e.not_before, e.id limit ${limit}`,
  };
}

const fromTheirBegin = (ends: RawBuilder<unknown>): RawBuilder<unknown> =>
  sql`select zone_group, lane_id, since, until, since as from_at, ${NO_LANE} as from_id from ${ends}`;

/** Queues that the pages before have finished are left out; the one that they ended in goes on behind their last person. */
function from(ends: RawBuilder<unknown>, { zoneGroup, laneId, notBefore, id }: WaitingPlace): RawBuilder<unknown> {
  const place = sql`(${zoneGroup}::text, ${laneId}::uuid)`;
  const goesOn = sql`(zone_group, lane_id) = ${place} and since <= ${notBefore}::timestamptz`;
  return sql`select zone_group, lane_id, since, until, case when ${goesOn} then ${notBefore}::timestamptz else since end as from_at,
    case when ${goesOn} then ${id}::uuid else ${NO_LANE} end as from_id
    from ${ends} where (zone_group, lane_id) >= ${place}`;
}
