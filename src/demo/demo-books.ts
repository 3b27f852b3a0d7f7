import { sql } from 'kysely';
import { storedE164 } from '../contacts/phone.ts';
import { plausibleZones } from '../contacts/zones.ts';
import type { AcceptedText, Sandbox } from '../gateways/sandbox/sandbox.ts';
import type { Db } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import { type Instant, isBefore } from '../platform/time.ts';

/**
 * Holds what the product recorded against what the sandbox, which shares no code with it, says that it took. The checks are
 * written anew here, from the sandbox's instants: an engine that is wrong must not be able to agree with itself.
 */
export interface DemoReport {
  readonly contacts: number;
  readonly enrolled: number;
  readonly skipped: Readonly<Record<string, number>>;
  readonly accepted: number;
  readonly delivered: number;
  readonly failed: Readonly<Record<string, number>>;
  readonly replies: number;
  /** In words that need no person to decide. */
  readonly optOuts: number;
  /** By replies that may have been opt-outs, and that a person or the end of the time made one. */
  readonly unclearOptOuts: number;
  /** Replies on which nobody decided in time: how long after it they became opt-outs, the median of the demo's own hours. */
  readonly reviewHoursLate: number;
  /** Whose ringing or end was heard. */
  readonly calls: number;
  readonly duplicates: number;
  readonly lateSends: number;
  readonly windowViolations: number;
  readonly capViolations: number;
  readonly balanced: boolean;
  /** What does not balance, in sentences; empty when `balanced`. */
  readonly differences: readonly string[];
}

interface EnrollmentRow {
  readonly state: string;
  readonly reason: string | null;
  readonly gatewayMessageId: string | null;
}

interface MessageRow {
  readonly gatewayMessageId: string;
  readonly purpose: string;
  readonly direction: 'inbound' | 'outbound';
  readonly phone: string;
  readonly state: string;
  readonly attemptedAt: Instant | null;
  readonly addressState: string | null;
  readonly postalCode: string | null;
}

interface LaneRow {
  readonly gatewayRef: string;
  readonly dailyCap: number;
  readonly zone: string;
}

export async function closeBooks(db: Db, sandbox: Pick<Sandbox, 'accepted' | 'inbound'>): Promise<DemoReport> {
  const { rows: enrollments } = await sql<EnrollmentRow>`
    select e.state, coalesce(e.skip_reason, e.failure_code) as reason, m.gateway_message_id
    from enrollment e left join message m on m.enrollment_id = e.id`.execute(db);
  const { rows: messages } = await sql<MessageRow>`
    select m.gateway_message_id, m.purpose, m.direction, m.phone, m.state, m.attempted_at, c.state as address_state, c.postal_code
    from message m left join contact c on c.id = m.contact_id where m.gateway_message_id is not null`.execute(db);
  const { rows: lanes } = await sql<LaneRow>`select gateway_ref, daily_cap, zone from lane`.execute(db);
  const stops = await stopsHeard(db, sandbox);
  const counts = await readCounts(db);

  const byGatewayId = new Map(messages.map((message) => [message.gatewayMessageId, message]));
  const isCampaign = (text: AcceptedText): boolean => (byGatewayId.get(text.id)?.purpose ?? 'campaign') === 'campaign';
  const campaignTexts = sandbox.accepted().filter(isCampaign);
  const duplicates = campaignTexts.length - new Set(campaignTexts.map((text) => text.to)).size;
  const lateSends = campaignTexts.filter((text) => isLate(text, byGatewayId.get(text.id), stops)).length;
  const windowViolations = campaignTexts.filter((text) => isOutsideWindow(text, byGatewayId.get(text.id))).length;
  const capViolations = countOverCap(campaignTexts, lanes);
  const differences = [
    ...openEnrollments(enrollments),
    ...unequalTexts(sandbox, enrollments, messages, campaignTexts),
    ...(counts.openMessages === 0 ? [] : [`${counts.openMessages} texts still wait or are unknown`]),
    ...(counts.openEvents === 0 ? [] : [`${counts.openEvents} events were received and not applied`]),
    ...(counts.confirmations === counts.optOuts
      ? []
      : [
          `${counts.optOuts} people opted out by text, ${counts.confirmations} confirmations went out or were too late to be allowed`,
        ]),
    ...[
      [duplicates, 'people were texted twice'],
      [lateSends, 'texts began after the opt-out was answered'],
      [windowViolations, 'texts went out outside of 8:00 to 21:00 in a plausible zone'],
      [capViolations, 'texts went out over a daily cap'],
    ].flatMap(([count, what]) => (count === 0 ? [] : [`${count} ${what}`])),
  ];
  return {
    contacts: counts.contacts,
    enrolled: enrollments.length,
    skipped: tally(enrollments, 'skipped'),
    accepted: campaignTexts.length,
    delivered: enrollments.filter((row) => row.state === 'delivered').length,
    failed: tally(enrollments, 'failed'),
    replies: counts.replies,
    optOuts: counts.optOuts,
    unclearOptOuts: counts.unclearOptOuts,
    reviewHoursLate: counts.reviewHoursLate,
    calls: counts.calls,
    duplicates,
    lateSends,
    windowViolations,
    capViolations,
    balanced: differences.length === 0,
    differences,
  };
}

