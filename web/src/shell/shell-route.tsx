import type { QueryClient } from '@tanstack/react-query';
import { createRootRouteWithContext, createRoute, Outlet, redirect } from '@tanstack/react-router';
import { isProblem } from '../api/problem.ts';
import { meQuery } from '../api/session.ts';
import { lazyPage } from './lazy-page.ts';

declare module '@tanstack/react-router' {
  interface StaticDataRouteOption {
    /** Name in the breadcrumb and the tab until the page gives itself one. */
    readonly title?: string;
    /** Section of the rail that the page belongs to, when its address does not begin with it. */
    readonly section?: string;
  }
}

export const rootRoute = createRootRouteWithContext<{ readonly queryClient: QueryClient }>()({ component: Outlet });

/** Everything behind the sign-in. */
export const shellRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'shell',
  beforeLoad: ({ context, location }) => requireSession(context.queryClient, location.href),
  component: lazyPage(() => import('./shell.tsx'), 'Shell'),
});

/** Leads to the sign-in, which keeps the wanted address and leads back there. */
async function requireSession(queryClient: QueryClient, href: string): Promise<void> {
  try {
    await queryClient.ensureQueryData(meQuery);
  } catch (error) {
    if (!isProblem(error, 401)) throw error;
    throw redirect({ to: '/sign-in', search: href === '/' ? {} : { next: href } });
  }
}
