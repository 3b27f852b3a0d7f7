import { sql } from 'kysely';
import type { EnrollmentState } from '../campaigns/campaign.ts';
import type { Db, Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';

export interface UnknownMessage {
  readonly id: Uuid;
  readonly laneId: Uuid;
  readonly phone: string;
  readonly body: string;
  readonly attempts: number;
  readonly attemptedAt: Instant;
}

/**
 * Those whose next question is due, who waits longest for it in front: a number about which the gateway never answers must not
 * hold up the others. Index message_unsettled.
 */
export async function dueUnknown(
  db: Db,
  query: { readonly accountId: Uuid; readonly now: Instant; readonly limit: number },
): Promise<readonly UnknownMessage[]> {
  const { rows } = await sql<UnknownMessage>`
    select id, lane_id, phone, body, attempts, attempted_at from message
    where account_id = ${query.accountId} and state = 'unknown' and not_before <= ${query.now}
    order by not_before, attempted_at limit ${query.limit}`.execute(db);
  return rows;
}

/** Which of these gateway ids belong to messages that we have already, and whether we sent them. */
export async function knownGatewayIds(
  db: Db,
  accountId: Uuid,
  gatewayIds: readonly string[],
): Promise<ReadonlyMap<string, { readonly own: boolean }>> {
  const { rows } = await sql<{ gatewayMessageId: string; own: boolean }>`
    select gateway_message_id, purpose <> 'elsewhere' as own from message
    where account_id = ${accountId} and gateway_message_id = any(${gatewayIds}::text[])`.execute(db);
  return new Map(rows.map(({ gatewayMessageId, own }) => [gatewayMessageId, { own }]));
}

/**
 * What we have of what a gateway listed, and the words of our texts from that number to that person whose answer is still to come or to
 * be recorded. One statement, so that a text that is being recorded meanwhile is one or the other, but never neither. Unique
 * (account_id, gateway_message_id), then index message_phone.
 */
export async function readOwn(
  db: Db,
  accountId: Uuid,
  { laneId, phone }: Pick<UnknownMessage, 'laneId' | 'phone'>,
  gatewayIds: readonly string[],
): Promise<{ readonly known: ReadonlySet<string>; readonly underWay: readonly string[] }> {
  const { rows } = await sql<{ known: readonly string[]; underWay: readonly string[] }>`
    select
      array(select gateway_message_id from message
        where account_id = ${accountId} and gateway_message_id = any(${gatewayIds}::text[])) as known,
      array(select body from message
        where phone = ${phone} and lane_id = ${laneId} and state = 'handing_over') as under_way`.execute(db);
  return { known: new Set(rows[0]?.known), underWay: rows[0]?.underWay ?? [] };
}

/** What was asked settled nothing: asked again at `at`. */
export async function askAgainAt(
  tx: Tx,
  messages: readonly Pick<UnknownMessage, 'id' | 'attempts'>[],
  asked: { readonly at: Instant; readonly askedAt: Instant; readonly outcome: 'not_listed' | 'no_answer' },
): Promise<void> {
  await sql`
    update message m set not_before = ${asked.at}, asked_at = ${asked.askedAt}, ask_outcome = ${asked.outcome}
    from unnest(${messages.map(({ id }) => id)}::uuid[], ${messages.map(({ attempts }) => attempts)}::int[]) as x (id, attempts)
    where m.id = x.id and m.attempts = x.attempts and m.state = 'unknown'`.execute(tx);
}

/** The text of one enrollment, as far as settling it by hand needs it. */
export interface CampaignText {
  readonly id: Uuid;
  readonly accountId: Uuid;
  readonly phone: string;
  readonly attempts: number;
  readonly attemptedAt: Instant;
  /** Of the enrollment. */
  readonly state: EnrollmentState;
}

/** Unique (campaign, contact), then index message_enrollment_step. */
export async function findCampaignText(
  db: Db,
  query: { readonly campaignId: Uuid; readonly contactId: Uuid },
): Promise<CampaignText | undefined> {
  const { rows } = await sql<CampaignText>`
    select m.id, m.account_id, m.phone, m.attempts, m.attempted_at, e.state
    from enrollment e join message m on m.enrollment_id = e.id and m.step = 1
    where e.campaign_id = ${query.campaignId} and e.contact_id = ${query.contactId}`.execute(db);
  return rows[0];
}

export interface AwaitingReceipt {
  readonly id: Uuid;
  readonly gatewayMessageId: string;
}

/**
 * Accepted texts without a final receipt, asked about again when their age has doubled since the last time: the provider
 * announces a failure by nothing at all. Index message_awaiting_receipt.
 */
export async function dueReceipts(
  db: Db,
  query: {
    readonly accountId: Uuid;
    readonly now: Instant;
    readonly firstAfterMs: number;
    readonly giveUpAfterMs: number;
    readonly limit: number;
  },
): Promise<readonly AwaitingReceipt[]> {
  const { rows } = await sql<AwaitingReceipt>`
    select id, gateway_message_id from message
    where account_id = ${query.accountId} and state = 'sent' and direction = 'outbound'
      -- What a person settled without the gateway's id cannot be asked about.
      and gateway_message_id is not null
      and sent_at <= ${query.now}::timestamptz - make_interval(secs => ${query.firstAfterMs / 1000}::double precision)
      and sent_at > ${query.now}::timestamptz - make_interval(secs => ${query.giveUpAfterMs / 1000}::double precision)
      and (receipt_checked_at is null or ${query.now}::timestamptz - sent_at >= 2 * (receipt_checked_at - sent_at))
    order by sent_at limit ${query.limit}`.execute(db);
  return rows;
}

export async function receiptsChecked(db: Tx, messageIds: readonly Uuid[], now: Instant): Promise<void> {
  await sql`update message set receipt_checked_at = ${now} where id = any(${messageIds}::uuid[])`.execute(db);
}
