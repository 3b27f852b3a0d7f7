import { createRoute } from '@tanstack/react-router';
import { lazyPage } from '../shell/lazy-page.ts';
import { shellRoute } from '../shell/shell-route.tsx';

export const importsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/imports',
  staticData: { title: 'Imports', section: '/contacts' },
  component: lazyPage(() => import('./imports-page.tsx'), 'ImportsPage'),
});

export const importRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/imports/$importId',
  staticData: { title: 'Import', section: '/contacts' },
  component: lazyPage(() => import('./import-page.tsx'), 'ImportPage'),
});
