import { createRoute } from '@tanstack/react-router';
import { lazyPage } from '../shell/lazy-page.ts';
import { shellRoute } from '../shell/shell-route.tsx';

export const reviewsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/compliance/reviews',
  staticData: { title: 'Unclear replies' },
  component: lazyPage(() => import('./reviews-page.tsx'), 'ReviewsPage'),
});
