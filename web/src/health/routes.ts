import { createRoute } from '@tanstack/react-router';
import { lazyPage } from '../shell/lazy-page.ts';
import { shellRoute } from '../shell/shell-route.tsx';

export const healthRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/operations/health',
  staticData: { title: 'Health' },
  component: lazyPage(() => import('./health-page.tsx'), 'HealthPage'),
});
