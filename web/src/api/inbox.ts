import { queryOptions } from '@tanstack/react-query';
import type * as contract from '../../../src/http/contract/inbox.ts';
import type { Conversation, Message, ThreadCall, ThreadItem } from '../../../src/http/contract/inbox.ts';
import type * as settlement from '../../../src/http/contract/settlement.ts';
import { get, patch, post } from './client.ts';
import type { AnswerOf, BodyOf, FiltersOf } from './contract.ts';
import { pages } from './pages.ts';

export type { Conversation, Message, ThreadCall, ThreadItem };
export type ConversationFilters = FiltersOf<typeof contract.listConversations>;
export type ConversationView = NonNullable<ConversationFilters['view']>;

export const inboxKeys = {
  all: ['inbox'],
  list: (filters: ConversationFilters) => ['inbox', 'list', filters],
  counts: ['inbox', 'counts'],
  one: (id: string) => ['inbox', 'one', id],
  messages: (id: string) => ['inbox', 'messages', id],
} as const;

export const conversationsQuery = (filters: ConversationFilters = {}) =>
  pages<Conversation>({ queryKey: inboxKeys.list(filters), path: '/v1/conversations', filters, limit: 50 });
export const inboxCountsQuery = queryOptions({
  queryKey: inboxKeys.counts,
  queryFn: ({ signal }) => get<AnswerOf<typeof contract.inboxCounts>>('/v1/conversations/counts', undefined, signal),
});
export const conversationQuery = (id: string) =>
  queryOptions({
    queryKey: inboxKeys.one(id),
    queryFn: ({ signal }) => get<Conversation>(`/v1/conversations/${id}`, undefined, signal),
  });
/** Texts and calls, newest first, as the server answers; a thread shows them turned round. */
export const messagesQuery = (id: string) =>
  pages<ThreadItem>({ queryKey: inboxKeys.messages(id), path: `/v1/conversations/${id}/messages`, limit: 50 });

export const sendReply = (id: string, body: BodyOf<typeof contract.sendReply>, key: string) =>
  post<Message>(`/v1/conversations/${id}/messages`, body, key);
export const dropMessage = (id: string) => post<Message>(`/v1/messages/${id}/drop`, {});
export const settleMessage = (id: string, body: BodyOf<typeof settlement.settleMessage>, key: string) =>
  post<Message>(`/v1/messages/${id}/settle`, body, key);
export const optOutConversation = (id: string, body: BodyOf<typeof contract.optOutConversation>, key: string) =>
  post<Conversation>(`/v1/conversations/${id}/opt-out`, body, key);
export const updateConversation = (id: string, body: BodyOf<typeof contract.updateConversation>) =>
  patch<Conversation>(`/v1/conversations/${id}`, body);
