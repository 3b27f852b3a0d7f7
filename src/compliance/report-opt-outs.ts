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
 * All sides in one pass. Indexes text_tally_hour and opt_out_text: some ten thousand rows a month, whatever the number of texts. Grouped by
 * what is stored before hours become days of a zone, which costs more than the counting; names by their primary keys.
 */
export async function readOptOutRates(
  db: Db,
  { sides, filter }: { readonly sides: readonly ReportSide[]; readonly filter: OptOutFilter },
): Promise<ReadonlyMap<ReportSide, readonly OptOutRate[]>> {
  const stored = [...new Set(sides.map((side) => SIDES[side].stored))];
  const names = stored.map((name) => sql.ref(name));
  const columns = (table: 't' | 'o') => sql.join(stored.map((name) => STORED[name](table)));
  const places = sql.join(stored.map((_, index) => sql.lit(index + 1)));
  const { rows } = await sql<OptOutRate & { readonly side: ReportSide }>`
    with both_sides as (
      select ${columns('t')}, sum(t.texts) as texts, 0 as outs from text_tally t
      where t.hour >= ${filter.from} and ${matchesOptOut('t', filter)} group by ${places}
      union all
      select ${columns('o')}, 0, count(*) from opt_out o
      where o.text_at >= ${filter.from} and ${matchesOptOut('o', filter)} group by ${places}
    ), counted as (
      -- None of these is ever null in the tables: of each row here only the one is there by which it is grouped.
      select ${sql.join(names)}, sum(texts) as texts, sum(outs) as outs from both_sides
      group by grouping sets (${sql.join(names.map((name) => sql`(${name})`))})
    )
    select side, key, name, campaign_id, texts, opt_outs
    from (${sql.join(
      sides.map((side) => ratesOf(side, filter.zone)),
      sql` union all `,
    )}) r order by rank`.execute(db);
  return new Map(
    sides.map((asked) => [asked, rows.filter(({ side }) => side === asked).map(({ side: _, ...rate }) => rate)]),
  );
}

/** Over `counted`. */
function ratesOf(side: ReportSide, zone: string): RawBuilder<unknown> {
  const { stored, key, campaign, name } = SIDES[side];
  const order = BY_TIME.includes(side) ? sql`r.key` : sql`r.outs desc, r.texts desc, r.key`;
  return sql`(
    select ${sql.lit(side)} as side, row_number() over (order by ${order}) as rank, r.key, ${name} as name, ${campaign} as campaign_id,
      -- The tally is behind by up to a minute.
      greatest(r.texts, r.outs) as texts, r.outs as opt_outs
    from (
      select ${key(zone)} as key, sum(texts) as texts, sum(outs) as outs from counted where ${sql.ref(stored)} is not null group by 1) r
    order by ${order} limit ${ROWS_MAX})`;
}

const BY_TIME: readonly ReportSide[] = ['hour', 'day'];

type Stored = 'hour' | 'campaign_id' | 'variant_id' | 'lane_id' | 'place';

const column = (name: Stored) => (table: 't' | 'o') => sql.ref(`${table}.${name}`);

/** What both tables have of it. */
const STORED: Readonly<Record<Stored, (table: 't' | 'o') => RawBuilder<unknown>>> = {
  // Half of what date_trunc costs, which asks for the zone of the session.
  hour: (table) => (table === 't' ? sql`t.hour` : sql`date_bin('1 hour', o.text_at, timestamptz 'epoch') as hour`),
  campaign_id: column('campaign_id'),
  variant_id: column('variant_id'),
  lane_id: column('lane_id'),
  place: column('place'),
};

interface Side {
  readonly stored: Stored;
  /** As it is told. */
  readonly key: (zone: string) => RawBuilder<string>;
  /** Over `r.key`, as the name: null for what belongs to no one campaign. */
  readonly campaign: RawBuilder<unknown>;
  readonly name: RawBuilder<unknown>;
}

const itself = (stored: Stored): Pick<Side, 'stored' | 'key'> => ({
  stored,
  key: () => sql<string>`${sql.ref(stored)}::text`,
});
const time = (format: string): Pick<Side, 'stored' | 'key'> => ({
  stored: 'hour',
  key: (zone) => sql<string>`to_char(hour at time zone ${zone}::text, ${sql.lit(format)})`,
});
const NO_CAMPAIGN = sql`null::uuid`;
const NO_NAME = sql`null::text`;

