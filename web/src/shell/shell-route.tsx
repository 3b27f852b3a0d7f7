import type { QueryClient } from '@tanstack/react-query';
import { createRootRouteWithContext, createRoute, lazyRouteComponent, Outlet, redirect } from '@tanstack/react-router';
import { isProblem } from '../api/problem.ts';
import { meQuery } from '../api/session.ts';

declare module '@tanstack/react-router' {
  interface StaticDataRouteOption {
    /** Name in the breadcrumb and the tab until the page gives itself one. */
    readonly title?: string;
    /** Section of the rail that the page belongs to, when its address does not begin with it. */
    readonly section?: string;
  }
}

export const rootRoute = createRootRouteWithContext<{ readonly queryClient: QueryClient }>()({ component: Outlet });

/** Everything behind the sign-in. Keeps the wanted address, so that signing in leads there. */
export const shellRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'shell',
  beforeLoad: async ({ context, location }) => {
    try {
      return { me: await context.queryClient.ensureQueryData(meQuery) };
    } catch (error) {
      if (!isProblem(error, 401)) throw error;
      throw redirect({ to: '/sign-in', search: location.href === '/' ? {} : { next: location.href } });
    }
  },
  component: lazyRouteComponent(() => import('./shell.tsx'), 'Shell'),
});
