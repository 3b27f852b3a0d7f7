import { queryOptions } from '@tanstack/react-query';
import type * as contract from '../../../src/http/contract/operations.ts';
import type { Account, Business, Home, Lane, Status } from '../../../src/http/contract/operations.ts';
import { get, patch, post, put } from './client.ts';
import type { AnswerOf, BodyOf } from './contract.ts';

export type { Account, Business, Home, Lane, Status };

export const operationKeys = {
  status: ['status'],
  home: ['home'],
  accounts: ['accounts'],
  business: ['business'],
} as const;

/** Events keep it current; the interval only corrects a drifting clock and a lost connection. */
const STATUS_EVERY_MS = 30_000;

export const statusQuery = queryOptions({
  queryKey: operationKeys.status,
  queryFn: ({ signal }) => get<Status>('/v1/status', undefined, signal),
  refetchInterval: STATUS_EVERY_MS,
});
export const homeQuery = queryOptions({
  queryKey: operationKeys.home,
  queryFn: ({ signal }) => get<Home>('/v1/home', undefined, signal),
});
export const accountsQuery = queryOptions({
  queryKey: operationKeys.accounts,
  queryFn: ({ signal }) => get<AnswerOf<typeof contract.listAccounts>>('/v1/accounts', undefined, signal),
});
export const businessQuery = queryOptions({
  queryKey: operationKeys.business,
  queryFn: ({ signal }) => get<Business>('/v1/business', undefined, signal),
});

export const pauseSending = (body: BodyOf<typeof contract.pauseSending> = {}) =>
  post<Status>('/v1/sending/pause', body);
export const resumeSending = () => post<Status>('/v1/sending/resume');
export const connectAccount = (body: BodyOf<typeof contract.connectAccount>, key: string) =>
  post<Account>('/v1/accounts', body, key);
export const connectSandbox = (key: string) => post<Account>('/v1/accounts/sandbox', undefined, key);
export const replaceKey = (id: string, body: BodyOf<typeof contract.replaceKey>) =>
  put<Account>(`/v1/accounts/${id}/key`, body);
export const refreshAccount = (id: string) => post<Account>(`/v1/accounts/${id}/refresh`);
export const updateAccount = (id: string, body: BodyOf<typeof contract.updateAccount>) =>
  patch<Account>(`/v1/accounts/${id}`, body);
export const updateLane = (id: string, body: BodyOf<typeof contract.updateLane>) =>
  patch<Lane>(`/v1/lanes/${id}`, body);
export const putBusiness = (body: BodyOf<typeof contract.putBusiness>) => put<Business>('/v1/business', body);
