import { sql } from 'kysely';
import type { InboundClassification } from '../compliance/opt-out.ts';
import { countParts } from '../messages/encoding.ts';
import type { Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';
import { previewOf } from './conversation.ts';
import type { BusinessIdentity, InboundText } from './inbound.ts';

export interface LaneRef {
  readonly id: Uuid;
}

export async function findLane(
  tx: Tx,
  query: { readonly accountId: Uuid; readonly laneRef: string | undefined; readonly phones: readonly string[] },
): Promise<LaneRef | undefined> {
  const { rows } = await sql<LaneRef>`
    select id from lane
    where account_id = ${query.accountId} and (gateway_ref = ${query.laneRef ?? null} or phone = any(${query.phones}::text[]))
    order by gateway_ref = ${query.laneRef ?? ''} desc limit 1`.execute(tx);
  return rows[0];
}

/** Those of the numbers that are none of ours, each once, in the order given. Index: unique (phone) of lane. */
export async function strangersAmong(tx: Tx, phones: readonly string[]): Promise<readonly string[]> {
  const { rows } = await sql<{ phone: string }>`
    select x.phone from unnest(${phones}::text[]) with ordinality as x (phone, nth)
    where not exists (select from lane l where l.phone = x.phone) group by x.phone order by min(x.nth)`.execute(tx);
  return rows.map((row) => row.phone);
}

/** Newest first. Index message_phone. Also those whose answer is not recorded yet: a person may be faster than our record. */
export async function recentCampaignTexts(
  tx: Tx,
  query: { readonly phone: string; readonly since: Instant; readonly until: Instant },
): Promise<readonly { readonly body: string; readonly enrollmentId: Uuid }[]> {
  const { rows } = await sql<{ body: string; enrollmentId: Uuid }>`
    select body, enrollment_id from message
    where phone = ${query.phone} and purpose = 'campaign' and state in ('handing_over', 'unknown', 'sent', 'delivered')
      and attempted_at between ${query.since} and ${query.until}
    order by created_at desc limit 5`.execute(tx);
  return rows;
}

export async function ensureConversation(
  tx: Tx,
  input: {
    readonly id: Uuid;
    readonly laneId: Uuid;
    readonly phone: string;
    readonly contactId: Uuid | null;
    readonly at: Instant;
    readonly last: {
      readonly kind: 'text' | 'call';
      readonly direction: 'inbound' | 'outbound';
      readonly preview: string;
    };
    readonly needsPerson: boolean;
  },
): Promise<Uuid> {
  const { last } = input;
  const { rows } = await sql<{ id: Uuid; created: boolean }>`
    insert into conversation as v (id, lane_id, phone, contact_id, state, last_message_at, last_message_kind, last_message_preview,
      last_message_direction, created_at)
    values (${input.id}, ${input.laneId}, ${input.phone}, ${input.contactId}, ${input.needsPerson ? 'open' : 'done'}, ${input.at},
      ${last.kind}, ${previewOf(last.preview)}, ${last.direction}, ${input.at})
    on conflict (lane_id, phone) do update set contact_id = coalesce(excluded.contact_id, v.contact_id)
    returning v.id, v.id = ${input.id} as created`.execute(tx);
  const row = rows[0];
  if (row === undefined) throw new Error(`conversation of lane ${input.laneId} was neither found nor made`);
  // The texts that went out before the person ever wrote belong to the thread too.
  if (row.created) {
    await sql`update message set conversation_id = ${row.id} where phone = ${input.phone} and lane_id = ${input.laneId} and conversation_id is null`.execute(
      tx,
    );
    // Whoever is in touch with a number knows it: campaigns keep to it.
    await sql`update contact set lane_id = ${input.laneId} where id = ${input.contactId} and lane_id is null`.execute(
      tx,
    );
  }
  return row.id;
}

/** False when this text is stored already. */
export async function insertInbound(
  tx: Tx,
  input: {
    readonly messageId: Uuid;
    readonly accountId: Uuid;
    readonly laneId: Uuid;
    readonly contactId: Uuid | null;
    readonly conversationId: Uuid;
    readonly enrollmentId: Uuid | null;
    readonly text: InboundText;
    readonly classification: InboundClassification;
    readonly groupOthers: readonly string[];
    readonly now: Instant;
  },
): Promise<boolean> {
  const { encoding, parts } = countParts(input.text.text);
  const { rows } = await sql`
    insert into message (id, account_id, lane_id, conversation_id, contact_id, direction, purpose, phone, body, encoding, parts, media, state,
      gateway_message_id, not_before, created_at, classification, in_reply_to_enrollment_id, group_others)
    values (${input.messageId}, ${input.accountId}, ${input.laneId}, ${input.conversationId}, ${input.contactId}, 'inbound', 'inbound',
      ${input.text.from}, ${input.text.text}, ${encoding}, ${parts}, ${JSON.stringify(input.text.media)}, 'received',
      ${input.text.gatewayMessageId}, ${input.now}, ${input.text.at}, ${JSON.stringify(input.classification)}, ${input.enrollmentId},
      ${input.groupOthers})
    on conflict (account_id, gateway_message_id) do nothing returning id`.execute(tx);
  return rows.length === 1;
}

/** Over `conversation`. Whoever wrote in the gateway's own app has seen what came before. Index message_conversation. */
const answeredSince = (at: Instant) =>
  sql`exists (select from message m where m.conversation_id = conversation.id and m.created_at > ${at} and m.purpose = 'elsewhere')`;

/** A text that has been dealt with opens nothing and is not unread: a badge that counts every STOP is soon not looked at. */
export async function bumpConversation(
  tx: Tx,
  input: {
    readonly conversationId: Uuid;
    readonly at: Instant;
    readonly preview: string;
    readonly needsPerson: boolean;
    readonly waits: boolean;
    readonly groupOthers: readonly string[];
  },
): Promise<void> {
  const answered = answeredSince(input.at);
  await sql`
    update conversation set state = case when ${input.needsPerson} then 'open' else state end,
      unread = unread + case when ${input.needsPerson} and not ${answered} then 1 else 0 end,
      waiting_since = case when ${input.waits} and not ${answered} then least(waiting_since, ${input.at}) else waiting_since end,
      last_message_preview = case when ${input.at} >= last_message_at then ${previewOf(input.preview)} else last_message_preview end,
      last_message_direction = case when ${input.at} >= last_message_at then 'inbound' else last_message_direction end,
      last_message_kind = case when ${input.at} >= last_message_at then 'text' else last_message_kind end,
      group_others = case when ${input.at} >= last_message_at then ${input.groupOthers}::text[] else group_others end,
      last_message_at = greatest(last_message_at, ${input.at})
    where id = ${input.conversationId}`.execute(tx);
}

/** A call in the thread, or what is known of it now. `shownAt` is where it stood before; it stays the last entry when it was that. */
export async function bumpByCall(
  tx: Tx,
  input: {
    readonly conversationId: Uuid;
    readonly at: Instant;
    readonly shownAt: Instant | undefined;
    readonly preview: string;
    readonly direction: 'inbound' | 'outbound';
    readonly beginsToAsk: boolean;
  },
): Promise<void> {
  const wasLast = sql`(last_message_kind = 'call' and last_message_at = ${input.shownAt ?? null}::timestamptz)`;
  const waits = sql`(${input.beginsToAsk} and not ${answeredSince(input.at)})`;
  const isLast = sql`(${wasLast} or ${input.at} >= last_message_at)`;
  await sql`
    update conversation set state = case when ${input.beginsToAsk} then 'open' else state end,
      unread = unread + case when ${waits} then 1 else 0 end,
      waiting_since = case when ${waits} then least(waiting_since, ${input.at}) else waiting_since end,
      last_message_preview = case when ${isLast} then ${input.preview} else last_message_preview end,
      last_message_direction = case when ${isLast} then ${input.direction} else last_message_direction end,
      last_message_kind = case when ${isLast} then 'call' else last_message_kind end,
      last_message_at = case when ${isLast} then ${input.at} else last_message_at end
    where id = ${input.conversationId}`.execute(tx);
}

/** The first reply counts; returns the campaign. */
export async function markReplied(tx: Tx, enrollmentId: Uuid, at: Instant): Promise<Uuid | undefined> {
  const { rows } = await sql<{ campaignId: Uuid }>`
    update enrollment set replied_at = coalesce(replied_at, ${at}) where id = ${enrollmentId} returning campaign_id`.execute(
    tx,
  );
  return rows[0]?.campaignId;
}

export async function markOptedOut(tx: Tx, enrollmentId: Uuid, at: Instant): Promise<void> {
  await sql`update enrollment set opted_out_at = coalesce(opted_out_at, ${at}) where id = ${enrollmentId}`.execute(tx);
}

export async function flagForReview(tx: Tx, conversationId: Uuid): Promise<void> {
  await sql`update conversation set needs_review = true where id = ${conversationId}`.execute(tx);
}

export async function helpAnsweredSince(
  tx: Tx,
  query: { readonly phone: string; readonly since: Instant },
): Promise<boolean> {
  const { rows } = await sql`
    select 1 from message where phone = ${query.phone} and purpose = 'help' and created_at >= ${query.since} limit 1`.execute(
    tx,
  );
  return rows.length > 0;
}

export async function readBusiness(tx: Tx): Promise<BusinessIdentity> {
  const { rows } = await sql<{
    value: Partial<BusinessIdentity>;
  }>`select value from setting where key = 'business'`.execute(tx);
  const value = rows[0]?.value;
  return { name: value?.name ?? 'Textwright', phone: value?.phone ?? null, email: value?.email ?? null };
}

export async function insertAutomaticAnswer(
  tx: Tx,
  input: {
    readonly id: Uuid;
    readonly accountId: Uuid;
    readonly laneId: Uuid;
    readonly conversationId: Uuid;
    readonly contactId: Uuid | null;
    readonly phone: string;
    readonly purpose: 'opt_out_confirmation' | 'opt_in_confirmation' | 'help';
    readonly body: string;
    readonly now: Instant;
    readonly notAfter: Instant | null;
  },
): Promise<void> {
  const { encoding, parts } = countParts(input.body);
  await sql`
    insert into message (id, account_id, lane_id, conversation_id, contact_id, direction, purpose, phone, body, encoding, parts, state,
      not_before, not_after, created_at, created_by)
    values (${input.id}, ${input.accountId}, ${input.laneId}, ${input.conversationId}, ${input.contactId}, 'outbound', ${input.purpose},
      ${input.phone}, ${input.body}, ${encoding}, ${parts}, 'pending', ${input.now}, ${input.notAfter}, ${input.now}, 'system')`.execute(
    tx,
  );
}
