import { sql } from 'kysely';
import type { Db } from '../../src/platform/database.ts';
import type { Uuid } from '../../src/platform/ids.ts';
import type { Instant } from '../../src/platform/time.ts';
import type { PeopleChecks } from './check-people.ts';
import { COUNTS } from './counted-texts.ts';
import type { Limits } from './limits.ts';

interface BegunRow {
  readonly id: Uuid;
  readonly attempts: number;
  readonly phone: string;
  readonly purpose: string;
  readonly attemptedAt: Instant;
  readonly suppressed: boolean;
  /** A reply of the number may be an opt-out, and nobody has decided. */
  readonly held: boolean;
  readonly accountId: Uuid;
  readonly epoch: number;
  readonly laneState: string;
  /** Null for confirmations and replies. */
  readonly campaignId: Uuid | null;
  readonly campaignState: string | null;
  /** The lane is one of its numbers; null as above. */
  readonly fromItsNumber: boolean | null;
  /** It would arrive too late to mean anything, and was to be dropped or asked about then. */
  readonly pointless: boolean;
  readonly campaignName: string | null;
  readonly namesConsent: boolean;
  /** Of the consent that its record names, if that was in force when it was begun. */
  readonly consentKind: string | null;
  /** The newest written consent was in force then: there is none better. */
  readonly hasWritten: boolean;
}

interface Case {
  /** Attempts that were looked at. */
  readonly known: Set<string>;
  /** The newest epoch of each account under which anything was begun. */
  readonly epochs: Map<Uuid, number>;
  readonly stoppedMs: ReadonlyMap<string, number>;
  readonly people: PeopleChecks;
  /** Names of the campaigns that ask for a written consent. */
  readonly asksWritten: ReadonlySet<string>;
  readonly limits: Limits;
  readonly messagesPerDay: number;
  readonly violations: string[];
}

/**
 * Over `message m`: its person gave the consent `v`, confirmed it in time where that was asked, it had not ended, and they took nothing back
 * since. Without statistics the server takes a kind or an action for as rare as a number, and would walk through everybody's: with an
 * expression it takes the index of the numbers.
 */
const IN_FORCE = sql`v.phone = m.phone and v.action || '' = 'grant' and v.occurred_at <= m.attempted_at
  and (v.valid_until is null or v.valid_until > m.attempted_at)
  and (v.confirm_until is null or exists (select from consent_event y where y.phone = v.phone and y.action || '' = 'confirm'
    and y.occurred_at >= v.occurred_at and y.occurred_at < v.confirm_until and y.occurred_at <= m.attempted_at))
  and not exists (select 1 from consent_event r where r.phone = v.phone and r.action || '' = 'revoke' and r.occurred_at >= v.occurred_at)`;

/** Hand-overs that have just begun: whom they must not go to, and what they must not exceed. Returns those of campaigns. */
export async function checkBegun(db: Db, run: Case): Promise<readonly BegunRow[]> {
  const { rows } = await sql<BegunRow>`
    select m.id, m.attempts, m.phone, m.purpose, m.attempted_at, m.account_id, m.lease_epoch as epoch, l.state as lane_state,
      exists (select 1 from suppression s where s.phone = m.phone and s.lifted_at is null) as suppressed,
      exists (select 1 from opt_out_review r where r.phone = m.phone and r.decided_at is null) as held,
      c.id as campaign_id, c.name as campaign_name, c.state as campaign_state,
      (select cl.removed_at is null from campaign_lane cl where cl.campaign_id = c.id and cl.lane_id = m.lane_id) as from_its_number,
      coalesce(c.pointless_after <= m.attempted_at and (c.pointless_action = 'drop'
        or c.pointless_action = 'ask' and c.pointless_asked is distinct from c.pointless_after), false) as pointless,
      m.consent_event_id is not null as names_consent,
      (select v.kind from consent_event v where v.id = m.consent_event_id and ${IN_FORCE}) as consent_kind,
      exists (select 1 from consent_event v where v.kind || '' = 'express_written' and ${IN_FORCE} and not exists (
        select 1 from consent_event n where n.phone = v.phone and n.action || '' = 'grant' and n.kind || '' = v.kind and n.occurred_at >= v.occurred_at
          and n.id <> v.id)) as has_written
    from message m join lane l on l.id = m.lane_id
      left join enrollment e on e.id = m.enrollment_id left join campaign c on c.id = e.campaign_id
    where m.state = 'handing_over' and m.id || ' ' || m.attempts <> all(${[...run.known]}::text[])`.execute(db);
  for (const row of rows) {
    run.known.add(`${row.id} ${row.attempts}`);
    checkOne(row, run);
  }
  const ofCampaigns = rows.filter((row) => row.purpose === 'campaign');
  if (ofCampaigns.length === 0) return [];
  await checkUsed(
    db,
    ofCampaigns.map(({ id }) => id),
    run,
  );
  await run.people.begun(ofCampaigns, run.messagesPerDay);
  await checkPace(db, rows, run);
  return ofCampaigns;
}

