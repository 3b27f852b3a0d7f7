import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { AudiencePreview, AudienceRule, Exclusion } from '../../../src/http/contract/audiences.ts';
import type { ConsentPolicyInput } from '../../../src/http/contract/campaign-consent.ts';
import type { CampaignLive } from '../../../src/http/contract/campaign-live.ts';
import type { Forecast, Review } from '../../../src/http/contract/campaign-review.ts';
import type * as contract from '../../../src/http/contract/campaigns.ts';
import type { Campaign, CampaignState, EnrollmentState, Totals } from '../../../src/http/contract/campaigns.ts';
import type * as waiver from '../../../src/http/contract/consent-waiver.ts';
import type { listRecipients, Recipient } from '../../../src/http/contract/recipients.ts';
import { del, get, patch, post, put } from './client.ts';
import type { AnswerOf, BodyOf, FiltersOf } from './contract.ts';
import { pages } from './pages.ts';

export type {
  AudiencePreview,
  AudienceRule,
  Campaign,
  CampaignLive,
  CampaignState,
  EnrollmentState,
  Exclusion,
  Forecast,
  Recipient,
  Review,
  Totals,
};
export type Variant = Campaign['variants'][number];
export type CampaignFilters = FiltersOf<typeof contract.listCampaigns>;
export type RecipientFilters = FiltersOf<typeof listRecipients>;

/** What a draft asks for; null of one from before there were policies. */
export interface AskedConsent {
  readonly consent?: ConsentPolicyInput;
  readonly waived: boolean;
}

export const campaignKeys = {
  all: ['campaigns'],
  list: (filters: CampaignFilters) => ['campaigns', 'list', filters],
  /** Everything of one campaign. */
  of: (id: string) => ['campaigns', 'one', id],
  one: (id: string) => ['campaigns', 'one', id, 'campaign'],
  review: (id: string, revision: number) => ['campaigns', 'one', id, 'review', revision],
  live: (id: string) => ['campaigns', 'one', id, 'live'],
  recipients: (id: string, filters: RecipientFilters) => ['campaigns', 'one', id, 'recipients', filters],
  audience: (rule: AudienceRule | null, asked: AskedConsent) => ['audience-preview', rule, asked],
} as const;

export const campaignsQuery = (filters: CampaignFilters = {}, limit?: number) =>
  pages<Campaign>({
    queryKey: campaignKeys.list(filters),
    path: '/v1/campaigns',
    filters,
    ...(limit === undefined ? {} : { limit }),
  });
export const campaignQuery = (id: string) =>
  queryOptions({
    queryKey: campaignKeys.one(id),
    queryFn: ({ signal }) => get<Campaign>(`/v1/campaigns/${id}`, undefined, signal),
  });
/** The review belongs to one revision of the draft; the last one stays on screen while the next is worked out. */
export const reviewQuery = (id: string, revision: number) =>
  queryOptions({
    queryKey: campaignKeys.review(id, revision),
    queryFn: ({ signal }) => get<Review>(`/v1/campaigns/${id}/review`, undefined, signal),
    placeholderData: keepPreviousData,
  });
export const campaignLiveQuery = (id: string) =>
  queryOptions({
    queryKey: campaignKeys.live(id),
    queryFn: ({ signal }) => get<CampaignLive>(`/v1/campaigns/${id}/live`, undefined, signal),
  });
export const recipientsQuery = (id: string, filters: RecipientFilters = {}) =>
  pages<Recipient>({
    queryKey: campaignKeys.recipients(id, filters),
    path: `/v1/campaigns/${id}/recipients`,
    filters,
  });
/** Nobody is asked for while nobody is chosen. */
export const audiencePreviewQuery = (rule: AudienceRule | null, asked: AskedConsent) =>
  queryOptions({
    queryKey: campaignKeys.audience(rule, asked),
    queryFn: () => post<AudiencePreview>('/v1/audiences/preview', { audience: rule, ...asked }),
    enabled: rule !== null,
    placeholderData: keepPreviousData,
  });

/** The first few matches by name, for search boxes. */
export const findCampaigns = (search: string, limit: number, signal?: AbortSignal) =>
  get<AnswerOf<typeof contract.listCampaigns>>('/v1/campaigns', { search, limit }, signal);

export const createCampaign = (body: BodyOf<typeof contract.createCampaign>, key: string) =>
  post<Campaign>('/v1/campaigns', body, key);
export const updateCampaign = (id: string, body: BodyOf<typeof contract.updateCampaign>) =>
  patch<Campaign>(`/v1/campaigns/${id}`, body);
export const deleteCampaign = (id: string) => del<AnswerOf<typeof contract.deleteCampaign>>(`/v1/campaigns/${id}`);
export type LaunchOrder = BodyOf<typeof contract.launchCampaign>;
export const launchCampaign = (id: string, body: LaunchOrder, key: string) =>
  post<Campaign>(`/v1/campaigns/${id}/launch`, body, key);
export const waiveConsent = (id: string, body: BodyOf<typeof waiver.waiveConsent>) =>
  put<Campaign>(`/v1/campaigns/${id}/consent-waiver`, body);
export const withdrawConsentWaiver = (id: string, revision: number) =>
  del<Campaign>(`/v1/campaigns/${id}/consent-waiver?revision=${revision}`);

const control =
  (verb: 'pause' | 'resume' | 'cancel') =>
  (id: string, body: BodyOf<typeof contract.pauseCampaign> = {}) =>
    post<Campaign>(`/v1/campaigns/${id}/${verb}`, body);
export const pauseCampaign = control('pause');
export const resumeCampaign = control('resume');
export const cancelCampaign = control('cancel');
