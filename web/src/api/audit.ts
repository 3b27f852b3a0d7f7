import { queryOptions } from '@tanstack/react-query';
import type * as contract from '../../../src/http/contract/audit.ts';
import type { AuditChain, AuditEntry, AuditVerdict } from '../../../src/http/contract/audit.ts';
import { get, post } from './client.ts';
import type { BodyOf, FiltersOf } from './contract.ts';
import { pages } from './pages.ts';

export type { AuditChain, AuditEntry, AuditVerdict };
export type AuditFilters = FiltersOf<typeof contract.listAudit>;
export type VerifyInput = BodyOf<typeof contract.verifyAudit>;

export const auditKeys = {
  all: ['audit'],
  chain: ['audit', 'chain'],
  list: (filters: AuditFilters) => ['audit', 'list', filters],
  one: (id: string) => ['audit', 'one', id],
} as const;

export const auditQuery = (filters: AuditFilters) =>
  pages<AuditEntry>({ queryKey: auditKeys.list(filters), path: '/v1/audit-entries', filters });
export const auditEntryQuery = (id: string) =>
  queryOptions({
    queryKey: auditKeys.one(id),
    queryFn: ({ signal }) => get<AuditEntry>(`/v1/audit-entries/${id}`, undefined, signal),
  });
export const auditChainQuery = queryOptions({
  queryKey: auditKeys.chain,
  queryFn: ({ signal }) => get<AuditChain>('/v1/audit-chain', undefined, signal),
});
/** Address of all sealed entries as a file, for a download link. */
export const AUDIT_FILE = '/v1/audit-entries/export';

export const verifyAudit = (body: VerifyInput) => post<AuditVerdict>('/v1/audit-chain/verify', body);
