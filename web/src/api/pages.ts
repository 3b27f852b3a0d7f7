import { type InfiniteData, infiniteQueryOptions, type QueryKey } from '@tanstack/react-query';
import type { Page } from '../../../src/http/contract/shared.ts';
import { get } from './client.ts';

const PAGE_SIZE = 100;

/** Query options of a list that is read page by page along its cursor. `Answer`: what each page brings besides its rows. */
export const pages = <Item, Answer extends Page<Item> = Page<Item>>(options: {
  readonly queryKey: QueryKey;
  readonly path: string;
  readonly filters?: object;
  readonly limit?: number;
}) =>
  infiniteQueryOptions({
    queryKey: options.queryKey,
    queryFn: ({ pageParam, signal }) =>
      get<Answer>(
        options.path,
        { ...options.filters, cursor: pageParam ?? undefined, limit: options.limit ?? PAGE_SIZE },
        signal,
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });

/** The rows that have been read so far. */
export const rowsOf = <Item>(data: InfiniteData<Page<Item>, unknown> | undefined): readonly Item[] =>
  data?.pages.flatMap((page) => page.data) ?? [];
