import { sql } from 'kysely';
import { type AudienceRule, audienceConditions } from '../audiences/audience.ts';
import { readEligibilityFacts } from '../audiences/eligibility-facts.ts';
import { contactNameSql } from '../audiences/preview-audience.ts';
import type { AskedConsent } from '../compliance/consent-policy.ts';
import { type EligibilityCheck, eligibilityChecksSql } from '../compliance/eligibility.ts';
import type { RuleInputs } from '../compliance/rule-inputs.ts';
import { neverTextedSql } from '../messages/texted-before.ts';
import type { Db } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import { type Instant, instant } from '../platform/time.ts';
import { recentSince, recentTextsSql } from '../sending/claim-store.ts';
import type { PersonFields } from '../sending/decide-intents.ts';
import { freshPace, type PaceLimits, type PaceUsed } from '../sending/decide-pace.ts';
import type { StoredDecision } from '../sending/decision.ts';
import type { EnrollmentState } from './campaign.ts';
import type { CampaignLane } from './decide-lane-check.ts';

/** Reads of one explanation: everything that the rules ask of one person and one campaign. None of them locks. */

export interface ExplainedPerson extends PersonFields {
  readonly id: Uuid;
  readonly name: string;
  readonly zoneGroup: string;
  readonly laneId: Uuid | null;
  readonly createdAt: Instant;
  readonly eligibility: readonly EligibilityCheck[];
  /** In the order of `audienceConditions`. */
  readonly conditions: readonly { readonly met: boolean | null; readonly has: RuleInputs }[];
  readonly recentTextsAt: readonly Instant[];
  /** No text of another campaign or of a person has ever gone out to them. */
  readonly isFirst: boolean;
}

interface StoredPerson extends Omit<ExplainedPerson, 'recentTextsAt'> {
  readonly recentTextsAt: readonly string[];
}

interface PersonQuery {
  readonly campaignId: Uuid;
  readonly contactId: Uuid;
  readonly audience: AudienceRule | null;
  readonly consent: AskedConsent | null;
  readonly now: Instant;
}

/** Primary key, then the indexes that the rules name; texts of this very campaign do not count. */
export async function readExplainedPerson(db: Db, query: PersonQuery): Promise<ExplainedPerson | undefined> {
  const { now, audience } = query;
  const conditions = audienceConditions(audience, now).map(
    ({ met, has }) => sql`jsonb_build_object('met', ${met}, 'has', ${has})`,
  );
  const own = sql`(select e.id from enrollment e where e.campaign_id = ${query.campaignId} and e.contact_id = c.id)`;
  const facts = await readEligibilityFacts(db, now, query.consent);
  const { rows } = await sql<StoredPerson>`
    select c.id, ${contactNameSql} as name, c.phone, c.first_name, c.last_name, c.email, c.company, c.street, c.city, c.state,
      c.postal_code, c.attributes, c.zone_group, c.lane_id, c.created_at, ${neverTextedSql(own)} as is_first,
      ${eligibilityChecksSql(facts)} as eligibility,
      jsonb_build_array(${sql.join(conditions)}) as conditions,
      ${recentTextsSql(recentSince(now, audience?.notContactedDays ?? null), own)} as recent_texts_at
    from contact c where c.id = ${query.contactId}`.execute(db);
  const [row] = rows;
  return row === undefined ? undefined : { ...row, recentTextsAt: row.recentTextsAt.map((at) => instant(String(at))) };
}

export interface ExplainedEnrollment {
  readonly id: Uuid;
  readonly state: EnrollmentState;
  readonly skipReason: string | null;
  readonly failureCode: string | null;
  readonly variantId: Uuid | null;
  readonly laneId: Uuid | null;
  readonly zoneGroup: string;
  readonly notBefore: Instant;
  readonly createdAt: Instant;
  readonly sentAt: Instant | null;
  readonly deliveredAt: Instant | null;
  readonly failedAt: Instant | null;
  readonly repliedAt: Instant | null;
  readonly optedOutAt: Instant | null;
  readonly messageId: Uuid | null;
  readonly messagePhone: string | null;
  readonly body: string | null;
  readonly encoding: 'GSM-7' | 'UCS-2' | null;
  readonly parts: number | null;
  readonly messageState: string | null;
  readonly gatewayMessageId: string | null;
  readonly messageNotBefore: Instant | null;
  readonly attemptedAt: Instant | null;
  readonly askedAt: Instant | null;
  readonly askOutcome: 'not_listed' | 'no_answer' | null;
  readonly settledBy: string | null;
  readonly decision: StoredDecision | null;
  /** The grant that was in force when the text was begun. */
  readonly consentId: Uuid | null;
  /** Had not agreed at the launch and is texted by an owner's word. */
  readonly consentWaived: boolean;
}

