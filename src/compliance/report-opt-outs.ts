import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';
import type { OptOutWay } from './note-opt-out.ts';
import type { ReportSide } from './opt-out-rate.ts';

/**
 * How many people the texts of a time have driven away. Both sides of each rate are of the same texts: an opt-out counts for the hour in
 * which its text went out, however much later it came.
 */
export interface OptOutFilter {
  /** Of the texts, whole hours. */
  readonly from: Instant;
  readonly campaignId?: Uuid | undefined;
  readonly laneId?: Uuid | undefined;
  /** Whoever may be in this state. */
  readonly state?: string | undefined;
  /** Of the business: days and hours are told in it. */
  readonly zone: string;
}

export interface OptOutRate {
  /** Id, place, day or hour of the day. */
  readonly key: string;
  /** Null for what names itself. */
  readonly name: string | null;
  /** Of a variant: its campaign. */
  readonly campaignId: Uuid | null;
  readonly texts: number;
  readonly optOuts: number;
}

const ROWS_MAX = 500;

/**
 * Indexes text_tally_hour and opt_out_text: some ten thousand rows a month, whatever the number of texts. Grouped by what is stored before
 * hours become days of a zone, which costs more than the counting; names by their primary keys.
 */
export async function readOptOutRates(db: Db, side: ReportSide, filter: OptOutFilter): Promise<readonly OptOutRate[]> {
  const { stored, key, campaign, name } = SIDES[side];
  const { rows } = await sql<OptOutRate>`
    with texts as (
      select ${stored('t', sql`t.hour`)} as stored, sum(t.texts) as texts
      from text_tally t where t.hour >= ${filter.from} and ${matchesOptOut('t', filter)} group by 1
    ), outs as (
      select ${stored('o', sql`date_trunc('hour', o.text_at)`)} as stored, count(*) as outs
      from opt_out o where o.text_at >= ${filter.from} and ${matchesOptOut('o', filter)} group by 1
    )
    select r.key, ${name} as name, ${campaign} as campaign_id,
      -- The tally is behind by up to a minute.
      greatest(sum(r.texts), sum(r.outs)) as texts, sum(r.outs) as opt_outs
    from (
      select ${key(filter.zone)} as key, coalesce(texts.texts, 0) as texts, coalesce(outs.outs, 0) as outs
      from texts full join outs on outs.stored = texts.stored) r
    group by r.key
    order by ${BY_TIME.includes(side) ? sql`r.key` : sql`sum(r.outs) desc, sum(r.texts) desc, r.key`} limit ${ROWS_MAX}`.execute(
    db,
  );
  return rows;
}

const BY_TIME: readonly ReportSide[] = ['hour', 'day'];

interface Side {
  /** What both tables have of it. */
  readonly stored: (table: 't' | 'o', hour: RawBuilder<unknown>) => RawBuilder<unknown>;
  /** Over `texts` and `outs`: as it is told. */
  readonly key: (zone: string) => RawBuilder<string>;
  /** Over `r.key`, as the name: null for what belongs to no one campaign. */
  readonly campaign: RawBuilder<unknown>;
  readonly name: RawBuilder<unknown>;
}

const STORED = sql`coalesce(texts.stored, outs.stored)`;
const column = (name: string): Pick<Side, 'stored' | 'key'> => ({
  stored: (table) => sql.ref(`${table}.${name}`),
  key: () => sql<string>`${STORED}::text`,
});
const time = (format: string): Pick<Side, 'stored' | 'key'> => ({
  stored: (_, hour) => hour,
  key: (zone) => sql<string>`to_char(${STORED} at time zone ${zone}::text, ${sql.lit(format)})`,
});
const NO_CAMPAIGN = sql`null::uuid`;
const NO_NAME = sql`null::text`;