async function readCounts(db: Db) {
  const { rows } = await sql<{
    contacts: number;
    replies: number;
    optOuts: number;
    unclearOptOuts: number;
    reviewHoursLate: number;
    confirmations: number;
    calls: number;
    openMessages: number;
    openEvents: number;
  }>`
    select (select count(*) from contact) as contacts,
      (select count(*) from enrollment where replied_at is not null) as replies,
      (select count(*) from suppression s where channel = 'sms' and not exists (select from suppression earlier
        where earlier.phone = s.phone and earlier.reason <> 'invalid_number' and earlier.created_at < s.created_at
          and (earlier.lifted_at is null or earlier.lifted_at > s.created_at))) as opt_outs,
      (select count(*) from opt_out where how = 'review') as unclear_opt_outs,
      (select coalesce(extract(epoch from percentile_cont(0.5) within group (order by decided_at - due_at))::float8 / 3600, 0)
        from opt_out_review where decided_how = 'deadline') as review_hours_late,
      (select count(*) from message where purpose = 'opt_out_confirmation'
        and (gateway_message_id is not null or failure_code = 'too_late')) as confirmations,
      (select count(*) from call) as calls,
      (select count(*) from message where state in ('pending', 'handing_over', 'unknown', 'sent')) as open_messages,
      (select count(*) from gateway_event where state <> 'applied') as open_events`.execute(db);
  const row = rows[0];
  if (row === undefined) throw new Error('the database answered a count with no row');
  return row;
}

/** Per number: the first instant at which the sandbox had the answer to a text that the product understood as an opt-out. */
async function stopsHeard(db: Db, sandbox: Pick<Sandbox, 'inbound'>): Promise<ReadonlyMap<string, Instant>> {
  const { rows } = await sql<{ gatewayMessageId: string }>`
    select evidence ->> 'gatewayMessageId' as gateway_message_id from suppression where channel = 'sms'`.execute(db);
  const understood = new Set(rows.map((row) => row.gatewayMessageId));
  const heard = new Map<string, Instant>();
  for (const text of sandbox.inbound()) {
    const before = heard.get(text.from);
    if (
      understood.has(text.id) &&
      text.answeredAt !== undefined &&
      (before === undefined || isBefore(text.answeredAt, before))
    )
      heard.set(text.from, text.answeredAt);
  }
  return heard;
}

/** What was on its way when the person said STOP cannot be called back; what began later must not be. */
function isLate(text: AcceptedText, message: MessageRow | undefined, stops: ReadonlyMap<string, Instant>): boolean {
  const stoppedAt = stops.get(text.to);
  if (stoppedAt === undefined) return false;
  return isBefore(stoppedAt, message?.attemptedAt ?? text.acceptedAt);
}

