import { sql } from 'kysely';
import type { InboundClassification } from '../compliance/opt-out.ts';
import { countParts } from '../messages/encoding.ts';
import type { Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';
import { previewOf } from './conversation.ts';
import type { SentText } from './inbound.ts';

/** Texts to this number of which a person has said that they were sent. Index message_phone. */
export async function textsWithoutId(
  tx: Tx,
  { accountId, phone }: { readonly accountId: Uuid; readonly phone: string },
): Promise<readonly { readonly id: Uuid; readonly body: string }[]> {
  const { rows } = await sql<{ id: Uuid; body: string }>`
    select id, body from message where phone = ${phone} and account_id = ${accountId} and direction = 'outbound' and state = 'sent'
      and settled_by is not null and gateway_message_id is null
    order by created_at, id for no key update`.execute(tx);
  return rows;
}

/** Nothing when another text has it. */
export async function giveId(tx: Tx, messageId: Uuid, gatewayMessageId: string): Promise<void> {
  await sql`
    update message m set gateway_message_id = ${gatewayMessageId}
    where id = ${messageId} and not exists (
      select from message o where o.account_id = m.account_id and o.gateway_message_id = ${gatewayMessageId})`.execute(
    tx,
  );
}

/** False when this text is stored already. */
export async function insertElsewhere(
  tx: Tx,
  input: {
    readonly messageId: Uuid;
    readonly accountId: Uuid;
    readonly laneId: Uuid;
    readonly conversationId: Uuid;
    readonly contactId: Uuid | null;
    readonly phone: string;
    readonly text: string;
    readonly media: SentText['media'];
    readonly gatewayMessageId: string;
    readonly groupOthers: readonly string[];
    readonly at: Instant;
  },
): Promise<boolean> {
  const { encoding, parts } = countParts(input.text);
  const { rows } = await sql`
    insert into message (id, account_id, lane_id, conversation_id, contact_id, direction, purpose, phone, body, encoding, parts, media, state,
      gateway_message_id, not_before, created_at, sent_at, group_others)
    values (${input.messageId}, ${input.accountId}, ${input.laneId}, ${input.conversationId}, ${input.contactId}, 'outbound', 'elsewhere',
      ${input.phone}, ${input.text}, ${encoding}, ${parts}, ${JSON.stringify(input.media)}, 'sent', ${input.gatewayMessageId},
      ${input.at}, ${input.at}, ${input.at}, ${input.groupOthers})
    on conflict (account_id, gateway_message_id) do nothing returning id`.execute(tx);
  return rows.length === 1;
}

export async function bumpByElsewhere(
  tx: Tx,
  input: { readonly conversationId: Uuid; readonly at: Instant; readonly preview: string },
): Promise<void> {
  await sql`
    update conversation set last_message_preview = ${previewOf(input.preview)}, last_message_direction = 'outbound',
      last_message_kind = 'text', last_message_at = ${input.at}
    where id = ${input.conversationId} and last_message_at <= ${input.at}`.execute(tx);
}

/** Enough to see whether somebody waits; who writes more than that without an answer waits in any case. */
const LOOKED_AT = 200;

/** What the person has said since. Indexes message_conversation and call_phone. */
export async function textsAfter(
  tx: Tx,
  conversationId: Uuid,
  at: Instant,
): Promise<{
  readonly texts: readonly {
    readonly body: string;
    readonly media: SentText['media'];
    readonly classification: InboundClassification;
    readonly at: Instant;
  }[];
  readonly callsAskedAt: readonly Instant[];
}> {
  const { rows: texts } = await sql<{
    body: string;
    media: SentText['media'];
    classification: InboundClassification;
    at: Instant;
  }>`
    select body, media, classification, created_at as at from message
    where conversation_id = ${conversationId} and created_at > ${at} and direction = 'inbound'
    order by created_at, id limit ${LOOKED_AT}`.execute(tx);
  const { rows: calls } = await sql<{ at: Instant }>`
    select c.at from call c join conversation v on v.id = ${conversationId}
    where c.phone = v.phone and c.conversation_id = v.id and c.at > ${at} and c.asked_at is not null
    order by c.at limit ${LOOKED_AT}`.execute(tx);
  return { texts, callsAskedAt: calls.map((call) => call.at) };
}

export async function answeredElsewhere(
  tx: Tx,
  answer: {
    readonly conversationId: Uuid;
    readonly at: Instant;
    readonly unreadMax: number;
    readonly waitingSince: Instant | null;
  },
): Promise<void> {
  await sql`
    update conversation set unread = least(unread, ${answer.unreadMax}),
      waiting_since = case when waiting_since <= ${answer.at} then ${answer.waitingSince}::timestamptz else waiting_since end
    where id = ${answer.conversationId}`.execute(tx);
}
