import { queryOptions } from '@tanstack/react-query';
import type * as contract from '../../../src/http/contract/consents.ts';
import { get, patch } from './client.ts';
import type { AnswerOf, BodyOf } from './contract.ts';

export type ConsentValidity = AnswerOf<typeof contract.getConsentValidity>;
export type ValidityEffect = AnswerOf<typeof contract.previewConsentValidity>;
export type DoubleOptIn = AnswerOf<typeof contract.getDoubleOptIn>;

export const consentSettingKeys = {
  validity: ['consent-settings', 'validity'],
  effect: (months: object) => ['consent-settings', 'effect', months],
  doubleOptIn: ['consent-settings', 'double-opt-in'],
} as const;

export const consentValidityQuery = queryOptions({
  queryKey: consentSettingKeys.validity,
  queryFn: ({ signal }) => get<ConsentValidity>('/v1/consent-validity', undefined, signal),
});
/** All consents are counted for an answer. */
export const validityEffectQuery = (months: Pick<ConsentValidity, 'express' | 'express_written'>) =>
  queryOptions({
    queryKey: consentSettingKeys.effect(months),
    queryFn: ({ signal }) =>
      get<ValidityEffect>(
        '/v1/consent-validity/effect',
        { express: months.express ?? 'never', express_written: months.express_written ?? 'never' },
        signal,
      ),
  });
export const doubleOptInQuery = queryOptions({
  queryKey: consentSettingKeys.doubleOptIn,
  queryFn: ({ signal }) => get<DoubleOptIn>('/v1/double-opt-in', undefined, signal),
});

export const changeConsentValidity = (body: BodyOf<typeof contract.changeConsentValidity>) =>
  patch<ConsentValidity>('/v1/consent-validity', body);
export const changeDoubleOptIn = (body: BodyOf<typeof contract.changeDoubleOptIn>) =>
  patch<DoubleOptIn>('/v1/double-opt-in', body);
