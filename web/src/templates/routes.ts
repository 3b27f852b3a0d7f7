import { createRoute } from '@tanstack/react-router';
import { oneOf, searchSchema, text } from '../patterns/search-schema.ts';
import { lazyPage } from '../shell/lazy-page.ts';
import { shellRoute } from '../shell/shell-route.tsx';

const listSearch = searchSchema({ search: text() });
export const templatesRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/templates',
  validateSearch: listSearch,
  staticData: { title: 'Templates' },
  component: lazyPage(() => import('./templates-page.tsx'), 'TemplatesPage'),
});

/** `start` is what a new template begins with. */
const templateSearch = searchSchema({ start: oneOf(['sample'], '') });
/** `/templates/new` is the page of a template that has not been saved yet. */
export const templateRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/templates/$templateId',
  validateSearch: templateSearch,
  staticData: { title: 'Template' },
  component: lazyPage(() => import('./template-page.tsx'), 'TemplatePage'),
});
