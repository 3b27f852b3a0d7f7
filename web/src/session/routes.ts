import type { QueryClient } from '@tanstack/react-query';
import { createRoute, redirect } from '@tanstack/react-router';
import { setupQuery } from '../api/session.ts';
import { searchSchema, text } from '../patterns/search-schema.ts';
import { lazyPage } from '../shell/lazy-page.ts';
import { rootRoute } from '../shell/shell-route.tsx';

// A constant of its own: with a `beforeLoad` beside it, the schema's type would not be inferred.
const signInSearch = searchSchema({ next: text(2000) });

export const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  validateSearch: signInSearch,
  beforeLoad: ({ context }) => stayIf(context.queryClient, { setupNeeded: false }),
  component: lazyPage(() => import('./sign-in-page.tsx'), 'SignInPage'),
});

export const firstRunRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/first-run',
  beforeLoad: ({ context }) => stayIf(context.queryClient, { setupNeeded: true }),
  component: lazyPage(() => import('./first-run-page.tsx'), 'FirstRunPage'),
});

/** Of the two pages outside the shell, the one that does not fit leads to the other. */
async function stayIf(queryClient: QueryClient, wanted: { readonly setupNeeded: boolean }): Promise<void> {
  const { needed } = await queryClient.fetchQuery(setupQuery);
  if (needed === wanted.setupNeeded) return;
  throw redirect({ to: needed ? '/first-run' : '/sign-in', replace: true });
}
