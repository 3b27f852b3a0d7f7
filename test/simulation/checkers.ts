import { sql } from 'kysely';
import type { Db } from '../../src/platform/database.ts';
import { type Instant, msBetween } from '../../src/platform/time.ts';
import type { Committed } from './database.ts';
import type { AcceptedText, Outside } from './outside.ts';
import { placeOf } from './people.ts';

/**
 * What must hold, asked of the tables and of the outside world, with nothing taken from the product's rules. Each violation is a
 * sentence with its case.
 */
export interface Checkers {
  readonly violations: string[];
  /** After every commit; looks only when an attempt was begun. */
  afterCommit(committed: Committed): Promise<void>;
  /** After every text that the gateway took. */
  afterStep(): void;
  atTheEnd(): Promise<void>;
}

interface BegunRow {
  readonly id: string;
  readonly attempts: number;
  readonly phone: string;
  readonly purpose: string;
  readonly laneId: string;
  /** Day of the attempt where the lane is. */
  readonly day: string;
  readonly attemptedAt: Instant;
  readonly suppressed: boolean;
  /** State of its campaign; null for confirmations and replies. */
  readonly campaignState: string | null;
}

/** Tokens that a bucket of a quarter of a second may add to its rate, and the rounding of one text. */
const burstOf = (rate: number): number => Math.max(1, rate / 4) + 1;
const RATE_WINDOWS_MS = [1_000, 10_000] as const;
export function createCheckers(options: {
  /** Apart from the world: its statements are no part of the run. */
  readonly db: Db;
  readonly outside: Outside;
  readonly rateOf: (account: string) => number;
  readonly messagesPerDay: number;
}): Checkers {
  const { db, outside } = options;
  const violations: string[] = [];
  const known = new Set<string>();
  let seenAccepted = 0;
  let seenCalls = 0;

  const begun = async (): Promise<readonly BegunRow[]> => {
    const { rows } = await sql<BegunRow>`
      select m.id, m.attempts, m.phone, m.purpose, m.lane_id, (m.attempted_at at time zone l.zone)::date as day, m.attempted_at,
        exists (select 1 from suppression s where s.phone = m.phone and s.lifted_at is null) as suppressed, c.state as campaign_state
      from message m join lane l on l.id = m.lane_id
        left join enrollment e on e.id = m.enrollment_id left join campaign c on c.id = e.campaign_id
      where m.state = 'handing_over'`.execute(db);
    const fresh = rows.filter((row) => !known.has(`${row.id} ${row.attempts}`));
    for (const row of fresh) known.add(`${row.id} ${row.attempts}`);
    return fresh;
  };

  const checkCaps = async (rows: readonly BegunRow[]): Promise<void> => {
    const days = new Set(rows.flatMap((row) => (row.purpose === 'campaign' ? [`${row.laneId} ${row.day}`] : [])));
    for (const key of days) {
      const [laneId, day] = key.split(' ');
      const { rows: counts } = await sql<{ texts: number; cap: number }>`
        select l.daily_cap as cap, (select count(*) from message m where m.lane_id = l.id and m.purpose = 'campaign'
            and (m.attempted_at at time zone l.zone)::date = ${day}::date
            and (m.state in ('handing_over', 'unknown', 'sent', 'delivered') or m.gateway_message_id is not null)) as texts
        from lane l where l.id = ${laneId}`.execute(db);
      const [count] = counts;
      if (count !== undefined && count.texts > count.cap)
        violations.push(`cap: lane ${laneId} has ${count.texts} texts on ${day}, its cap is ${count.cap}`);
    }
  };

  const checkFrequency = async (rows: readonly BegunRow[]): Promise<void> => {
    const phones = rows.filter((row) => row.purpose === 'campaign').map((row) => row.phone);
    if (phones.length === 0) return;
    const { rows: often } = await sql<{ phone: string; n: number }>`
      select m.phone, count(*) as n from message m
      where m.phone = any(${phones}::text[]) and m.purpose = 'campaign'
        and m.state in ('handing_over', 'unknown', 'sent', 'delivered')
        and m.attempted_at > ${rows[0]?.attemptedAt}::timestamptz - interval '24 hours'
      group by 1 having count(*) > ${options.messagesPerDay}`.execute(db);
    for (const row of often) violations.push(`frequency: ${row.phone} has ${row.n} campaign texts in 24 hours`);
  };

  const checkHours = (text: AcceptedText): void => {
    const place = placeOf(text.to);
    const local = text.at.toZonedDateTimeISO(place.zone);
    if (local.hour < place.from || local.hour >= place.to || (local.dayOfWeek === 7 && place.sunday === 'never'))
      violations.push(`quiet hours: ${text.to} was texted at ${local.toString()}`);
  };

  const checkRate = (account: string, at: Instant): void => {
    const rate = options.rateOf(account);
    for (const windowMs of RATE_WINDOWS_MS) {
      let inWindow = 0;
      for (let index = seenCalls; index >= 0; index -= 1) {
        const call = outside.calls[index];
        if (call === undefined || msBetween(call.at, at) >= windowMs) break;
        if (call.account === account) inWindow += 1;
      }
      // Two holders of one account, the old one just finishing what it had begun, add one burst.
      const allowed = (rate * windowMs) / 1_000 + 2 * burstOf(rate);
      if (inWindow > allowed)
        violations.push(
          `rate: ${inWindow} calls of account ${account} in ${windowMs} ms, allowed are ${allowed} at ${at.toString()}`,
        );
    }
  };

  return {
    violations,
    async afterCommit({ statements }) {
      if (!statements.some((statement) => statement.includes('into message_attempt'))) return;
      const rows = await begun();
      for (const row of rows)
        if (row.suppressed && (row.purpose === 'campaign' || row.purpose === 'reply'))
          violations.push(`opt-out: a ${row.purpose} text to ${row.phone} was begun while the number was suppressed`);
      for (const row of rows)
        if (row.campaignState !== null && row.campaignState !== 'running')
          violations.push(`pause: a text to ${row.phone} was begun while its campaign was ${row.campaignState}`);
      await checkCaps(rows);
      await checkFrequency(rows);
    },
    afterStep() {
      for (; seenCalls < outside.calls.length; seenCalls += 1) {
        const call = outside.calls[seenCalls];
        if (call !== undefined) checkRate(call.account, call.at);
      }
      for (; seenAccepted < outside.accepted.length; seenAccepted += 1) {
        const text = outside.accepted[seenAccepted];
        if (text === undefined || !isCampaign(text.text)) continue;
        checkHours(text);
        const same = outside.accepted
          .slice(0, seenAccepted)
          .find((other) => other.to === text.to && other.text === text.text);
        if (same !== undefined)
          violations.push(`twice: ${text.to} got ${JSON.stringify(text.text)} as ${same.id} and as ${text.id}`);
      }
    },
    async atTheEnd() {
      const { rows: open } = await sql<{ state: string; n: number }>`
        select state, count(*) as n from enrollment where state in ('pending', 'handing_over', 'unknown') group by 1`.execute(
        db,
      );
      for (const row of open) violations.push(`stuck: ${row.n} enrollments are still ${row.state}`);
      const { rows: campaigns } = await sql<{ name: string; state: string }>`
        select name, state from campaign where state not in ('completed', 'cancelled')`.execute(db);
      for (const row of campaigns) violations.push(`stuck: campaign ${row.name} is still ${row.state}`);
      const { rows: messages } = await sql<{
        gatewayMessageId: string | null;
        phone: string;
        body: string;
        state: string;
      }>`
        select gateway_message_id, phone, body, state from message where direction = 'outbound'`.execute(db);
      const ours = new Map(
        messages.flatMap((row) => (row.gatewayMessageId === null ? [] : [[row.gatewayMessageId, row]])),
      );
      for (const text of outside.accepted)
        if (!ours.has(text.id))
          violations.push(`unrecorded: the gateway took ${text.id} to ${text.to}, we do not know it`);
      const theirs = new Set(outside.accepted.map((text) => text.id));
      for (const id of ours.keys())
        if (!theirs.has(id)) violations.push(`invented: we hold ${id}, the gateway does not know it`);
      await checkTotals();
      await checkUsage();
      await checkConfirmations();
    },
  };

  async function checkTotals(): Promise<void> {
    const { rows } = await sql<{ campaignId: string }>`
      select t.campaign_id from (
        select campaign_id, sum(pending) as pending, sum(sent) as sent, sum(delivered) as delivered, sum(failed) as failed, sum(skipped) as skipped
        from campaign_totals group by 1) t
      join (select campaign_id, count(*) filter (where state = 'pending') as pending, count(*) filter (where state = 'sent') as sent,
          count(*) filter (where state = 'delivered') as delivered, count(*) filter (where state = 'failed') as failed,
          count(*) filter (where state = 'skipped') as skipped from enrollment group by 1) e using (campaign_id)
      where (t.pending, t.sent, t.delivered, t.failed, t.skipped) is distinct from (e.pending, e.sent, e.delivered, e.failed, e.skipped)`.execute(
      db,
    );
    for (const row of rows) violations.push(`totals: those of campaign ${row.campaignId} differ from its enrollments`);
  }

  async function checkUsage(): Promise<void> {
    const { rows } = await sql<{ laneId: string; day: string; reserved: number; texts: number }>`
      select u.lane_id, u.day, u.reserved, (select count(*) from message m where m.lane_id = u.lane_id and m.cap_day = u.day
        and (m.state in ('sent', 'delivered') or (m.state = 'failed' and m.gateway_message_id is not null))) as texts
      from lane_usage u`.execute(db);
    for (const row of rows)
      if (row.reserved !== row.texts)
        violations.push(`usage: lane ${row.laneId} has ${row.reserved} reserved on ${row.day} and ${row.texts} texts`);
  }

  /** One confirmation at most for each opt-out, and nothing to a number after it but that. */
  async function checkConfirmations(): Promise<void> {
    const { rows } = await sql<{ phone: string; confirmations: number; optOuts: number }>`
      select m.phone, count(*) as confirmations,
        (select count(*) from suppression s where s.phone = m.phone) as opt_outs
      from message m where m.purpose = 'opt_out_confirmation' and m.state in ('sent', 'delivered', 'failed') group by 1`.execute(
      db,
    );
    for (const row of rows)
      if (row.confirmations > row.optOuts)
        violations.push(`confirmation: ${row.phone} got ${row.confirmations} for ${row.optOuts} opt-outs`);
  }
}

/** Texts of the simulated campaigns carry this mark; confirmations do not. */
const isCampaign = (text: string): boolean => text.includes('[campaign ');
