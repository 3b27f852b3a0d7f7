import type * as contract from '../../../src/http/contract/opt-outs.ts';
import type { OptOutImport, ProviderOptOut } from '../../../src/http/contract/opt-outs.ts';
import { address } from './client.ts';
import type { FiltersOf, QueryOf } from './contract.ts';
import { pages } from './pages.ts';
import { type UploadWatch, uploadFile } from './upload-file.ts';

export type { OptOutImport, ProviderOptOut };

type ListQuery = QueryOf<typeof contract.importOptOuts>;

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

/** What `importOptOuts` would do; changes nothing. */
export const previewOptOuts = (query: ListQuery, file: File, watch: UploadWatch) =>
  uploadFile<OptOutImport>(address('/v1/opt-outs/preview', query), file, watch);
export const importOptOuts = (query: ListQuery, file: File, watch: UploadWatch) =>
  uploadFile<OptOutImport>(address('/v1/opt-outs/import', query), file, watch);
