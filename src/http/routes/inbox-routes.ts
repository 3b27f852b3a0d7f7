import {
  type Conversation,
  type ConversationMessage,
  type ThreadEntry,
  whyNotThere,
} from '../../conversations/conversation.ts';
import { getMessageRow, inboxCounts } from '../../conversations/conversation-store.ts';
import { dropText } from '../../conversations/drop-text.ts';
import { heldPage, heldWords } from '../../conversations/held-text.ts';
import { getConversation, listConversations, listThread } from '../../conversations/list-conversations.ts';
import { optOutConversation } from '../../conversations/opt-out-person.ts';
import { sendReply } from '../../conversations/send-reply.ts';
import { updateConversation } from '../../conversations/update-conversation.ts';
import { runTx } from '../../platform/database.ts';
import { showId } from '../../platform/ids.ts';
import { notFound, type Outcome } from '../../platform/refusal.ts';
import { ok } from '../../platform/result.ts';
import { handDecision, settleByHand } from '../../sending/settle-by-hand.ts';
import type { Services } from '../../services.ts';
import { type Api, uuidOf } from '../api.ts';
import * as contract from '../contract/inbox.ts';
import { settleMessage } from '../contract/settlement.ts';
import { isoText, isoTextOrNull } from '../route-types.ts';
import { showCall } from './call-routes.ts';

type InboxServices = Pick<Services, 'database' | 'clock' | 'newUuid'>;

export function registerInboxRoutes(api: Api, services: InboxServices): void {
  const { db } = services.database;
  api.handle(contract.listConversations, async ({ query }) => {
    const { view, search, cursor, limit } = query;
    const contactId = query.contactId === undefined ? undefined : uuidOf('contact', query.contactId);
    const page = await listConversations(db, { view, search, contactId, cursor, limit });
    return page.ok ? ok({ ...page.value, data: page.value.data.map(showConversation) }) : page;
  });
  api.handle(contract.inboxCounts, async () => ok(await inboxCounts(db)));
  api.handle(contract.getConversation, async ({ params }) =>
    shown(await getConversation(db, uuidOf('conversation', params.id))),
  );
  api.handle(contract.listMessages, async ({ params, query }) => {
    const { cursor, limit } = query;
    const page = await listThread(db, { id: uuidOf('conversation', params.id), cursor, limit });
    return page.ok ? ok({ ...page.value, data: page.value.data.map(showThreadEntry) }) : page;
  });
  api.effect(contract.sendReply, {
    effect: async (tx, { params, body, caller }) => {
      const conversationId = uuidOf('conversation', params.id);
      const message = await sendReply(tx, services, { conversationId, text: body.text, by: caller });
      return message.ok ? ok(showMessage(message.value)) : message;
    },
  });
  api.handle(contract.dropMessage, ({ params, body, caller }) =>
    runTx(db, async (tx) => {
      const dropped = await dropText(tx, services, {
        id: uuidOf('message', params.id),
        reason: body.reason,
        by: caller,
      });
      return dropped.ok ? ok(showMessage(dropped.value)) : dropped;
    }),
  );
  api.effect(settleMessage, {
    effect: async (tx, { params, body, caller }) => {
      const messageId = uuidOf('message', params.id);
      const { reason } = body;
      const settled = await settleByHand(tx, services, {
        text: { messageId },
        decision: handDecision(body),
        reason,
        by: caller,
      });
      if (!settled.ok) return settled;
      const message = await getMessageRow(tx, messageId);
      return message === undefined ? notFound('message', params.id) : ok(showMessage(message));
    },
  });
  api.effect(contract.optOutConversation, {
    effect: async (tx, { params, body, caller }) =>
      shown(
        await optOutConversation(tx, services, {
          id: uuidOf('conversation', params.id),
          note: body.note,
          by: caller,
        }),
      ),
  });
  api.handle(contract.updateConversation, ({ params, body, caller }) =>
    runTx(db, async (tx) =>
      shown(
        await updateConversation(tx, services, { id: uuidOf('conversation', params.id), change: body, by: caller }),
      ),
    ),
  );
}

const shown = (outcome: Outcome<Conversation>) => (outcome.ok ? ok(showConversation(outcome.value)) : outcome);

export const showConversation = (conversation: Conversation) => ({
  ...conversation,
  id: showId('conversation', conversation.id),
  contactId: conversation.contactId === null ? null : showId('contact', conversation.contactId),
  laneId: showId('lane', conversation.laneId),
  waitingSince: isoTextOrNull(conversation.waitingSince),
  lastMessageAt: isoText(conversation.lastMessageAt),
});

const showThreadEntry = (entry: ThreadEntry) =>
  entry.kind === 'text' ? showMessage(entry.message) : ({ kind: 'call', ...showCall(entry.call) } as const);

const showMessage = ({ body, campaignId, campaignName, ...message }: ConversationMessage) => ({
  kind: 'text' as const,
  id: showId('message', message.id),
  direction: message.direction,
  purpose: message.purpose,
  text: body,
  state: message.state,
  why: whyNotThere(message),
  at: isoText(message.createdAt),
  sentAt: isoTextOrNull(message.sentAt),
  deliveredAt: isoTextOrNull(message.deliveredAt),
  campaign:
    campaignId === null || campaignName === null ? null : { id: showId('campaign', campaignId), name: campaignName },
  createdBy: message.createdBy,
  understoodAs: message.understoodAs,
  groupOthers: message.groupOthers,
  held:
    message.heldBy === null ? null : { sentence: `Waits ${heldWords(message.heldBy)}`, link: heldPage(message.heldBy) },
});
