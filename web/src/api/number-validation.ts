import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type * as contract from '../../../src/http/contract/number-validation.ts';
import type { NumberValidation, Validation } from '../../../src/http/contract/number-validation.ts';
import { get, post, put } from './client.ts';
import type { AnswerOf, BodyOf } from './contract.ts';

export type { NumberValidation, Validation };
export type NumberValidationInput = BodyOf<typeof contract.putNumberValidation>;
export type NumberPolicy = BodyOf<typeof contract.previewNumberValidation>;
export type PolicyEffect = AnswerOf<typeof contract.previewNumberValidation>;

export const validationKeys = {
  all: ['number-validation'],
  settings: ['number-validation', 'settings'],
  effect: ['number-validation', 'effect'],
  newest: ['number-validation', 'newest'],
  ofImport: (id: string) => ['number-validation', 'import', id],
} as const;

export const validationQuery = queryOptions({
  queryKey: validationKeys.settings,
  queryFn: ({ signal }) => get<NumberValidation>('/v1/number-validation', undefined, signal),
});

/** What a policy would change, saved or not. */
export const effectQuery = (policy: NumberPolicy) =>
  queryOptions({
    queryKey: [...validationKeys.effect, policy],
    queryFn: () => post<PolicyEffect>('/v1/number-validation/preview', policy),
    placeholderData: keepPreviousData,
    retry: false,
  });

const NEWEST = 5;
/** Progress is told by events too; this is for the case that they do not get through. */
const OPEN_EVERY_MS = 3_000;

/** The newest batches, of one import or of all. */
export const validationsQuery = (importId?: string) =>
  queryOptions({
    queryKey: importId === undefined ? validationKeys.newest : validationKeys.ofImport(importId),
    queryFn: ({ signal }) =>
      get<AnswerOf<typeof contract.listValidations>>(
        '/v1/number-validation/batches',
        { importId, limit: NEWEST },
        signal,
      ),
    refetchInterval: ({ state }) => (state.data?.data.some((one) => one.state === 'open') ? OPEN_EVERY_MS : false),
  });

export const putValidation = (body: NumberValidationInput) => put<NumberValidation>('/v1/number-validation', body);
export const startValidation = (body: BodyOf<typeof contract.startValidation>, key: string) =>
  post<Validation>('/v1/number-validation/batches', body, key);
export const cancelValidation = (id: string) => post<Validation>(`/v1/number-validation/batches/${id}/cancel`);