const SIDES: Readonly<Record<ReportSide, Side>> = {
  campaign: {
    ...column('campaign_id'),
    campaign: sql`r.key::uuid`,
    name: sql`(select c.name from campaign c where c.id = r.key::uuid)`,
  },
  variant: {
    ...column('variant_id'),
    campaign: sql`(select v.campaign_id from campaign_variant v where v.id = r.key::uuid)`,
    name: sql`(select c.name || ', ' || v.label from campaign_variant v join campaign c on c.id = v.campaign_id where v.id = r.key::uuid)`,
  },
  lane: {
    ...column('lane_id'),
    campaign: NO_CAMPAIGN,
    name: sql`(select l.name from lane l where l.id = r.key::uuid)`,
  },
  state: { ...column('place'), campaign: NO_CAMPAIGN, name: NO_NAME },
  hour: { ...time('HH24'), campaign: NO_CAMPAIGN, name: NO_NAME },
  day: { ...time('YYYY-MM-DD'), campaign: NO_CAMPAIGN, name: NO_NAME },
};

export function matchesOptOut(table: 't' | 'o', { campaignId, laneId, state }: OptOutFilter): RawBuilder<boolean> {
  const of = (name: string) => sql.ref(`${table}.${name}`);
  return sql<boolean>`(true ${campaignId === undefined ? sql`` : sql`and ${of('campaign_id')} = ${campaignId}`}
    ${laneId === undefined ? sql`` : sql`and ${of('lane_id')} = ${laneId}`}
    ${state === undefined ? sql`` : sql`and ${state} = any(string_to_array(${of('place')}, ','))`})`;
}

export interface OptOutsByWay {
  readonly how: OptOutWay;
  readonly count: number;
  /** Those that followed no campaign text. */
  readonly withoutText: number;
  /** From when it reached us until nothing could go out any more; null when no time was kept. */
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
}

/** Opt-outs that came in since then, by how they came, and how long it took to obey. Index opt_out_in_force. */
export async function readOptOutsByWay(db: Db, filter: OptOutFilter): Promise<readonly OptOutsByWay[]> {
  const { rows } = await sql<OptOutsByWay>`
    select o.how, count(*) as count, count(*) - count(o.enrollment_id) as without_text,
      round((percentile_disc(0.5) within group (order by ${latencyMs}))::numeric, 1)::float8 as p50_ms,
      round((percentile_disc(0.99) within group (order by ${latencyMs}))::numeric, 1)::float8 as p99_ms
    from opt_out o where o.in_force_at >= ${filter.from} and ${matchesOptOut('o', filter)} group by 1 order by 2 desc, 1`.execute(
    db,
  );
  return rows;
}

const latencyMs = sql`extract(epoch from o.in_force_at - o.heard_at) * 1000`;

export interface ConfirmationTimes {
  /** Confirmations that the gateway took. */
  readonly sent: number;
  /** Ended without being sent: too late, refused, or the person asked for texts again before. */
  readonly notSent: number;
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
}

const CONFIRMATIONS_MAX = 10_000;

/**
 * From when the opt-out reached us until the gateway took the confirmation. Indexes message_confirmation, the newest of the time, and
 * suppression_history.
 */
export async function readConfirmationTimes(db: Db, since: Instant): Promise<ConfirmationTimes> {
  const { rows } = await sql<ConfirmationTimes>`
    select count(m.sent_at) as sent, count(*) filter (where m.state in ('failed', 'cancelled')) as not_sent,
      round((percentile_disc(0.5) within group (order by ${confirmedMs}))::numeric, 1)::float8 as p50_ms,
      round((percentile_disc(0.99) within group (order by ${confirmedMs}))::numeric, 1)::float8 as p99_ms
    from (
      select phone, sent_at, created_at, state from message where purpose = 'opt_out_confirmation' and created_at >= ${since}
      order by created_at desc limit ${CONFIRMATIONS_MAX}) m
    left join lateral (
      select o.heard_at from suppression s join opt_out o on o.suppression_id = s.id
      where s.phone = m.phone and o.in_force_at <= m.created_at order by o.in_force_at desc limit 1) o on true`.execute(
    db,
  );
  return rows[0] ?? { sent: 0, notSent: 0, p50Ms: null, p99Ms: null };
}

const confirmedMs = sql`extract(epoch from m.sent_at - coalesce(o.heard_at, m.created_at)) * 1000`;
