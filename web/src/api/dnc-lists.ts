import { queryOptions } from '@tanstack/react-query';
import type * as contract from '../../../src/http/contract/dnc-lists.ts';
import type { DncExemption, DncList, DncVersion } from '../../../src/http/contract/dnc-lists.ts';
import { address, get, post } from './client.ts';
import type { AnswerOf, BodyOf } from './contract.ts';
import { type UploadWatch, uploadFile } from './upload-file.ts';

export type { DncExemption, DncList, DncVersion };
export type NewDncList = BodyOf<typeof contract.createDncList>;
export type NewExemption = BodyOf<typeof contract.recordExemption>;
export type DncStanding = AnswerOf<typeof contract.checkDnc>;

export const dncKeys = {
  all: ['dnc'],
  lists: ['dnc', 'lists'],
  versions: (id: string) => ['dnc', 'versions', id],
  check: (phone: string) => ['dnc', 'check', phone],
} as const;

export const dncListsQuery = queryOptions({
  queryKey: dncKeys.lists,
  queryFn: ({ signal }) => get<AnswerOf<typeof contract.listDncLists>>('/v1/dnc-lists', undefined, signal),
});
export const dncVersionsQuery = (id: string) =>
  queryOptions({
    queryKey: dncKeys.versions(id),
    queryFn: ({ signal }) =>
      get<AnswerOf<typeof contract.listDncVersions>>(`/v1/dnc-lists/${id}/versions`, undefined, signal),
  });
export const dncCheckQuery = (phone: string) =>
  queryOptions({
    queryKey: dncKeys.check(phone),
    queryFn: ({ signal }) => get<DncStanding>('/v1/dnc-check', { phone }, signal),
    retry: false,
  });

/** Everybody who must not be called or texted by this business. */
export const OUR_DO_NOT_CALL_FILE = address('/v1/do-not-call/export', {});
export const dncListFile = (id: string): string => address(`/v1/dnc-lists/${id}/export`, {});

export const createDncList = (body: NewDncList, key: string) => post<DncList>('/v1/dnc-lists', body, key);
export const retireDncList = (id: string, key: string) => post<DncList>(`/v1/dnc-lists/${id}/retire`, undefined, key);
export const uploadDncFile = (id: string, query: Readonly<Record<string, unknown>>, file: File, watch: UploadWatch) =>
  uploadFile<DncVersion>(address(`/v1/dnc-lists/${id}/versions`, query), file, watch);
export const recordExemption = (body: NewExemption, key: string) => post<DncExemption>('/v1/dnc-exemptions', body, key);
export const endExemption = (id: string, key: string) =>
  post<DncExemption>(`/v1/dnc-exemptions/${id}/end`, undefined, key);
