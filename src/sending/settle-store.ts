import { sql } from 'kysely';
import type { EnrollmentState } from '../campaigns/campaign.ts';
import type { ConversationMessage } from '../conversations/conversation.ts';
import type { Db, Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';
import { heldLease, type Lease, LeaseLost } from './lease-store.ts';

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

/** What was asked settled nothing: asked again at `at`. Fenced; one statement, for it is the most frequent end of a question. */
export async function askAgainAt(
  db: Db | Tx,
  lease: Lease,
  messages: readonly Pick<UnknownMessage, 'id' | 'attempts'>[],
  asked: { readonly at: Instant; readonly askedAt: Instant; readonly outcome: 'not_listed' | 'no_answer' },
): Promise<void> {
  const { rows } = await sql`
    with lease as materialized (${heldLease(lease)}),
    later as (
      update message m set not_before = ${asked.at}, asked_at = ${asked.askedAt}, ask_outcome = ${asked.outcome}
      from lease,
        unnest(${messages.map(({ id }) => id)}::uuid[], ${messages.map(({ attempts }) => attempts)}::int[]) as x (id, attempts)
      where m.id = x.id and m.attempts = x.attempts and m.state = 'unknown')
    select from lease`.execute(db);
  if (rows.length === 0) throw new LeaseLost(lease);
}

/** A text of ours that a person may settle: named by itself, or as a campaign's text to somebody. */
export type TextName = { readonly messageId: Uuid } | { readonly campaignId: Uuid; readonly contactId: Uuid };

export interface SettledText {
  readonly id: Uuid;
  readonly accountId: Uuid;
  readonly laneId: Uuid;
  readonly phone: string;
  readonly purpose: string;
  readonly attempts: number;
  readonly attemptedAt: Instant | null;
  /** Of a campaign's text: its enrollment says more (`skipped`), and is what people look at. */
  readonly state: ConversationMessage['state'] | EnrollmentState;
  /** Null of a reply and of an automatic answer. */
  readonly campaignId: Uuid | null;
}

/** Primary key, or unique (campaign, contact) and then index message_enrollment_step. */
export async function findText(db: Db, name: TextName): Promise<SettledText | undefined> {
  const where =
    'messageId' in name
      ? sql`m.id = ${name.messageId}`
      : sql`e.campaign_id = ${name.campaignId} and e.contact_id = ${name.contactId} and m.step = 1`;
  const { rows } = await sql<SettledText>`
    select m.id, m.account_id, m.lane_id, m.phone, m.purpose, m.attempts, m.attempted_at, coalesce(e.state, m.state) as state, e.campaign_id
    from message m left join enrollment e on e.id = m.enrollment_id
    where m.direction = 'outbound' and ${where}`.execute(db);
  return rows[0];
}

/** Those whose answer was lost, of all accounts, the oldest first. Index message_unsettled, which holds no others. */
export async function listUnknown(
  db: Db,
  limit: number,
): Promise<
  readonly {
    readonly id: Uuid;
    readonly purpose: string;
    readonly phone: string;
    readonly campaignId: Uuid | null;
    readonly attempts: number;
    readonly attemptedAt: Instant;
    /** When the gateway is asked next. */
    readonly againAt: Instant;
  }[]
> {
  const { rows } = await sql<Awaited<ReturnType<typeof listUnknown>>[number]>`
    select m.id, m.purpose, m.phone, e.campaign_id, m.attempts, m.attempted_at, m.not_before as again_at
    from message m left join enrollment e on e.id = m.enrollment_id
    where m.state = 'unknown' order by m.attempted_at, m.id limit ${limit}`.execute(db);
  return rows;
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
