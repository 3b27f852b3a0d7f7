import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type * as contract from '../../../src/http/contract/recipients.ts';
import type { AddedPeople, Explanation, JoiningPreview, RuleCheck } from '../../../src/http/contract/recipients.ts';
import { campaignKeys } from './campaigns.ts';
import { get, post } from './client.ts';
import type { AnswerOf, BodyOf } from './contract.ts';

export type { AddedPeople, Explanation, JoiningPreview, RuleCheck };
export type Joining = BodyOf<typeof contract.addPeople>;
export type Settlement = BodyOf<typeof contract.settleRecipient>;

/** Under the campaign's own key: what changes the campaign makes them stale. */
export const recipientKeys = {
  explanation: (id: string, contactId: string) => [...campaignKeys.of(id), 'explanation', contactId],
  joining: (id: string, who: Joining | null) => [...campaignKeys.of(id), 'joining', who],
} as const;

const pathOf = (id: string, contactId: string): string => `/v1/campaigns/${id}/recipients/${contactId}`;

export const explanationQuery = (id: string, contactId: string) =>
  queryOptions({
    queryKey: recipientKeys.explanation(id, contactId),
    queryFn: ({ signal }) => get<Explanation>(`${pathOf(id, contactId)}/explanation`, undefined, signal),
  });

/** Nobody is asked for while nobody is chosen. */
export const joiningQuery = (id: string, who: Joining | null) =>
  queryOptions({
    queryKey: recipientKeys.joining(id, who),
    queryFn: () => post<JoiningPreview>(`/v1/campaigns/${id}/recipients/preview`, who),
    enabled: who !== null,
    placeholderData: keepPreviousData,
  });

export const settleRecipient = (id: string, contactId: string, body: Settlement, key: string) =>
  post<AnswerOf<typeof contract.settleRecipient>>(`${pathOf(id, contactId)}/settle`, body, key);
export const addPeople = (id: string, body: Joining, key: string) =>
  post<AddedPeople>(`/v1/campaigns/${id}/recipients`, body, key);
