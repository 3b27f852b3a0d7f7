import { createRoute } from '@tanstack/react-router';
import { lazyPage } from '../shell/lazy-page.ts';
import { shellRoute } from '../shell/shell-route.tsx';

export const reconciliationsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/operations/reconciliation',
  staticData: { title: 'Reconciliation' },
  component: lazyPage(() => import('./runs-page.tsx'), 'RunsPage'),
});

export const reconciliationRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/operations/reconciliation/$runId',
  staticData: { title: 'Reconciliation' },
  component: lazyPage(() => import('./run-page.tsx'), 'RunPage'),
});