function checkOne(row: BegunRow, { stoppedMs, asksWritten, epochs, violations }: Case): void {
  const text = `a ${row.purpose} text to ${row.phone} was begun`;
  if (row.purpose === 'campaign' && row.held) violations.push(`hold: ${text} while a reply waited to be decided on`);
  const forbidden = !['opt_out_confirmation', 'help', 'health_check'].includes(row.purpose);
  if (forbidden && row.suppressed) violations.push(`opt-out: ${text} while the number was suppressed`);
  if (forbidden && stoppedMs.has(row.phone))
    violations.push(`opt-out: ${text} after its STOP was answered, or it was erased, and no START since`);
  if (row.campaignState !== null && row.campaignState !== 'running')
    violations.push(`pause: ${text} while its campaign was ${row.campaignState}`);
  if (row.pointless) violations.push(`pointless: ${text} after the instant from which it means nothing`);
  if (row.fromItsNumber === false) violations.push(`lane: ${text} from a number that was taken out of its campaign`);
  const newest = epochs.get(row.accountId) ?? 0;
  if (row.epoch < newest)
    violations.push(`fence: ${text} under epoch ${row.epoch} after others under epoch ${newest} of its account`);
  epochs.set(row.accountId, Math.max(newest, row.epoch));
  const isCampaign = row.purpose === 'campaign';
  if (row.namesConsent ? !isCampaign || row.consentKind === null : isCampaign && row.hasWritten)
    violations.push(`consent: ${text} with another consent on record than was in force`);
  if (asksWritten.has(row.campaignName ?? '') && row.consentKind !== 'express_written')
    violations.push(`consent: ${text} without the written consent that its campaign asks for`);
  // An answer may be on its way when its lane is switched off.
  if (row.purpose === 'campaign' && (row.laneState === 'off' || row.laneState === 'paused'))
    violations.push(`lane: ${text} from a lane that was ${row.laneState}`);
}

/** Caps, parts of a day and frequency, each with the limit that is in force now: the claim reads them in its transaction. */
async function checkUsed(db: Db, ids: readonly Uuid[], { messagesPerDay, violations }: Case): Promise<void> {
  const { rows } = await sql<{ said: string }>`
    with fresh as (
      select m.lane_id, m.phone, m.attempted_at, l.zone, l.gateway_ref, l.daily_cap, l.parts_per_day,
        (m.attempted_at at time zone l.zone)::date as day
      from message m join lane l on l.id = m.lane_id where m.id = any(${ids}::uuid[])
    ), used as (
      select f.gateway_ref, f.day, f.daily_cap, f.parts_per_day, count(*) as texts,
        -- Of the plain letters that the simulation writes.
        sum(case when length(m.body) <= 160 then 1 else ceil(length(m.body) / 153.0) end) as parts
      from (select distinct lane_id, zone, gateway_ref, daily_cap, parts_per_day, day from fresh) f
        join message m on m.lane_id = f.lane_id and m.purpose = 'campaign' and ${COUNTS}
          and (m.attempted_at at time zone f.zone)::date = f.day
      group by 1, 2, 3, 4
    )
    select format('cap: lane %s has %s texts on %s, its cap is %s', gateway_ref, texts, day, daily_cap) as said
    from used where texts > daily_cap
    union all
    select format('parts: lane %s has %s parts on %s, it may have %s', gateway_ref, parts, day, parts_per_day)
    from used where parts > parts_per_day
    union all
    select format('frequency: %s has %s campaign texts in 24 hours', phone, texts) from (
      select f.phone, count(*) as texts from fresh f join message m on m.phone = f.phone and m.purpose = 'campaign' and ${COUNTS}
        and m.attempted_at > f.attempted_at - interval '24 hours' group by 1) often
    where texts > ${messagesPerDay}`.execute(db);
  for (const { said } of rows) violations.push(said);
}

const HOUR_MS = 3_600_000;

/** A campaign's pace, by the clock's hours and the business's days. */
async function checkPace(db: Db, fresh: readonly BegunRow[], { limits, violations }: Case): Promise<void> {
  const paced = new Map(fresh.flatMap((row) => (row.campaignId === null ? [] : [[row.campaignId, row]])));
  for (const [campaignId, { attemptedAt }] of paced) {
    const nowMs = limits.nowMs();
    // Stalls and clocks that jump by an hour are among the faults: a turn may be as old.
    const perHour = limits.loosest('max_per_hour', campaignId, nowMs - 3 * HOUR_MS);
    const perDay = limits.loosest('max_per_day', campaignId, nowMs - 26 * HOUR_MS);
    if (perHour === undefined && perDay === undefined) continue;
    const { rows } = await sql<{ hour: number; day: number }>`
      select count(*) filter (where date_trunc('hour', m.attempted_at, 'UTC') = date_trunc('hour', ${attemptedAt}::timestamptz, 'UTC')) as hour,
        count(*) filter (where (m.attempted_at at time zone ${BUSINESS_ZONE})::date = (${attemptedAt}::timestamptz at time zone ${BUSINESS_ZONE})::date) as day
      from message m join enrollment e on e.id = m.enrollment_id and e.campaign_id = ${campaignId}
      where ${COUNTS}`.execute(db);
    const [used] = rows;
    if (used === undefined) continue;
    if (perHour !== undefined && used.hour > perHour)
      violations.push(`pace: campaign ${campaignId} began ${used.hour} texts in an hour, it may begin ${perHour}`);
    if (perDay !== undefined && used.day > perDay)
      violations.push(`pace: campaign ${campaignId} began ${used.day} texts in a day, it may begin ${perDay}`);
  }
}

/** Of a business that has not said where it is. */
const BUSINESS_ZONE = 'America/New_York';
