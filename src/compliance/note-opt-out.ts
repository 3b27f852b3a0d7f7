import { type RawBuilder, sql } from 'kysely';
import type { Uuid } from '../platform/ids.ts';
import { addMs, DAY_MS, type Instant, MINUTE_MS, msBetween } from '../platform/time.ts';

/** How people opt out, as reports tell them apart. */
export const OPT_OUT_WAYS = [
  'keyword',
  'free_text',
  'review',
  'link',
  'provider',
  'person',
  'import',
  'api',
  'erasure',
] as const;
export type OptOutWay = (typeof OPT_OUT_WAYS)[number];

/** An opt-out that takes effect, beside its suppression. */
export interface OptOutNote {
  readonly phone: string;
  readonly how: OptOutWay;
  /** When the person said it, by the provider's clock; absent when nobody knows. */
  readonly saidAt?: Instant | undefined;
  /** When it reached us; absent when it is told by the very act. */
  readonly heardAt?: Instant | undefined;
  /** The campaign text that it answers, null when it answers none; absent when that is to be found. */
  readonly enrollmentId?: Uuid | null | undefined;
  readonly now: Instant;
}

/** An opt-out counts against the newest campaign text of this many days, as a reply does. */
export const COUNTS_AGAINST_TEXT_MS = 7 * DAY_MS;
/** A text that we began after the person wrote was not what they answered; the provider's clock may be a little behind ours. */
export const CLOCK_SKEW_MS = MINUTE_MS;

/**
 * Common table expressions behind a `made` that returns the id of the suppression when the opt-out begins with it: notes it, against the
 * campaign text before it, whose enrollment is marked. In one statement with what else ends enrollments, so that the counters of campaigns
 * come after all rows. A text counts once. Index message_phone.
 */
export function noteOptOutSql(note: OptOutNote): RawBuilder<unknown> {
  const { phone, how, saidAt, heardAt, enrollmentId, now } = note;
  const at = saidAt ?? now;
  const answered =
    enrollmentId === undefined
      ? sql`m.attempted_at between ${addMs(at, -COUNTS_AGAINST_TEXT_MS)} and ${addMs(at, CLOCK_SKEW_MS)}`
      : sql`m.enrollment_id = ${enrollmentId}`;
  return sql`against as (
      select e.id, e.campaign_id, e.variant_id, newest.lane_id, newest.attempted_at as text_at, split_part(e.zone_group, '|', 1) as place
      from (
        select m.enrollment_id, m.lane_id, m.attempted_at from message m
        where m.phone = ${phone} and m.purpose = 'campaign' and m.state in ('handing_over', 'unknown', 'sent', 'delivered')
          and ${answered}
        order by m.created_at desc limit 1) newest
      join enrollment e on e.id = newest.enrollment_id
      where not exists (select from opt_out o where o.enrollment_id = e.id)
    ), counted as (
      update enrollment e set opted_out_at = ${at} from against a
      where e.id = a.id and e.opted_out_at is null and exists (select from made)
    ), noted as (
      insert into opt_out (suppression_id, how, said_at, heard_at, in_force_at, enrollment_id, text_at, campaign_id, variant_id, lane_id, place)
      select made.id, ${how}, ${saidAt ?? null}, ${heardAt ?? now}, ${now}, a.id, a.text_at, a.campaign_id, a.variant_id, a.lane_id, a.place
      from made left join against a on true
    )`;
}

/** For the audit entry: how long it took from when it reached us. */
export const latencyOf = ({ saidAt, heardAt, now }: Pick<OptOutNote, 'saidAt' | 'heardAt' | 'now'>) => ({
  ...(saidAt === undefined ? {} : { saidAt: saidAt.toString() }),
  heardAt: (heardAt ?? now).toString(),
  inForceAt: now.toString(),
  latencyMs: msBetween(heardAt ?? now, now),
});
