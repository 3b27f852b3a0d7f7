import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { shellRoute } from '../shell/shell-route.tsx';

export const importsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/imports',
  staticData: { title: 'Imports', section: '/contacts' },
  component: lazyRouteComponent(() => import('./imports-page.tsx'), 'ImportsPage'),
});

export const importRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/imports/$importId',
  staticData: { title: 'Import', section: '/contacts' },
  component: lazyRouteComponent(() => import('./import-page.tsx'), 'ImportPage'),
});
