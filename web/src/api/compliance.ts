import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type * as contract from '../../../src/http/contract/compliance.ts';
import type { ComplianceStatus, OptOutRate, OptOutReport } from '../../../src/http/contract/compliance.ts';
import { address, get } from './client.ts';
import type { QueryOf } from './contract.ts';

export type { ComplianceStatus, OptOutRate, OptOutReport };
export type ReportQuery = QueryOf<typeof contract.optOutReport>;

export const complianceStatusQuery = queryOptions({
  queryKey: ['compliance', 'status'],
  queryFn: ({ signal }) => get<ComplianceStatus>('/v1/compliance/status', undefined, signal),
});

/** Shows the last answer while the next one is on its way. */
export const optOutReportQuery = (query: ReportQuery) =>
  queryOptions({
    queryKey: ['compliance', 'opt-out-report', query],
    queryFn: ({ signal }) => get<OptOutReport>('/v1/opt-out-report', query, signal),
    placeholderData: keepPreviousData,
  });

/** The file of the opt-outs behind it. */
export const optOutsFile = ({ by: _, ...filters }: ReportQuery): string =>
  address('/v1/opt-out-report/opt-outs.csv', filters);
