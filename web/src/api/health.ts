import { queryOptions } from '@tanstack/react-query';
import type * as contract from '../../../src/http/contract/health.ts';
import type { Health, HealthCheck, Webhooks } from '../../../src/http/contract/health.ts';
import { get, post, put } from './client.ts';
import type { BodyOf } from './contract.ts';
import { pages } from './pages.ts';

export type { Health, HealthCheck, Webhooks };
export type HealthSettingsInput = BodyOf<typeof contract.putHealthSettings>;

export const healthKeys = {
  all: ['health'],
  health: (accountId: string) => ['health', accountId, 'checks'],
  checks: (accountId: string) => ['health', accountId, 'history'],
  webhooks: (accountId: string) => ['health', accountId, 'webhooks'],
} as const;

export const healthQuery = (accountId: string) =>
  queryOptions({
    queryKey: healthKeys.health(accountId),
    queryFn: ({ signal }) => get<Health>(`/v1/accounts/${accountId}/health`, undefined, signal),
  });
/** All checks, the newest first. */
export const checksQuery = (accountId: string) =>
  pages<HealthCheck>({
    queryKey: healthKeys.checks(accountId),
    path: `/v1/accounts/${accountId}/health-checks`,
    limit: 10,
  });
export const webhooksQuery = (accountId: string) =>
  queryOptions({
    queryKey: healthKeys.webhooks(accountId),
    queryFn: ({ signal }) => get<Webhooks>(`/v1/accounts/${accountId}/webhooks`, undefined, signal),
  });

export const putHealthSettings = (accountId: string, body: HealthSettingsInput) =>
  put<Health>(`/v1/accounts/${accountId}/health-settings`, body);
export const startHealthCheck = (accountId: string, key: string) =>
  post<Health>(`/v1/accounts/${accountId}/health-checks`, undefined, key);
export const checkWebhooks = (accountId: string) => post<Webhooks>(`/v1/accounts/${accountId}/webhooks/check`);
export const repairWebhooks = (accountId: string, body: BodyOf<typeof contract.repairWebhooks>) =>
  post<Webhooks>(`/v1/accounts/${accountId}/webhooks/repair`, body);
export const rotateKeys = (accountId: string) => post<Webhooks>(`/v1/accounts/${accountId}/webhooks/keys`);
export const retireKeys = (accountId: string) => post<Webhooks>(`/v1/accounts/${accountId}/webhooks/keys/retire`);