function isOutsideWindow(text: AcceptedText, message: MessageRow | undefined): boolean {
  const { zones } = plausibleZones({
    phone: storedE164(text.to),
    state: message?.addressState,
    postalCode: message?.postalCode,
  });
  return zones.length === 0 || zones.some((zone) => !isDaytime(localClock(text.acceptedAt, zone)));
}

const isDaytime = ({ hour }: { readonly hour: number }): boolean => hour >= 8 && hour < 21;

/** By the machine's own calendar rather than by the code that the engine uses. */
function localClock(at: Instant, zone: string): { readonly hour: number; readonly day: string } {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(at.epochMilliseconds);
  const part = (type: string): string => parts.find((candidate) => candidate.type === type)?.value ?? '';
  return { hour: Number(part('hour')), day: `${part('year')}-${part('month')}-${part('day')}` };
}

function countOverCap(texts: readonly AcceptedText[], lanes: readonly LaneRow[]): number {
  return lanes
    .flatMap((lane) => {
      const perDay = Map.groupBy(
        texts.filter((text) => text.laneRef === lane.gatewayRef),
        (text) => localClock(text.acceptedAt, lane.zone).day,
      );
      return [...perDay.values()].map((day) => Math.max(0, day.length - lane.dailyCap));
    })
    .reduce((sum, over) => sum + over, 0);
}

function openEnrollments(enrollments: readonly EnrollmentRow[]): readonly string[] {
  const open = enrollments.filter((row) => !['delivered', 'failed', 'skipped'].includes(row.state));
  return open.length === 0
    ? []
    : [`${open.length} enrollments have no end yet (${[...new Set(open.map((row) => row.state))].join(', ')})`];
}

function unequalTexts(
  sandbox: Pick<Sandbox, 'accepted' | 'inbound'>,
  enrollments: readonly EnrollmentRow[],
  messages: readonly MessageRow[],
  campaignTexts: readonly AcceptedText[],
): readonly string[] {
  const recorded = new Set(messages.map((message) => message.gatewayMessageId));
  const unrecorded = sandbox.accepted().filter((text) => !recorded.has(text.id)).length;
  const unheard = sandbox.inbound().filter((text) => !recorded.has(text.id)).length;
  const withText = enrollments.filter((row) => row.gatewayMessageId !== null).length;
  const delivered = new Set(
    messages
      .filter((message) => message.direction === 'outbound' && message.state === 'delivered')
      .map((message) => message.gatewayMessageId),
  );
  const disagreeing = sandbox
    .accepted()
    .filter((text) => (text.status === 'delivered') !== delivered.has(text.id)).length;
  return [
    ...(unrecorded === 0 ? [] : [`${unrecorded} texts were taken by the gateway and not recorded`]),
    ...(withText === campaignTexts.length
      ? []
      : [`${campaignTexts.length} campaign texts were taken, ${withText} enrollments have one`]),
    ...(unheard === 0 ? [] : [`${unheard} texts of people were not recorded`]),
    ...(disagreeing === 0 ? [] : [`${disagreeing} texts have another delivery state here than at the gateway`]),
  ];
}

const tally = (rows: readonly EnrollmentRow[], state: string): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const row of rows)
    if (row.state === state) counts[row.reason ?? 'unknown'] = (counts[row.reason ?? 'unknown'] ?? 0) + 1;
  return counts;
};

/** Whether a reply or a confirmation still waits for its hand-over. */
export async function hasUnsent(db: Db): Promise<boolean> {
  const { rows } =
    await sql`select 1 from message where state in ('pending', 'handing_over', 'unknown') and purpose <> 'campaign' limit 1`.execute(
      db,
    );
  return rows.length > 0;
}

/** Nothing is left to happen on this side. */
export async function isAtRest(db: Db, campaignId: Uuid): Promise<boolean> {
  const { rows } = await sql<{ open: number }>`
    select (select count(*) from campaign where id = ${campaignId} and state = 'running')
      + (select count(*) from message where state in ('pending', 'handing_over', 'unknown', 'sent'))
      + (select count(*) from gateway_event where state in ('received', 'retrying')) as open`.execute(db);
  return rows[0]?.open === 0;
}
