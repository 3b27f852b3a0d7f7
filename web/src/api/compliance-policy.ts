import { queryOptions } from '@tanstack/react-query';
import type * as policy from '../../../src/http/contract/compliance-policy.ts';
import type { OptOutWordingAnswer, PolicyEffects } from '../../../src/http/contract/compliance-policy.ts';
import type * as reviews from '../../../src/http/contract/opt-out-reviews.ts';
import { get, patch, put } from './client.ts';
import type { AnswerOf, BodyOf } from './contract.ts';

export type { PolicyEffects };
export type OptOutWording = OptOutWordingAnswer;
export type ReviewSettings = AnswerOf<typeof reviews.getOptOutReviewSettings>;

export type DefaultConsent = AnswerOf<typeof policy.getDefaultConsent>;

/** What is set for compliance and has no page of its own, read together. */
export interface CompliancePolicy {
  readonly wording: OptOutWording;
  readonly reviews: ReviewSettings;
  readonly consent: DefaultConsent;
}

export const compliancePolicyKeys = { policy: ['compliance-policy'], effects: ['compliance-policy-effects'] } as const;

export const compliancePolicyQuery = queryOptions({
  queryKey: compliancePolicyKeys.policy,
  queryFn: async ({ signal }): Promise<CompliancePolicy> => {
    const [wording, settings, consent] = await Promise.all([
      get<OptOutWording>('/v1/opt-out-wording', undefined, signal),
      get<ReviewSettings>('/v1/opt-out-review-settings', undefined, signal),
      get<DefaultConsent>('/v1/default-consent', undefined, signal),
    ]);
    return { wording, reviews: settings, consent };
  },
});
export const policyEffectsQuery = queryOptions({
  queryKey: compliancePolicyKeys.effects,
  queryFn: ({ signal }) => get<PolicyEffects>('/v1/compliance/policy-effects', undefined, signal),
});

export const saveWording = (wording: OptOutWording) => patch<OptOutWording>('/v1/opt-out-wording', wording);
export const saveReviews = ({ hours }: ReviewSettings) => put<ReviewSettings>('/v1/opt-out-review-settings', { hours });
export const saveDefaultConsent = (consent: BodyOf<typeof policy.changeDefaultConsent>) =>
  put<DefaultConsent>('/v1/default-consent', consent);
