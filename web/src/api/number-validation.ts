import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type * as contract from '../../../src/http/contract/number-validation.ts';
import type { NumberValidation, ValidatedNumber, Validation } from '../../../src/http/contract/number-validation.ts';
import { address, get, post, put } from './client.ts';
import type { AnswerOf, BodyOf } from './contract.ts';
import { pages } from './pages.ts';

export type { NumberValidation, ValidatedNumber, Validation };
export type NumberValidationInput = BodyOf<typeof contract.putNumberValidation>;
export type NumberPolicy = BodyOf<typeof contract.previewNumberValidation>;
export type PolicyEffect = AnswerOf<typeof contract.previewNumberValidation>;

export const validationKeys = {
  all: ['number-validation'],
  settings: ['number-validation', 'settings'],
  effect: ['number-validation', 'effect'],
  newest: ['number-validation', 'newest'],
  one: (id: string) => ['number-validation', 'one', id],
  numbers: (id: string) => ['number-validation', 'numbers', id],
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

export const validationBatchQuery = (id: string) =>
  queryOptions({
    queryKey: validationKeys.one(id),
    queryFn: ({ signal }) => get<Validation>(`/v1/number-validation/batches/${id}`, undefined, signal),
  });
export const validatedNumbersQuery = (id: string, outcome: string | undefined) =>
  pages<ValidatedNumber>({
    queryKey: [...validationKeys.numbers(id), outcome],
    path: `/v1/number-validation/batches/${id}/numbers`,
    filters: { outcome },
  });
/** Address of those numbers as a file, for a download link. */
export const numbersFile = (id: string, outcome: string | undefined): string =>
  address(`/v1/number-validation/batches/${id}/export`, { outcome });

export const putValidation = (body: NumberValidationInput) => put<NumberValidation>('/v1/number-validation', body);
export const startValidation = (body: BodyOf<typeof contract.startValidation>, key: string) =>
  post<Validation>('/v1/number-validation/batches', body, key);
export const cancelValidation = (id: string) => post<Validation>(`/v1/number-validation/batches/${id}/cancel`);
