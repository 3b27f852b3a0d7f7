import { sql } from 'kysely';
import type { Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import { LIVE_CHANNEL } from '../platform/live.ts';
import type { Instant } from '../platform/time.ts';
import type { Verdict } from './decide-outcome.ts';
import { givePaceBack, lockPacesOf } from './give-pace-back.ts';

/** The result of one attempt, to be written. `at` is the instant of the answer. */
export interface AttemptResult {
  readonly messageId: Uuid;
  readonly attempt: number;
  readonly outcome: string;
  readonly verdict: Verdict | HandVerdict;
  readonly at: Instant;
  /** Who said so, when it was a person (settle-by-hand.ts). */
  readonly settledBy?: string;
}

/** What a person may say of a text whose answer was lost. */
export type HandVerdict =
  | { readonly to: 'sent'; readonly gatewayMessageId: string | null; readonly detail: string }
  | { readonly to: 'pending'; readonly notBefore: Instant; readonly detail: string }
  | { readonly to: 'cancelled'; readonly code: string; readonly detail: string };

/**
 * Locks the campaigns of these texts in share mode, before anything else of theirs: a cancellation is then wholly before (what was
 * not sent ends here) or wholly after (it finds them waiting).
 */
export async function holdCampaigns(tx: Tx, messageIds: readonly Uuid[]): Promise<void> {
  await sql`
    select 1 from campaign c where c.id in (
      select e.campaign_id from message m join enrollment e on e.id = m.enrollment_id where m.id = any(${messageIds}::uuid[]))
    order by c.id for share`.execute(tx);
}

/**
 * Moves messages out of `from` (the state in which the verdict was reached), their enrollments with them, closes the attempts and
 * gives back the caps of what was not sent. What was not sent for a cancelled campaign ends with it, and so it does when the text is
 * pointless by now and such ones are to be dropped. Rows that have moved on meanwhile (a receipt came first) are left alone.
 * Tells those who look at them, and returns how many have moved.
 */
export async function recordResults(
  tx: Tx,
  input: {
    readonly accountId: Uuid;
    readonly from: 'handing_over' | 'unknown';
    readonly results: readonly AttemptResult[];
    readonly now: Instant;
  },
): Promise<number> {
  const { results } = input;
  const mayEnd = results.flatMap(({ messageId, verdict }) =>
    verdict.to === 'sent' || verdict.to === 'unknown' ? [] : [messageId],
  );
  if (mayEnd.length > 0) await lockPacesOf(tx, mayEnd);
  const values = results.map(({ messageId, attempt, outcome, verdict, at, settledBy }) => ({
    id: messageId,
    attempt,
    outcome,
    state: verdict.to,
    at: at.toString(),
    gateway_id: verdict.to === 'sent' ? verdict.gatewayMessageId : null,
    code: verdict.to === 'failed' || verdict.to === 'cancelled' ? verdict.code : null,
    detail: verdict.to === 'failed' ? verdict.message : 'detail' in verdict ? verdict.detail : null,
    settled_by: settledBy ?? null,
    not_before: verdict.to === 'pending' ? verdict.notBefore.toString() : null,
  }));
  const { rows } = await sql<{ moved: number; unsent: readonly Uuid[] }>`
    with result as materialized (
      select x.id, x.attempt, x.outcome, x.at, x.gateway_id, x.detail, x.not_before, x.settled_by,
        case when ended is null then x.state else 'cancelled' end as state, coalesce(ended, x.code) as code
      from jsonb_to_recordset(${JSON.stringify(values)}::jsonb)
        as x (id uuid, attempt integer, outcome text, state text, at timestamptz, gateway_id text, code text, detail text, not_before timestamptz,
          settled_by text),
        -- Looked up for those that would wait again only.
        lateral (select case when x.state = 'pending' then (
          select case c.state when 'cancelled' then 'cancelled' else 'pointless' end
          from message m join enrollment e on e.id = m.enrollment_id join campaign c on c.id = e.campaign_id
          where m.id = x.id and (c.state = 'cancelled'
            or (c.state = 'running' and c.pointless_action = 'drop' and c.pointless_after <= ${input.now}::timestamptz))) end as ended) campaign
    ), moved as (
      update message m set state = r.state, gateway_message_id = coalesce(r.gateway_id, m.gateway_message_id),
        failure_code = r.code, failure_message = case when r.state <> 'sent' then r.detail end, settled_by = r.settled_by,
        sent_at = case when r.state = 'sent' then r.at else m.sent_at end,
        failed_at = case when r.state = 'failed' then r.at end,
        not_before = coalesce(r.not_before, m.not_before)
      from result r
      where m.id = r.id and m.state = ${sql.lit(input.from)} and m.account_id = ${input.accountId} and m.attempts = r.attempt
      returning m.id, m.enrollment_id, m.lane_id, m.cap_day, m.attempts, m.parts, r.state, r.at, r.code, r.not_before, r.outcome, r.detail
    ), closed as (
      update message_attempt a set finished_at = m.at, outcome = m.outcome, detail = m.detail
      from moved m where a.message_id = m.id and a.attempt = m.attempts
    ), given_back as (
      update lane_usage u set reserved = u.reserved - b.texts, parts = u.parts - b.parts
      from (select lane_id, cap_day, count(*) as texts, sum(parts) as parts from moved
        where state in ('pending', 'failed', 'cancelled') and cap_day is not null group by 1, 2) b
      where u.lane_id = b.lane_id and u.day = b.cap_day
    ), enrolled as (
      update enrollment e set state = case m.state when 'cancelled' then 'skipped' else m.state end,
        skip_reason = case m.state when 'cancelled' then m.code end,
        -- Parts are counted while a text is with the gateway, not for one that waits again.
        parts = case when m.state in ('pending', 'cancelled') then null else e.parts end, sent_at = case when m.state = 'sent' then m.at else e.sent_at end,
        failed_at = case when m.state = 'failed' then m.at end, failure_code = case m.state when 'failed' then m.code end,
        not_before = coalesce(m.not_before, e.not_before)
      from moved m where e.id = m.enrollment_id
      returning e.campaign_id
    )
    select (select count(*) from moved) as moved, array(select id from moved where state in ('pending', 'failed', 'cancelled')) as unsent,
      (select count(pg_notify(${LIVE_CHANNEL}, topic)) from (
      select 'campaign:' || campaign_id as topic from enrolled
      union select 'inbox' from moved where enrollment_id is null) told) as told`.execute(tx);
  const { moved, unsent } = rows[0] ?? { moved: 0, unsent: [] };
  if (unsent.length > 0) await givePaceBack(tx, unsent);
  return moved;
}

/**
 * A new holder finds what its predecessor had begun: whether the gateway took it cannot be known here. Index message_unsettled.
 */
export async function markOrphansUnknown(
  tx: Tx,
  input: { readonly accountId: Uuid; readonly epoch: number; readonly now: Instant },
): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    with orphan as (
      update message set state = 'unknown', failure_message = 'the worker stopped before the answer was recorded', not_before = ${input.now}
      where account_id = ${input.accountId} and state = 'handing_over' and lease_epoch < ${input.epoch}
      returning id, enrollment_id, attempts
    ), closed as (
      update message_attempt a set finished_at = ${input.now}, outcome = 'unknown', detail = 'worker stopped'
      from orphan o where a.message_id = o.id and a.attempt = o.attempts and a.outcome is null
    ), enrolled as (
      update enrollment e set state = 'unknown' from orphan o where e.id = o.enrollment_id and e.state = 'handing_over'
    )
    select count(*) as n from orphan`.execute(tx);
  return rows[0]?.n ?? 0;
}

/** One that was draining drains again when its pause ends by itself. */
export async function pauseLane(
  tx: Tx,
  input: { readonly laneId: Uuid; readonly reason: string; readonly until: Instant | null; readonly now: Instant },
): Promise<void> {
  await sql`
    update lane set state = 'paused', paused_by_engine = true, drains_after_pause = state = 'draining', state_reason = ${input.reason},
      paused_until = ${input.until}, updated_at = ${input.now}
    where id = ${input.laneId} and state in ('active', 'draining')`.execute(tx);
}

/** All lanes of an account that send, until an instant. */
export async function pauseLanesOf(
  tx: Tx,
  input: { readonly accountId: Uuid; readonly reason: string; readonly until: Instant; readonly now: Instant },
): Promise<void> {
  await sql`
    update lane set state = 'paused', paused_by_engine = true, drains_after_pause = state = 'draining', state_reason = ${input.reason},
      paused_until = ${input.until}, updated_at = ${input.now}
    where account_id = ${input.accountId} and state in ('active', 'draining')`.execute(tx);
}

/** Lanes whose pause has ended by itself go on. */
export async function resumeDueLanes(tx: Tx, accountId: Uuid, now: Instant): Promise<void> {
  await sql`
    update lane set state = case when drains_after_pause then 'draining' else 'active' end, drains_after_pause = false, paused_by_engine = false,
      state_reason = case when drains_after_pause then 'Takes no new people, as before its pause' end, paused_until = null, updated_at = ${now}
    where account_id = ${accountId} and state = 'paused' and paused_until <= ${now}`.execute(tx);
}

export async function pauseAccount(
  tx: Tx,
  input: { readonly accountId: Uuid; readonly reason: string; readonly now: Instant },
): Promise<void> {
  await sql`
    update gateway_account set state = 'paused', paused_by_engine = true, state_reason = ${input.reason}, updated_at = ${input.now}
    where id = ${input.accountId} and state = 'active'`.execute(tx);
}
