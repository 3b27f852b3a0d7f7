import { createRoute } from '@tanstack/react-router';
import { searchSchema, text } from '../patterns/search-schema.ts';
import { lazyPage } from '../shell/lazy-page.ts';
import { shellRoute } from '../shell/shell-route.tsx';

/** `?outcome=` as the API takes it. */
export const validatedNumbersRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/number-validation/$validationId',
  validateSearch: searchSchema({ outcome: text(40) }),
  staticData: { title: 'Validated numbers', section: '/settings' },
  component: lazyPage(() => import('./numbers-page.tsx'), 'NumbersPage'),
});