const SIDES: Readonly<Record<ReportSide, Side>> = {
  campaign: {
    ...itself('campaign_id'),
    campaign: sql`r.key::uuid`,
    name: sql`(select c.name from campaign c where c.id = r.key::uuid)`,
  },
  variant: {
    ...itself('variant_id'),
    campaign: sql`(select v.campaign_id from campaign_variant v where v.id = r.key::uuid)`,
    name: sql`(select c.name || ', ' || v.label from campaign_variant v join campaign c on c.id = v.campaign_id where v.id = r.key::uuid)`,
  },
  lane: {
    ...itself('lane_id'),
    campaign: NO_CAMPAIGN,
    name: sql`(select l.name from lane l where l.id = r.key::uuid)`,
  },
  state: { ...itself('place'), campaign: NO_CAMPAIGN, name: NO_NAME },
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
      ${msOf(sql`percentile_disc(0.5) within group (order by o.in_force_at - o.heard_at)`)} as p50_ms,
      ${msOf(sql`percentile_disc(0.99) within group (order by o.in_force_at - o.heard_at)`)} as p99_ms
    from opt_out o where o.in_force_at >= ${filter.from} and ${matchesOptOut('o', filter)} group by 1 order by 2 desc, 1`.execute(
    db,
  );
  return rows;
}

/** An interval is sorted in half the time of its milliseconds. */
const msOf = (interval: RawBuilder<unknown>) => sql`round(extract(epoch from ${interval}) * 1000, 1)::float8`;

export interface ConfirmationTimes {
  /** Confirmations that the gateway took. */
  readonly sent: number;
  /** Ended without being sent: too late, refused, or the person asked for texts again before. */
  readonly notSent: number;
  /** Of the newest `TIMED_MAX`. */
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  /** The same with the minutes that people took to decide what an unclear reply was: from the receipt, as the law counts. */
  readonly p99HeardMs: number | null;
}

const CONFIRMATIONS_MAX = 10_000;
/** Finding out when its opt-out reached us is most of the cost of each: some 5 µs. */
const TIMED_MAX = 2_000;

/**
 * From when the opt-out reached us, or a person decided that it was one, until the gateway took the confirmation, of the newest ones. Indexes
 * message_confirmation, the newest of the time, and suppression_history.
 */
export async function readConfirmationTimes(db: Db, since: Instant): Promise<ConfirmationTimes> {
  const { rows } = await sql<ConfirmationTimes>`
    select count(m.sent_at) as sent, count(*) filter (where m.state in ('failed', 'cancelled')) as not_sent,
      ${msOf(sql`percentile_disc(0.5) within group (order by ${confirmedAfter}) filter (where m.timed)`)} as p50_ms,
      ${msOf(sql`percentile_disc(0.99) within group (order by ${confirmedAfter}) filter (where m.timed)`)} as p99_ms,
      ${msOf(sql`percentile_disc(0.99) within group (order by ${heardBefore}) filter (where m.timed)`)} as p99_heard_ms
    from (
      select phone, sent_at, created_at, state, row_number() over (order by created_at desc) <= ${TIMED_MAX} as timed
      from message where purpose = 'opt_out_confirmation' and created_at >= ${since}
      order by created_at desc limit ${CONFIRMATIONS_MAX}) m
    left join lateral (
      select o.heard_at, case when o.how = 'review' then o.in_force_at else o.heard_at end as known_at
      from suppression s join opt_out o on o.suppression_id = s.id
      where m.timed and s.phone = m.phone and o.in_force_at <= m.created_at order by o.in_force_at desc limit 1) o on true`.execute(
    db,
  );
  return rows[0] ?? { sent: 0, notSent: 0, p50Ms: null, p99Ms: null, p99HeardMs: null };
}

const confirmedAfter = sql`m.sent_at - coalesce(o.known_at, m.created_at)`;
const heardBefore = sql`m.sent_at - coalesce(o.heard_at, m.created_at)`;
