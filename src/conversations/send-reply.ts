import { lockNumber } from '../compliance/lock-number.ts';
import { countParts } from '../messages/encoding.ts';
import { sentenceFor } from '../messages/outcome-sentences.ts';
import { dayWords } from '../platform/calendar.ts';
import type { Clock } from '../platform/clock.ts';
import type { Tx } from '../platform/database.ts';
import { type NewUuid, showId, type Uuid } from '../platform/ids.ts';
import { notifyLive } from '../platform/live.ts';
import { conflict, notFound, type Outcome } from '../platform/refusal.ts';
import { ok } from '../platform/result.ts';
import { engineTopicOf } from '../sending/engine-topic.ts';
import { type Conversation, type ConversationMessage, previewOf } from './conversation.ts';
import { getConversationRow, getMessageRow, lockConversation } from './conversation-store.ts';
import { activeSuppression, bumpByReply, getReplyLane, insertReply, type ReplyLane } from './reply-store.ts';

/**
 * Writes a reply that the engine hands over next, before any campaign text. Refused while the number is suppressed: the number
 * is locked first, as every opt-out does, so that a reply is wholly before an opt-out (which then ends it) or wholly after.
 */
export async function sendReply(
  tx: Tx,
  deps: { readonly clock: Clock; readonly newUuid: NewUuid },
  input: { readonly conversationId: Uuid; readonly text: string; readonly by: { readonly name: string } },
): Promise<Outcome<ConversationMessage>> {
  const conversation = await getConversationRow(tx, input.conversationId);
  if (conversation === undefined) return notFound('conversation', showId('conversation', input.conversationId));
  const contactId = await lockNumber(tx, conversation.phone);
  await lockConversation(tx, conversation.id);
  const lane = await getReplyLane(tx, conversation.laneId);
  const refusal = (await refusedBySuppression(tx, conversation, lane)) ?? refusedByLane(lane);
  if (refusal !== undefined) return refusal;
  const now = deps.clock.now();
  const id = deps.newUuid();
  const { encoding, parts } = countParts(input.text);
  await insertReply(tx, {
    id,
    accountId: lane.accountId,
    laneId: conversation.laneId,
    conversationId: conversation.id,
    contactId,
    phone: conversation.phone,
    body: input.text,
    encoding,
    parts,
    createdBy: input.by.name,
    now,
  });
  await bumpByReply(tx, conversation.id, { preview: previewOf(input.text), now });
  await notifyLive(tx, [
    engineTopicOf(lane.accountId),
    'inbox',
    `conversation:${conversation.id}`,
    ...(contactId === null ? [] : [`contact:${contactId}`]),
  ]);
  const message = await getMessageRow(tx, id);
  if (message === undefined) throw new Error(`reply ${id} was written and cannot be read`);
  return ok(message);
}

type Refused = Outcome<never> | undefined;

async function refusedBySuppression(tx: Tx, { name, phone }: Conversation, lane: ReplyLane): Promise<Refused> {
  const suppression = await activeSuppression(tx, phone);
  if (suppression === undefined) return undefined;
  const { sentence, remedy } = sentenceFor(suppression.reason);
  const who = name === phone ? phone : `${name} (${phone})`;
  return conflict(
    `no reply can be sent to ${who}. ${sentence}, since ${dayWords(suppression.since, lane.zone)}. ${remedy}`,
    { state: suppression.reason, allowed: [] },
  );
}

function refusedByLane(lane: ReplyLane): Refused {
  if (lane.state !== 'off') return undefined;
  const reason = lane.stateReason === null ? '' : ` (${lane.stateReason})`;
  return conflict(
    `lane ${lane.name} (${lane.phone}) is switched off${reason}. Switch it on in Settings, then reply: a reply must come from the number that the person wrote to`,
    { state: 'off', allowed: ['switch the lane on'] },
  );
}
