import { createRoute } from '@tanstack/react-router';
import { lazyPage } from '../shell/lazy-page.ts';
import { shellRoute } from '../shell/shell-route.tsx';

export const alertsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/alerts',
  staticData: { title: 'Alerts', section: '/' },
  component: lazyPage(() => import('./alerts-page.tsx'), 'AlertsPage'),
});
