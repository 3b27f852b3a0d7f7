import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ErrorState } from './error-state.tsx';
import { LoadingSkeleton } from './loading-skeleton.tsx';

interface LoadedProps<Data> {
  readonly query: Pick<UseQueryResult<Data>, 'data' | 'error' | 'refetch'>;
  /** What failed if it fails: "The contacts could not be loaded". */
  readonly what: string;
  readonly skeleton?: ReactNode;
  readonly children: (data: Data) => ReactNode;
}

/** Loading, failed, or there; data that could not be refreshed stays on screen under a line that says so. */
export function Loaded<Data>({ query, what, skeleton, children }: LoadedProps<Data>) {
  const retry = (): void => void query.refetch();
  if (query.data === undefined) {
    if (query.error !== null) return <ErrorState error={query.error} what={what} onRetry={retry} />;
    return skeleton ?? <LoadingSkeleton />;
  }
  return (
    <>
      {query.error === null ? null : <ErrorState compact error={query.error} what="Not up to date" onRetry={retry} />}
      {children(query.data)}
    </>
  );
}
