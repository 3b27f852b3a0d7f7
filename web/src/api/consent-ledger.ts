import { queryOptions } from '@tanstack/react-query';
import type * as contract from '../../../src/http/contract/consent-ledger.ts';
import type { LedgerEntry } from '../../../src/http/contract/consent-ledger.ts';
import { address, get } from './client.ts';
import type { FiltersOf } from './contract.ts';
import { pages } from './pages.ts';

export type { LedgerEntry };
export type LedgerFilters = FiltersOf<typeof contract.listLedger>;

export const ledgerKeys = {
  all: ['consents'],
  list: (filters: LedgerFilters) => ['consents', 'list', filters],
  one: (id: string) => ['consents', 'one', id],
} as const;

export const ledgerQuery = (filters: LedgerFilters) =>
  pages<LedgerEntry>({ queryKey: ledgerKeys.list(filters), path: '/v1/consents', filters });
export const ledgerEntryQuery = (id: string) =>
  queryOptions({
    queryKey: ledgerKeys.one(id),
    queryFn: ({ signal }) => get<LedgerEntry>(`/v1/consents/${id}`, undefined, signal),
  });
/** Address of all that match as a file, for a download link. */
export const ledgerFile = (filters: LedgerFilters): string => address('/v1/consents/export', filters);
