import { queryOptions } from '@tanstack/react-query';
import type * as contract from '../../../src/http/contract/reassigned-numbers.ts';
import type { ReassignedCheck } from '../../../src/http/contract/reassigned-numbers.ts';
import { address, get, post } from './client.ts';
import type { AnswerOf, BodyOf } from './contract.ts';
import { type UploadWatch, uploadFile } from './upload-file.ts';

export type { ReassignedCheck };
export type NewReassignedCheck = BodyOf<typeof contract.askReassigned>;

export const reassignedKeys = { all: ['reassigned'] } as const;

export const reassignedQuery = queryOptions({
  queryKey: reassignedKeys.all,
  queryFn: ({ signal }) =>
    get<AnswerOf<typeof contract.listReassignedChecks>>('/v1/reassigned-checks', undefined, signal),
});
export const askReassigned = (body: NewReassignedCheck, key: string) =>
  post<ReassignedCheck>('/v1/reassigned-checks', body, key);
export const uploadAnswers = (id: string, query: Readonly<Record<string, unknown>>, file: File, watch: UploadWatch) =>
  uploadFile<ReassignedCheck>(address(`/v1/reassigned-checks/${id}/answers`, query), file, watch);

export const questionsFile = (id: string): string => address(`/v1/reassigned-checks/${id}/questions`, {});
export const recordFile = (id: string): string => address(`/v1/reassigned-checks/${id}/record`, {});
