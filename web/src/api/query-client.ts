import { QueryCache, QueryClient } from '@tanstack/react-query';
import { isProblem } from './problem.ts';

const RETRIES_MAX = 2;
/** Live events say when something changed, so data is fresh for a while; the window only saves repeated visits. */
const FRESH_MS = 15_000;

/** Only what may pass is tried again: no connection, and the gateway errors of a server that restarts. */
export const mayPass = (error: unknown): boolean => isProblem(error) && [0, 502, 503, 504].includes(error.status);

export function makeQueryClient(options: { readonly onSignedOut: () => void }): QueryClient {
  const onError = (error: unknown): void => {
    if (isProblem(error, 401)) options.onSignedOut();
  };
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    defaultOptions: {
      queries: {
        staleTime: FRESH_MS,
        retry: (failures, error) => failures < RETRIES_MAX && mayPass(error),
        refetchOnWindowFocus: true,
      },
      mutations: { retry: (failures, error) => failures < RETRIES_MAX && mayPass(error), onError },
    },
  });
}
