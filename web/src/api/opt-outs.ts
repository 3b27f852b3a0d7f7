import type * as contract from '../../../src/http/contract/opt-outs.ts';
import type { ProviderOptOut } from '../../../src/http/contract/opt-outs.ts';
import type { FiltersOf } from './contract.ts';
import { pages } from './pages.ts';

export type { ProviderOptOut };

export const optOutKeys = {
  provider: ['opt-outs', 'provider'],
} as const;

const PROVIDER_PAGE = 25;

/** Numbers that providers refused because of lists of their own. */
export const providerOptOutsQuery = (filters: FiltersOf<typeof contract.listProviderOptOuts>) =>
  pages<ProviderOptOut>({
    queryKey: [...optOutKeys.provider, filters],
    path: '/v1/opt-outs/provider',
    filters,
    limit: PROVIDER_PAGE,
  });
