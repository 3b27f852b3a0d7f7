import { createRoute } from '@tanstack/react-router';
import { searchSchema, text } from '../patterns/search-schema.ts';
import { lazyPage } from '../shell/lazy-page.ts';
import { shellRoute } from '../shell/shell-route.tsx';

export const templatesRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/templates',
  validateSearch: searchSchema({ search: text() }),
  staticData: { title: 'Templates' },
  component: lazyPage(() => import('./templates-page.tsx'), 'TemplatesPage'),
});

/** `/templates/new` is the page of a template that has not been saved yet. */
export const templateRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/templates/$templateId',
  staticData: { title: 'Template' },
  component: lazyPage(() => import('./template-page.tsx'), 'TemplatePage'),
});
