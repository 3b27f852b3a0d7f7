import { queryOptions } from '@tanstack/react-query';
import type * as contract from '../../../src/http/contract/reconciliations.ts';
import type { Reconciliation, ReconciliationFinding } from '../../../src/http/contract/reconciliations.ts';
import { get, post } from './client.ts';
import type { BodyOf, FiltersOf } from './contract.ts';
import { pages } from './pages.ts';

export type { Reconciliation, ReconciliationFinding };

export const reconciliationKeys = {
  all: ['reconciliations'],
  list: ['reconciliations', 'list'],
  one: (id: string) => ['reconciliations', 'one', id],
  findings: (id: string) => ['reconciliations', 'findings', id],
} as const;

export const reconciliationsQuery = pages<Reconciliation>({
  queryKey: reconciliationKeys.list,
  path: '/v1/reconciliations',
  limit: 50,
});
export const reconciliationQuery = (id: string) =>
  queryOptions({
    queryKey: reconciliationKeys.one(id),
    queryFn: ({ signal }) => get<Reconciliation>(`/v1/reconciliations/${id}`, undefined, signal),
  });
export const findingsQuery = (id: string, filters: FiltersOf<typeof contract.listFindings>) =>
  pages<ReconciliationFinding>({
    queryKey: [...reconciliationKeys.findings(id), filters],
    path: `/v1/reconciliations/${id}/findings`,
    filters,
  });

export const startReconciliation = (body: BodyOf<typeof contract.startReconciliation>, key: string) =>
  post<Reconciliation>('/v1/reconciliations', body, key);
export const cancelReconciliation = (id: string) => post<Reconciliation>(`/v1/reconciliations/${id}/cancel`);
