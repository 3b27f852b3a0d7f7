import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type * as contract from '../../../src/http/contract/sending-policy.ts';
import type {
  HoursRule,
  PlaceHours,
  SavedPolicy,
  SendingPolicyInput,
} from '../../../src/http/contract/sending-policy.ts';
import { get, post, put } from './client.ts';
import type { AnswerOf } from './contract.ts';

export type { HoursRule, PlaceHours, SavedPolicy };
export type SendingPolicy = SendingPolicyInput;
export type PolicyPreview = AnswerOf<typeof contract.previewSendingPolicy>;
export type HoursAt = AnswerOf<typeof contract.explainHours>;

export const policyKeys = {
  policy: ['sending-policy'],
  preview: ['sending-policy', 'preview'],
  hours: ['sending-policy', 'hours'],
} as const;

export const policyQuery = queryOptions({
  queryKey: policyKeys.policy,
  queryFn: ({ signal }) => get<SavedPolicy>('/v1/sending-policy', undefined, signal),
});

/** What a policy leaves of a day; of today when the day is empty. */
export const previewQuery = (policy: SendingPolicy, day: string) =>
  queryOptions({
    queryKey: [...policyKeys.preview, policy, day],
    queryFn: () =>
      post<PolicyPreview>('/v1/sending-policy/preview', {
        policy,
        ...(day === '' ? {} : { day }),
      }),
    placeholderData: keepPreviousData,
    retry: false,
  });

/** The saved policy's answer for one number, now. */
export const hoursQuery = (phone: string) =>
  queryOptions({
    queryKey: [...policyKeys.hours, phone],
    queryFn: ({ signal }) => get<HoursAt>('/v1/sending-policy/hours', { phone }, signal),
    retry: false,
  });

export const putPolicy = (policy: SendingPolicy) => put<SavedPolicy>('/v1/sending-policy', policy);