/** Unique (campaign, contact), then index message_enrollment_step. */
export async function readExplainedEnrollment(
  db: Db,
  query: { readonly campaignId: Uuid; readonly contactId: Uuid },
): Promise<ExplainedEnrollment | undefined> {
  const { rows } = await sql<ExplainedEnrollment>`
    select e.id, e.state, e.skip_reason, e.failure_code, e.variant_id, e.lane_id, e.zone_group, e.not_before, e.created_at, e.sent_at,
      e.delivered_at, e.failed_at, e.replied_at, e.opted_out_at, m.id as message_id, m.phone as message_phone, m.body, m.encoding, m.parts,
      m.state as message_state, m.gateway_message_id, m.not_before as message_not_before, m.attempted_at, m.asked_at, m.ask_outcome,
      m.settled_by, m.decision, m.consent_event_id as consent_id, e.consent_waived
    from enrollment e left join message m on m.enrollment_id = e.id and m.step = 1
    where e.campaign_id = ${query.campaignId} and e.contact_id = ${query.contactId}`.execute(db);
  return rows[0];
}

export interface Attempt {
  readonly attempt: number;
  readonly worker: string;
  readonly startedAt: Instant;
  readonly finishedAt: Instant | null;
  readonly outcome: string | null;
  readonly detail: string | null;
}

const ATTEMPTS_SHOWN = 20;

/** The newest attempts, the oldest of them in front. Primary key. */
export async function readAttempts(db: Db, messageId: Uuid): Promise<readonly Attempt[]> {
  const { rows } = await sql<Attempt>`
    select attempt, worker, started_at, finished_at, outcome, detail from message_attempt
    where message_id = ${messageId} order by attempt desc limit ${ATTEMPTS_SHOWN}`.execute(db);
  return rows.reverse();
}

/** The numbers of a campaign, small tables only; `now` decides the day of each. */
export async function readCampaignLanes(db: Db, campaignId: Uuid, now: Instant): Promise<readonly CampaignLane[]> {
  const { rows } = await sql<CampaignLane>`
    select l.id, l.name, l.phone, l.zone, l.state, l.state_reason, l.daily_cap, coalesce(u.reserved, 0) as used_today,
      l.parts_per_day, coalesce(u.parts, 0) as parts_today, a.name as account_name, a.state as account_state,
      a.state_reason as account_state_reason, a.breaker_open_since, a.breaker_detail, a.breaker_held_until,
      coalesce(s.owner is not null and s.expires_at > ${now}, false) as held
    from campaign_lane cl join lane l on l.id = cl.lane_id join gateway_account a on a.id = l.account_id
      left join account_lease s on s.account_id = a.id
      left join lane_usage u on u.lane_id = l.id and u.day = (${now}::timestamptz at time zone l.zone)::date
    where cl.campaign_id = ${campaignId} and cl.removed_at is null order by l.name, l.id`.execute(db);
  return rows;
}

export interface CampaignLimits {
  readonly pace: { readonly limits: PaceLimits; readonly used: PaceUsed; readonly day: string };
}

export async function readCampaignLimits(
  db: Db,
  campaignId: Uuid,
  moment: { readonly now: Instant; readonly day: string },
): Promise<CampaignLimits> {
  const { rows } = await sql<PaceLimits & { readonly [K in keyof PaceUsed]: PaceUsed[K] | null }>`
    select c.max_per_hour, c.max_per_day, c.finish_by, p.hour_start, p.hour_texts, p.day, p.day_texts, p.next_at
    from campaign c left join campaign_pace p on p.campaign_id = c.id where c.id = ${campaignId}`.execute(db);
  const [row] = rows;
  if (row === undefined) throw new Error(`campaign ${campaignId} vanished while it was explained`);
  const { maxPerHour, maxPerDay, finishBy, hourStart, hourTexts, day, dayTexts, nextAt } = row;
  const used =
    hourStart === null || hourTexts === null || day === null || dayTexts === null || nextAt === null
      ? freshPace(moment)
      : { hourStart, hourTexts, day, dayTexts, nextAt };
  return { pace: { limits: { maxPerHour, maxPerDay, finishBy }, used, day: moment.day } };
}
