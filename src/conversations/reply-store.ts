import { sql } from 'kysely';
import type { LaneState } from '../gateways/account.ts';
import type { Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';

export interface ReplyLane {
  readonly accountId: Uuid;
  readonly phone: string;
  readonly name: string;
  readonly zone: string;
  readonly state: LaneState;
  readonly stateReason: string | null;
}

export async function getReplyLane(tx: Tx, laneId: Uuid): Promise<ReplyLane> {
  const { rows } = await sql<ReplyLane>`
    select account_id, phone, name, zone, state, state_reason from lane where id = ${laneId}`.execute(tx);
  if (rows[0] === undefined) throw new Error(`lane ${laneId} of a conversation does not exist`);
  return rows[0];
}

export interface ActiveSuppression {
  readonly reason: string;
  readonly since: Instant;
}

/** The one that people should read first. Index suppression_active. */
export async function activeSuppression(tx: Tx, phone: string): Promise<ActiveSuppression | undefined> {
  const { rows } = await sql<ActiveSuppression>`
    select reason, created_at as since from suppression where phone = ${phone} and lifted_at is null
    order by (reason = 'opt_out') desc, created_at limit 1`.execute(tx);
  return rows[0];
}

export async function insertReply(
  tx: Tx,
  reply: {
    readonly id: Uuid;
    readonly accountId: Uuid;
    readonly laneId: Uuid;
    readonly conversationId: Uuid;
    readonly contactId: Uuid | null;
    readonly phone: string;
    readonly body: string;
    readonly encoding: 'GSM-7' | 'UCS-2';
    readonly parts: number;
    readonly createdBy: string;
    readonly now: Instant;
  },
): Promise<void> {
  await sql`
    insert into message (id, account_id, lane_id, conversation_id, contact_id, direction, purpose, phone, body, encoding, parts, state,
      not_before, created_at, created_by)
    values (${reply.id}, ${reply.accountId}, ${reply.laneId}, ${reply.conversationId}, ${reply.contactId}, 'outbound', 'reply',
      ${reply.phone}, ${reply.body}, ${reply.encoding}, ${reply.parts}, 'pending', ${reply.now}, ${reply.now}, ${reply.createdBy})`.execute(
    tx,
  );
}

/** Answered: nobody waits, everything is read, and the thread is open for what the person says next. */
export async function bumpByReply(
  tx: Tx,
  id: Uuid,
  reply: { readonly preview: string; readonly now: Instant },
): Promise<void> {
  await sql`
    update conversation set state = 'open', unread = 0, waiting_since = null, last_message_at = greatest(last_message_at, ${reply.now}),
      last_message_preview = ${reply.preview}, last_message_direction = 'outbound', last_message_kind = 'text'
    where id = ${id}`.execute(tx);
}
