import { queryOptions } from '@tanstack/react-query';
import type * as contract from '../../../src/http/contract/opt-outs.ts';
import type { OptOutDifference, OptOutImport, ProviderOptOut } from '../../../src/http/contract/opt-outs.ts';
import { address, get } from './client.ts';
import type { AnswerOf, FiltersOf, QueryOf } from './contract.ts';
import { pages } from './pages.ts';
import { type UploadWatch, uploadFile } from './upload-file.ts';

export type { OptOutDifference, OptOutImport, ProviderOptOut };
export type OptOutComparisons = AnswerOf<typeof contract.readOptOutComparisons>;

type ListQuery = QueryOf<typeof contract.importOptOuts>;

export const optOutKeys = {
  all: ['opt-outs'],
  provider: ['opt-outs', 'provider'],
  differences: ['opt-outs', 'differences'],
  comparisons: ['opt-outs', 'comparisons'],
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

/** What the nightly comparison with the providers' books found. */
export const differencesQuery = pages<OptOutDifference>({
  queryKey: optOutKeys.differences,
  path: '/v1/opt-outs/differences',
  limit: PROVIDER_PAGE,
});
export const comparisonsQuery = queryOptions({
  queryKey: optOutKeys.comparisons,
  queryFn: ({ signal }) => get<OptOutComparisons>('/v1/opt-outs/comparisons', undefined, signal),
});

/** What `importOptOuts` would do; changes nothing. */
export const previewOptOuts = (query: ListQuery, file: File, watch: UploadWatch) =>
  uploadFile<OptOutImport>(address('/v1/opt-outs/preview', query), file, watch);
export const importOptOuts = (query: ListQuery, file: File, watch: UploadWatch) =>
  uploadFile<OptOutImport>(address('/v1/opt-outs/import', query), file, watch);
