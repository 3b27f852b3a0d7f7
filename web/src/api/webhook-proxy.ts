import { queryOptions } from '@tanstack/react-query';
import type * as contract from '../../../src/http/contract/webhook-proxy.ts';
import type { ProxyDelivery, ProxyTarget } from '../../../src/http/contract/webhook-proxy.ts';
import { del, get, patch, post } from './client.ts';
import type { AnswerOf, BodyOf } from './contract.ts';
import { pages } from './pages.ts';

export type { ProxyDelivery, ProxyTarget };

export const proxyKeys = {
  targets: ['proxy', 'targets'],
  log: ['proxy', 'log'],
} as const;

export const proxyTargetsQuery = queryOptions({
  queryKey: proxyKeys.targets,
  queryFn: ({ signal }) => get<AnswerOf<typeof contract.listProxyTargets>>('/v1/proxy-targets', undefined, signal),
});

const LOG_PAGE = 25;
export const proxyLogPages = (targetId: string, state: ProxyDelivery['state'] | '') =>
  pages<ProxyDelivery>({
    queryKey: [...proxyKeys.log, targetId, state],
    path: `/v1/proxy-targets/${targetId}/deliveries`,
    filters: { state },
    limit: LOG_PAGE,
  });

type Settings = BodyOf<typeof contract.addProxyTarget>;
export const addProxyTarget = ({ accountId, ...body }: Settings & { readonly accountId: string }) =>
  post<AnswerOf<typeof contract.addProxyTarget>>(`/v1/accounts/${accountId}/proxy-targets`, body);
export const updateProxyTarget = (id: string, body: BodyOf<typeof contract.updateProxyTarget>) =>
  patch<ProxyTarget>(`/v1/proxy-targets/${id}`, body);
export const removeProxyTarget = (id: string) => del<{ ok: true }>(`/v1/proxy-targets/${id}`);
export const forwardAgain = (id: string, eventId: string, key: string) =>
  post<{ ok: true }>(`/v1/proxy-targets/${id}/deliveries`, { eventId }, key);
