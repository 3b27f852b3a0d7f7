import { isDeepStrictEqual } from 'node:util';
import { type RawBuilder, sql } from 'kysely';
import { eligibilityFacts, readStanding, type Standing, standingSql } from '../audiences/eligibility-facts.ts';
import { isPointlessSql } from '../campaigns/pointless-store.ts';
import { CAMPAIGN_PURPOSE } from '../compliance/consent.ts';
import type { AskedConsent } from '../compliance/consent-policy.ts';
import { exemptionSql, isListedOn, listsAskedSql } from '../compliance/dnc-eligibility.ts';
import { OWN_KINDS } from '../compliance/dnc-rules.ts';
import { claimReasonSql } from '../compliance/eligibility.ts';
import { heldUntilSql } from '../compliance/held-number.ts';
import { consentInForce, joinedConsentReasonSql } from '../compliance/needs-consent.ts';
import { validationSql } from '../compliance/number-rules.ts';
import { waitsForListSql } from '../compliance/waiting-for-list.ts';
import { mayHaveGoneOut, neverTextedSql } from '../messages/texted-before.ts';
import type { Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import { addMs, DAY_MS, type Instant, instant } from '../platform/time.ts';
import type { Intent, Recipient } from './decide-intents.ts';
import { freshPace, type PaceMoment, type PaceUsed } from './decide-pace.ts';
import { heldLease, type Lease, LeaseLost } from './lease-store.ts';
import { paceUsedFrom, paceUsedJson, type StoredPaceUsed } from './pace-used-store.ts';

/** Statements of the claim and the intent; `claim.ts` says in which order and why. */

/** What a claim stands on. */
export interface Ground {
  /**
   * False when it runs no longer, when the lane is none of its numbers any more, when its texts are pointless by now, or when it is just being changed (cancelling many people takes
   * seconds, and everything else of the account would wait). A pause waits for this transaction, or comes first.
   */
  readonly running: boolean;
  readonly lane: LaneRoom;
  /** Of a campaign that has a pace. */
  readonly pace: PaceUsed | undefined;
}

/** One row, locked in share mode, while the campaign may claim from this lane. */
export const runningCampaign = (
  { campaignId, laneId }: { readonly campaignId: Uuid; readonly laneId: Uuid },
  now: Instant,
): RawBuilder<unknown> => sql`
    select 1 from campaign c where c.id = ${campaignId} and c.state = 'running' and not ${isPointlessSql(now)}
      and exists (select from campaign_lane cl where cl.campaign_id = c.id and cl.lane_id = ${laneId} and cl.removed_at is null)
    for share skip locked`;

interface GroundQuery {
  readonly lease: Lease;
  readonly campaignId: Uuid;
  readonly laneId: Uuid;
  readonly day: string;
  /** Absent for a campaign that goes as fast as its lanes. */
  readonly pace: PaceMoment | undefined;
  readonly now: Instant;
}

/**
 * Locks, one after the other: the lease (share mode; throws when it is lost), the campaign (share mode), the lane's counter of the day
 * and what the campaign has used of its pace, of which a first claim makes the rows. One statement, since a claim of one text
 * otherwise spends its time on the way: the values are read when it comes to them, which is what takes the lock.
 */
export async function lockGround(tx: Tx, query: GroundQuery): Promise<Ground> {
  const { lease, campaignId, laneId, day, pace, now } = query;
  const { rows } = await sql<{
    leased: boolean;
    running: boolean;
    lane: LaneUsage | null;
    pace: StoredPaceUsed | null;
  }>`
    with lease as materialized (${heldLease(lease)}),
    running as materialized (${runningCampaign(query, now)}),
    usage as materialized (${laneUsage(laneId, day)}),
    pace as materialized (select ${paceUsedJson} as used from campaign_pace p where p.campaign_id = ${campaignId} and ${pace !== undefined} for update)
    select exists (select 1 from lease) as leased, exists (select 1 from running) as running,
      (select jsonb_build_object('reserved', u.reserved, 'dailyCap', u.daily_cap, 'partsReserved', u.parts_reserved, 'partsPerDay', u.parts_per_day)
        from usage u) as lane,
      (select used from pace) as pace`.execute(tx);
  const [row] = rows;
  if (row?.leased !== true) throw new LeaseLost(lease);
  if (!row.running) return { running: false, lane: NO_ROOM, pace: undefined };
  return {
    running: true,
    lane: row.lane === null ? await firstOfDay(tx, laneId, day) : roomOf(row.lane),
    pace: pace === undefined ? undefined : (paceUsedFrom(row.pace) ?? (await firstPace(tx, campaignId, pace))),
  };
}

export interface LaneRoom {
  readonly texts: number;
  /** Infinite without a daily limit of parts. */
  readonly parts: number;
  /** What is reserved of the day, and what is allowed. */
  readonly reserved: number;
  readonly dailyCap: number;
  readonly partsReserved: number;
  readonly partsPerDay: number | null;
}

/** Nothing when the lane may not send. */
async function firstOfDay(tx: Tx, laneId: Uuid, day: string): Promise<LaneRoom> {
  await sql`insert into lane_usage (lane_id, day, reserved) values (${laneId}, ${day}, 0) on conflict do nothing`.execute(
    tx,
  );
  const [row] = (await laneUsage(laneId, day).execute(tx)).rows;
  return row === undefined ? NO_ROOM : roomOf(row);
}

function roomOf(row: LaneUsage): LaneRoom {
  const { reserved, dailyCap, partsReserved, partsPerDay } = row;
  const parts = partsPerDay === null ? Number.POSITIVE_INFINITY : partsPerDay - partsReserved;
  return { ...row, texts: dailyCap - reserved, parts };
}

const NO_ROOM: LaneRoom = { texts: 0, parts: 0, reserved: 0, dailyCap: 0, partsReserved: 0, partsPerDay: null };
type LaneUsage = Omit<LaneRoom, 'texts' | 'parts'>;

const laneUsage = (laneId: Uuid, day: string): RawBuilder<LaneUsage> => sql<LaneUsage>`
    select u.reserved, l.daily_cap, u.parts as parts_reserved, l.parts_per_day
    from lane_usage u join lane l on l.id = u.lane_id and l.state in ('active', 'draining')
    where u.lane_id = ${laneId} and u.day = ${day} for update of u for share of l`;

async function firstPace(tx: Tx, campaignId: Uuid, moment: PaceMoment): Promise<PaceUsed> {
  const fresh = freshPace(moment);
  await sql`
    insert into campaign_pace (campaign_id, hour_start, day, next_at)
    values (${campaignId}, ${fresh.hourStart}, ${fresh.day}, ${fresh.nextAt}) on conflict do nothing`.execute(tx);
  const { rows } = await sql<{ used: StoredPaceUsed }>`
    select ${paceUsedJson} as used from campaign_pace p where p.campaign_id = ${campaignId} for update`.execute(tx);
  return paceUsedFrom(rows[0]?.used ?? null) ?? fresh;
}

export async function savePace(tx: Tx, campaignId: Uuid, used: PaceUsed): Promise<void> {
  await sql`
    update campaign_pace set hour_start = ${used.hourStart}, hour_texts = ${used.hourTexts}, day = ${used.day},
      day_texts = ${used.dayTexts}, next_at = ${used.nextAt}
    where campaign_id = ${campaignId}`.execute(tx);
}

/**
 * Takes due enrollments of one campaign for one lane, group after group in the order given (the window that closes first goes
 * first), in each the people who know the lane before new ones. Rows that another transaction holds are left for the next turn,
 * also contacts that an opt-out is just locking. Index enrollment_claim; the lateral join stops at the limit, so that what waits
 * in closed groups or for other lanes is never touched.
 */
export async function lockDueEnrollments(
  tx: Tx,
  query: Waiting & { readonly now: Instant; readonly limit: number },
): Promise<readonly { readonly id: Uuid }[]> {
  const { rows } = await sql<{ id: Uuid }>`
    select due.id
    from ${queuesOf(query)}
    cross join lateral (
      select e.id from enrollment e join contact c on c.id = e.contact_id
      where e.campaign_id = ${query.campaignId} and e.state = 'pending' and e.zone_group = queue.zone_group
        and coalesce(e.lane_id, ${sql.lit(NO_LANE)}) = queue.lane_id and e.not_before <= ${query.now}
      order by e.not_before, e.id limit ${query.limit}
      for no key update of e, c skip locked
    ) due
    limit ${query.limit}`.execute(tx);
  return rows;
}

/** Those of one campaign whom a lane may serve, in groups that are open. */
interface Waiting {
  readonly campaignId: Uuid;
  readonly laneIds: readonly Uuid[];
  readonly takesNewPeople: boolean;
  readonly zoneGroups: readonly string[];
}

function queuesOf({ laneIds, takesNewPeople, zoneGroups }: Waiting) {
  const queues = takesNewPeople ? [...laneIds, NO_LANE] : laneIds;
  const places = zoneGroups.flatMap((zoneGroup) => queues.map((lane) => ({ zoneGroup, lane })));
  return sql`unnest(${places.map((place) => place.zoneGroup)}::text[], ${places.map((place) => place.lane)}::uuid[])
      with ordinality as queue (zone_group, lane_id, rank)`;
}

/** Stands for "no lane yet" in the index. */
const NO_LANE: Uuid = '00000000-0000-0000-0000-000000000000';

/** When the first of them is due, `null` when nobody waits. Index enrollment_claim: one entry of each queue. */
export async function readFirstDue(tx: Tx, query: Waiting): Promise<Instant | null> {
  const { rows } = await sql<{ at: Instant | null }>`
    select min(first.not_before) as at from ${queuesOf(query)}
    cross join lateral (
      select e.not_before from enrollment e
      where e.campaign_id = ${query.campaignId} and e.state = 'pending' and e.zone_group = queue.zone_group
        and coalesce(e.lane_id, ${sql.lit(NO_LANE)}) = queue.lane_id
      order by e.not_before limit 1) first`.execute(tx);
  return rows[0]?.at ?? null;
}

interface RecipientsQuery {
  readonly enrollmentIds: readonly Uuid[];
  readonly notTextedForDays: number | null;
  readonly consent: AskedConsent | null;
  /** Whether an owner has ever said what is to be added to first texts: nothing is asked about them otherwise. */
  readonly asksFirst: boolean;
  readonly now: Instant;
}

/** What the rules stood on when they were last asked about. */
export interface KnownStanding {
  standing: Standing | undefined;
}

/**
 * The people of claimed enrollments, with the consent that is in force: primary key of `consent`. Which rules the statement asks goes by
 * policy and lists; it tells them itself, and is made anew when they are no longer what the claim before found.
 */
export async function readRecipients(
  tx: Tx,
  query: RecipientsQuery,
  known: KnownStanding,
): Promise<readonly Recipient[]> {
  known.standing ??= await readStanding(tx, query.now);
  for (;;) {
    const { recipients, standing } = await recipientsUnder(tx, query, known.standing);
    if (isDeepStrictEqual(standing, known.standing)) return recipients;
    known.standing = standing;
  }
}

async function recipientsUnder(
  tx: Tx,
  query: RecipientsQuery,
  assumed: Standing,
): Promise<{ readonly recipients: readonly Recipient[]; readonly standing: Standing }> {
  const since = recentSince(query.now, query.notTextedForDays);
  const facts = eligibilityFacts(assumed, query.now, query.consent);
  const inForce = consentInForce(query.now);
  const asksLists = facts.dncKinds.length > 0;
  const { rows } = await sql<
    Recipient & { readonly listsAsked: readonly string[] | null; readonly standing: Standing | null }
  >`
    select case when claimed.rank = 1 then ${standingSql(query.now)} end as standing, e.id as enrollment_id, e.variant_id, e.zone_group, ${knownLane} as known_lane_id, c.id as contact_id, c.number_state,
      ${claimReasonSql(facts, joinedConsentReasonSql(facts, sql<boolean>`e.consent_waived`))} as forbidden,
      ${heldUntilSql(facts)} as held_until, ${waitsForListSql(facts, sql<boolean>`e.consent_waived`)} as waits_for_list,
      ${recentTextsSql(since, sql`e.id`)} as recent_texts_at, case when ${inForce} then k.consent_event_id end as consent_id,
      case when ${inForce} then k.kind end as consent_kind, e.consent_waived,
      ${asksLists ? sql`case when claimed.rank = 1 then ${listsAskedSql} end` : sql`null`} as lists_asked,
      ${asksLists ? sql`case when k.kind = 'express_written' and ${inForce} then null else ${exemptionSql(query.now)} end` : sql`null`} as exemption_id,
      ${facts.numbersWereAsked ? validationSql : sql`null`} as validation,
      ${query.asksFirst ? firstText : sql`null`} as first_text,
      c.phone, c.first_name, c.last_name, c.email, c.company, c.street, c.city, c.state, c.postal_code, c.attributes
    from unnest(${query.enrollmentIds}::uuid[]) with ordinality as claimed (id, rank)
    join enrollment e on e.id = claimed.id join contact c on c.id = e.contact_id
    left join consent k on k.phone = c.phone and k.purpose = ${query.consent?.purpose ?? CAMPAIGN_PURPOSE}
    order by claimed.rank`.execute(tx);
  // The same for everybody: read once.
  const listsAsked = rows[0]?.listsAsked ?? null;
  const standing = rows[0]?.standing ?? assumed;
  const recipients = rows.map((row) => ({
    ...row,
    listsAsked,
    recentTextsAt: row.recentTextsAt.map((at) => instant(String(at))),
  }));
  return { recipients, standing };
}

/**
 * Over `enrollment e` and its `contact c`: what an earlier attempt added, or else whether this is the first text to the person. Index
 * message_enrollment_step.
 */
const firstText = sql<Recipient['firstText']>`coalesce(
      (select jsonb_build_object('addedBefore', m.decision -> 'optOutAdded') from message m where m.enrollment_id = e.id and m.step = 1),
      jsonb_build_object('isFirst', ${neverTextedSql(sql`e.id`)}))`;

/**
 * Over `enrollment e` and its `contact c`: the number that the person waits for, or has come to know since (by a text of another campaign,
 * or their own), when the campaign still has it. Primary key of campaign_lane.
 */
const knownLane = sql<Uuid | null>`coalesce(e.lane_id, case when c.lane_id is not null then (
      select cl.lane_id from campaign_lane cl join lane l on l.id = cl.lane_id and l.state <> 'off'
      where cl.campaign_id = e.campaign_id and cl.lane_id = c.lane_id and cl.removed_at is null) end)`;

/**
 * Over `contact c`, as a JSON array: when the other campaign texts to the person began since then, newest first, at this number and at those
 * that were merged into the contact. One that the gateway took counts whatever became of it: carriers report failures of texts that arrived.
 * Looked for only when the contact's row says that there was one (indexes message_phone and contact_number_contact).
 */
export const recentTextsSql = (since: Instant, exceptEnrollment: RawBuilder<unknown>): RawBuilder<readonly string[]> =>
  sql<readonly string[]>`case when c.last_campaign_text_at > ${since} then coalesce((
    select jsonb_agg(m.attempted_at order by m.attempted_at desc) from message m
    where m.phone = any(array_append(array(select n.phone from contact_number n where n.contact_id = c.id), c.phone))
      and m.purpose = 'campaign' and m.enrollment_id is distinct from ${exceptEnrollment}
      and m.attempted_at > ${since} and ${mayHaveGoneOut}), '[]') else '[]' end`;

/** How far back other texts matter: a day, or as long as the audience asks for. */
export const recentSince = (now: Instant, notTextedForDays: number | null): Instant =>
  addMs(now, -Math.max(1, notTextedForDays ?? 0) * DAY_MS);

/** What becomes of one claimed person. */
export type EnrollmentMove = { readonly id: Uuid } & (
  | { readonly to: 'handing_over'; readonly parts: number }
  | { readonly to: 'skipped' | 'failed'; readonly reason: string }
  /**
   * Waits until the frequency cap lets the next text through, or until a person must have decided on a reply; or for what this rule waits
   * for, which is looked at again then.
   */
  | { readonly to: 'pending'; readonly notBefore: Instant; readonly waitsFor: string | null }
  /** Waits for the number that they have come to know. */
  | { readonly to: 'pending'; readonly laneId: Uuid }
);

/**
 * Moves everybody of one claim in one statement, so that the counters of the campaign are locked once and in the order of their key.
 * It is the last of a claim: whoever else counts for this campaign waits for no more than the commit.
 */
export async function moveEnrollments(
  tx: Tx,
  input: { readonly laneId: Uuid; readonly now: Instant; readonly moves: readonly EnrollmentMove[] },
): Promise<void> {
  const { laneId, now, moves } = input;
  await sql`
    update enrollment e set state = x.state, lane_id = case x.state when 'handing_over' then ${laneId} else coalesce(x.lane_id, e.lane_id) end,
      parts = x.parts, not_before = coalesce(x.not_before, e.not_before),
      skip_reason = case x.state when 'skipped' then x.reason end, failure_code = case x.state when 'failed' then x.reason end,
      failed_at = case x.state when 'failed' then ${now}::timestamptz end, waits_for = x.waits_for
    from unnest(${moves.map((move) => move.id)}::uuid[], ${moves.map((move) => move.to)}::text[],
      ${moves.map((move) => ('parts' in move ? move.parts : null))}::smallint[],
      ${moves.map((move) => ('notBefore' in move ? move.notBefore.toString() : null))}::timestamptz[],
      ${moves.map((move) => ('reason' in move ? move.reason : null))}::text[],
      ${moves.map((move) => ('laneId' in move ? move.laneId : null))}::uuid[],
      ${moves.map((move) => ('waitsFor' in move ? move.waitsFor : null))}::text[]) as x (id, state, parts, not_before, reason, lane_id, waits_for)
    where e.id = x.id and e.state = 'pending'`.execute(tx);
}

/** The texts of earlier attempts that provably did not go out end with their enrollments. */
export async function endWaitingTexts(
  tx: Tx,
  rows: readonly { readonly id: Uuid; readonly reason: string }[],
): Promise<void> {
  if (rows.length === 0) return;
  await sql`
    update message m set state = 'cancelled', failure_code = x.reason
    from unnest(${rows.map((row) => row.id)}::uuid[], ${rows.map((row) => row.reason)}::text[]) as x (id, reason)
    where m.enrollment_id = x.id and m.state = 'pending'`.execute(tx);
}

export interface PreparedMessage {
  readonly messageId: Uuid;
  readonly enrollmentId: Uuid;
  readonly attempt: number;
}

/**
 * Writes what is about to be handed over, with its attempts, its share of the lane's day and the mark on its people, in one
 * statement. `unique (enrollment, step)` makes a second message impossible; a message that was provably not sent before is taken up
 * again under its old id.
 */
export async function insertIntents(
  tx: Tx,
  input: {
    readonly lease: Lease;
    readonly laneId: Uuid;
    readonly day: string;
    readonly now: Instant;
    readonly intents: readonly Intent[];
    readonly parts: number;
  },
): Promise<readonly PreparedMessage[]> {
  const { lease, laneId, now, intents } = input;
  const column = <K extends keyof Intent>(key: K): readonly Intent[K][] => intents.map((intent) => intent[key]);
  const { kinds, kindOf } = decisionKinds(intents);
  const { rows } = await sql<{ id: Uuid; enrollmentId: Uuid; attempts: number }>`
    with written as (
      insert into message as m (id, account_id, lane_id, conversation_id, contact_id, direction, purpose, enrollment_id, phone, body,
        encoding, parts, state, attempts, lease_epoch, cap_day, not_before, not_after, created_at, attempted_at, consent_event_id, decision)
      select x.id, ${lease.accountId}, ${laneId},
        (select v.id from conversation v where v.lane_id = ${laneId} and v.phone = x.phone),
        x.contact_id, 'outbound', 'campaign', x.enrollment_id, x.phone, x.body, x.encoding, x.parts, 'handing_over', 1, ${lease.epoch},
        ${input.day}::date, ${now}, (${kinds.map((kind) => kind.notAfter.toString())}::timestamptz[])[x.kind], ${now}, ${now}, x.consent_id,
        (${kinds.map((kind) => JSON.stringify(kind.decision))}::jsonb[])[x.kind]
      from unnest(${column('messageId')}::uuid[], ${column('enrollmentId')}::uuid[], ${column('contactId')}::uuid[],
        ${column('phone')}::text[], ${column('body')}::text[], ${column('encoding')}::text[], ${column('parts')}::smallint[],
        ${kindOf}::smallint[], ${column('consentId')}::uuid[])
        as x (id, enrollment_id, contact_id, phone, body, encoding, parts, kind, consent_id)
      on conflict (enrollment_id, step) where enrollment_id is not null do update set
        lane_id = excluded.lane_id, account_id = excluded.account_id, conversation_id = excluded.conversation_id, body = excluded.body,
        encoding = excluded.encoding, parts = excluded.parts, state = 'handing_over', attempts = m.attempts + 1,
        lease_epoch = excluded.lease_epoch, cap_day = excluded.cap_day, not_after = excluded.not_after, attempted_at = excluded.attempted_at,
        consent_event_id = excluded.consent_event_id, decision = excluded.decision
        where m.state = 'pending'
      returning m.id, m.enrollment_id, m.attempts
    ), attempted as (
      insert into message_attempt (message_id, attempt, lease_epoch, worker, started_at)
      select id, attempts, ${lease.epoch}, ${lease.owner}, ${now} from written
    ), marked as (
      update contact c set last_campaign_text_at = ${now}, lane_id = coalesce(c.lane_id, ${laneId})
      where c.id = any(${column('contactId')}::uuid[])
    ), counted as (
      update lane_usage set reserved = reserved + ${intents.length}, parts = parts + ${input.parts}
      where lane_id = ${laneId} and day = ${input.day}
    )
    select id, enrollment_id, attempts from written`.execute(tx);
  if (rows.length !== intents.length)
    throw new Error(
      `intent of ${intents.length} messages wrote ${rows.length}: a pending enrollment had a message that was not waiting`,
    );
  return rows.map((row) => ({ messageId: row.id, enrollmentId: row.enrollmentId, attempt: row.attempts }));
}

/** People whose window, frequency and lane are alike are decided alike: what they share is sent and read once. Kinds count from 1. */
function decisionKinds(intents: readonly Intent[]): {
  readonly kinds: readonly Pick<Intent, 'notAfter' | 'decision'>[];
  readonly kindOf: readonly number[];
} {
  const kinds = new Map<string, { readonly place: number; readonly intent: Intent }>();
  const kindOf = intents.map((intent) => {
    const key = `${intent.notAfter.epochMilliseconds} ${JSON.stringify(intent.decision)}`;
    const known = kinds.get(key) ?? { place: kinds.size + 1, intent };
    kinds.set(key, known);
    return known.place;
  });
  return { kinds: [...kinds.values()].map(({ intent }) => intent), kindOf };
}

export interface DirectMessage {
  readonly id: Uuid;
  readonly laneId: Uuid;
  readonly phone: string;
  readonly body: string;
  readonly parts: number;
  readonly attempts: number;
  readonly notAfter: Instant | null;
}

/**
 * Confirmations of opt-outs that wait, then the other answers of the program, then replies of people, then its own checks
 * and questions whether an opt-in was theirs, the oldest first; with `automaticOnly` only the answers of the program, since they are soon
 * too late. Index message_direct_pending.
 */
export async function lockDirectMessages(
  tx: Tx,
  query: { readonly accountId: Uuid; readonly now: Instant; readonly limit: number; readonly automaticOnly: boolean },
): Promise<readonly Uuid[]> {
  const { rows } = await sql<{ id: Uuid }>`
    select m.id from message m join lane l on l.id = m.lane_id and l.state <> 'off'
    where m.account_id = ${query.accountId} and m.state = 'pending' and m.purpose <> 'campaign' and m.not_before <= ${query.now}
      and (m.purpose not in ('reply', 'opt_in_request') or not ${query.automaticOnly})
    order by case m.purpose when 'opt_out_confirmation' then 1 when 'reply' then 3 when 'health_check' then 4 when 'opt_in_request' then 4 else 2 end,
      m.not_before, m.id limit ${query.limit} for update of m skip locked`.execute(tx);
  return rows.map((row) => row.id);
}

/** What may go to somebody who has opted out: that it was heard, who we are, and our own checks of our own numbers. */
const MAY_FOLLOW_OPT_OUT = ['opt_out_confirmation', 'help', 'health_check'];

/**
 * Ends what must not go out any more: a text to a number that was suppressed since, an answer that is too late, a question whether an opt-in
 * was theirs when none waits for its answer any more, or when a list of our own has come to hold the number while it waited for the morning.
 */
export async function cancelStaleDirect(tx: Tx, ids: readonly Uuid[], now: Instant): Promise<void> {
  await sql`
    update message m set state = 'cancelled',
      failure_code = case when m.not_after < ${now} then 'too_late' when ${notAwaited(now)} then 'not_awaited'
        when ${askedOfListed} then 'do_not_call' else 'opted_out' end
    where m.id = any(${ids}::uuid[]) and (m.not_after < ${now} or ${notAwaited(now)} or ${askedOfListed} or (m.purpose <> all(${MAY_FOLLOW_OPT_OUT}::text[])
      and exists (select 1 from suppression s where s.phone = m.phone and s.lifted_at is null)))`.execute(tx);
}

/** Over `message m`. Primary key of consent. */
const notAwaited = (now: Instant): RawBuilder<boolean> =>
  sql<boolean>`(m.purpose = 'opt_in_request' and not exists (
    select from consent k where k.phone = m.phone and k.state = 'pending' and k.confirm_until > ${now}))`;

const askedOfListed = sql<boolean>`(m.purpose = 'opt_in_request' and ${isListedOn(OWN_KINDS, sql`m.phone`)})`;

/** The same of all answers of an account that are too late, also of those that nothing may hand over. Index message_direct_pending. */
export async function endLateDirect(tx: Tx, accountId: Uuid, now: Instant): Promise<void> {
  await sql`
    update message m set state = 'cancelled', failure_code = 'too_late'
    where m.account_id = ${accountId} and m.state = 'pending' and m.purpose <> 'campaign' and m.not_before <= ${now}
      and m.not_after < ${now}`.execute(tx);
}

/** Begins their attempts, in the order given. */
export async function startDirect(
  tx: Tx,
  lease: Lease,
  ids: readonly Uuid[],
  now: Instant,
): Promise<readonly DirectMessage[]> {
  const { rows } = await sql<DirectMessage>`
    with started as (
      update message set state = 'handing_over', attempts = attempts + 1, lease_epoch = ${lease.epoch}, attempted_at = ${now}
      where id = any(${ids}::uuid[]) and state = 'pending'
      returning id, lane_id, phone, body, parts, attempts, not_after
    ), attempted as (
      insert into message_attempt (message_id, attempt, lease_epoch, worker, started_at)
      select id, attempts, ${lease.epoch}, ${lease.owner}, ${now} from started
    )
    select started.* from unnest(${ids}::uuid[]) with ordinality as asked (id, rank) join started using (id)
    order by asked.rank`.execute(tx);
  return rows;
}
