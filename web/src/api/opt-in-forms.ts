import { queryOptions } from '@tanstack/react-query';
import type * as contract from '../../../src/http/contract/opt-in-forms.ts';
import type { OptInForm } from '../../../src/http/contract/opt-in-forms.ts';
import { get, patch, post } from './client.ts';
import type { AnswerOf, BodyOf } from './contract.ts';

export type { OptInForm };
export type NewOptInForm = BodyOf<typeof contract.createOptInForm>;
export type OptInFormChange = BodyOf<typeof contract.changeOptInForm>;

export const optInFormKeys = { all: ['opt-in-forms'] } as const;

export const optInFormsQuery = queryOptions({
  queryKey: optInFormKeys.all,
  queryFn: ({ signal }) => get<AnswerOf<typeof contract.listOptInForms>>('/v1/opt-in-forms', undefined, signal),
});
export const createOptInForm = (body: NewOptInForm, key: string) => post<OptInForm>('/v1/opt-in-forms', body, key);
export const changeOptInForm = (id: string, body: OptInFormChange) => patch<OptInForm>(`/v1/opt-in-forms/${id}`, body);
