import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { searchSchema, text } from '../patterns/search-schema.ts';
import { shellRoute } from '../shell/shell-route.tsx';

export const templatesRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/templates',
  validateSearch: searchSchema({ search: text() }),
  staticData: { title: 'Templates' },
  component: lazyRouteComponent(() => import('./templates-page.tsx'), 'TemplatesPage'),
});

/** `/templates/new` is the page of a template that has not been saved yet. */
export const templateRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/templates/$templateId',
  staticData: { title: 'Template' },
  component: lazyRouteComponent(() => import('./template-page.tsx'), 'TemplatePage'),
});
