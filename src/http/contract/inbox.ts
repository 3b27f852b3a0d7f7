import { z } from '@hono/zod-openapi';
import { callSchema } from './calls.ts';
import { howAsked, idOf, isoInstant, jsonRoute, pageOf, pageQuery, phoneText } from './shared.ts';

export const conversationSchema = z
  .object({
    id: idOf('conversation'),
    contactId: idOf('contact').nullable(),
    name: z.string(),
    phone: phoneText,
    laneId: idOf('lane'),
    laneName: z.string(),
    state: z.enum(['open', 'done']),
    unread: z.int(),
    waitingSince: isoInstant.nullable(),
    needsReview: z.boolean(),
    optedOut: z.boolean(),
    lastMessageAt: isoInstant,
    lastMessagePreview: z.string(),
    lastMessageDirection: z
      .enum(['inbound', 'outbound'])
      .openapi({ description: 'Of a call: inbound when it was missed or left a voicemail' }),
    lastMessageKind: z.enum(['text', 'call']),
    groupOthers: z
      .array(phoneText)
      .openapi({ description: 'Who else got the newest text of this person, when it went to a group' }),
  })
  .openapi('Conversation');
export type Conversation = z.infer<typeof conversationSchema>;

export const messageState = z.enum([
  'pending',
  'handing_over',
  'unknown',
  'sent',
  'delivered',
  'failed',
  'received',
  'cancelled',
]);
export const messageSchema = z
  .object({
    kind: z.literal('text'),
    id: idOf('message'),
    direction: z.enum(['inbound', 'outbound']),
    purpose: z
      .enum([
        'campaign',
        'reply',
        'opt_out_confirmation',
        'opt_in_confirmation',
        'opt_in_request',
        'help',
        'inbound',
        'elsewhere',
      ])
      .openapi({ description: "`elsewhere`: sent in the gateway's own app, or by the gateway itself" }),
    text: z.string(),
    state: messageState,
    why: z.string().nullable(),
    at: isoInstant,
    sentAt: isoInstant.nullable(),
    deliveredAt: isoInstant.nullable(),
    campaign: z.object({ id: idOf('campaign'), name: z.string() }).nullable(),
    createdBy: z.string().nullable(),
    /** How an inbound text was understood. */
    understoodAs: z.enum(['opt_out', 'opt_in', 'opt_in_wish', 'help', 'review', 'none']).nullable(),
    groupOthers: z.array(phoneText).openapi({ description: 'Who else got it, when it went to a group' }),
    held: z
      .object({ sentence: z.string(), link: z.string().openapi({ description: 'The page that lets it go' }) })
      .nullable()
      .openapi({ description: 'It waits for a person: its number is switched off, or its account paused' }),
  })
  .openapi('Message');
export type Message = z.infer<typeof messageSchema>;

export const threadCallSchema = callSchema.extend({ kind: z.literal('call') }).openapi('ThreadCall');
export type ThreadCall = z.infer<typeof threadCallSchema>;
export const threadEntrySchema = z.discriminatedUnion('kind', [messageSchema, threadCallSchema]);
export type ThreadItem = z.infer<typeof threadEntrySchema>;

const conversationParams = z.object({ id: idOf('conversation') });
export const listConversations = jsonRoute({
  method: 'get',
  path: '/v1/conversations',
  access: 'viewer',
  tag: 'Inbox',
  summary:
    'Conversations; `waiting` and `missed` sort by the age of the unanswered, the others by the newest text or call; in `held` an answer cannot go out',
  query: pageQuery.extend({
    view: z.enum(['waiting', 'missed', 'held', 'open', 'review', 'done', 'all']).default('waiting'),
    search: z.string().trim().max(200).optional(),
    contactId: idOf('contact').optional(),
  }),
  response: pageOf(conversationSchema),
});
export const inboxCounts = jsonRoute({
  method: 'get',
  path: '/v1/conversations/counts',
  access: 'viewer',
  tag: 'Inbox',
  summary: 'How many wait, were missed on the phone, have an answer that cannot go out, are unread, need review',
  response: z.object({ waiting: z.int(), missed: z.int(), held: z.int(), unread: z.int(), review: z.int() }),
});
export const getConversation = jsonRoute({
  method: 'get',
  path: '/v1/conversations/{id}',
  access: 'viewer',
  tag: 'Inbox',
  summary: 'One conversation',
  params: conversationParams,
  response: conversationSchema,
});
export const listMessages = jsonRoute({
  method: 'get',
  path: '/v1/conversations/{id}/messages',
  access: 'viewer',
  tag: 'Inbox',
  summary: 'Texts and calls of a conversation, newest first',
  params: conversationParams,
  query: pageQuery,
  response: pageOf(threadEntrySchema),
});
export const sendReply = jsonRoute({
  method: 'post',
  path: '/v1/conversations/{id}/messages',
  access: 'agent',
  tag: 'Inbox',
  summary: 'Answer this person; refused when the person has opted out',
  params: conversationParams,
  body: z.strictObject({ text: z.string().trim().min(1).max(1600) }),
  response: messageSchema,
  status: 202,
  idempotent: true,
});
export const dropMessage = jsonRoute({
  method: 'post',
  path: '/v1/messages/{id}/drop',
  access: 'agent',
  tag: 'Inbox',
  summary: 'Do not send a reply or an automatic answer that still waits',
  params: z.object({ id: idOf('message') }),
  body: z.strictObject({ reason: z.string().trim().min(1).max(300).optional() }),
  response: messageSchema,
});
export const optOutConversation = jsonRoute({
  method: 'post',
  path: '/v1/conversations/{id}/opt-out',
  access: 'agent',
  tag: 'Inbox',
  summary:
    'Record that whoever writes here asked not to be texted, also when they are no contact; effective at once, cannot be undone by staff',
  params: conversationParams,
  body: z.strictObject({ note: howAsked }),
  response: conversationSchema,
  idempotent: true,
});
export const updateConversation = jsonRoute({
  method: 'patch',
  path: '/v1/conversations/{id}',
  access: 'agent',
  tag: 'Inbox',
  summary: 'Mark as read, done, open or reviewed',
  params: conversationParams,
  body: z.strictObject({
    state: z.enum(['open', 'done']).optional(),
    read: z.literal(true).optional(),
    reviewed: z.literal(true).optional(),
  }),
  response: conversationSchema,
});
