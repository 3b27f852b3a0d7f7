import { createRoute, redirect } from '@tanstack/react-router';
import { searchSchema, TIME_SEARCH, text } from '../patterns/search-schema.ts';
import { lazyPage } from '../shell/lazy-page.ts';
import { shellRoute } from '../shell/shell-route.tsx';

export const complianceRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/compliance',
  staticData: { title: 'Compliance' },
  beforeLoad: () => {
    throw redirect({ to: '/compliance/audit', replace: true });
  },
});

const auditSearchSchema = searchSchema({ search: text(), action: text(100), actor: text(100), ...TIME_SEARCH });

export const auditRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/compliance/audit',
  validateSearch: auditSearchSchema,
  staticData: { title: 'Audit log' },
  component: lazyPage(() => import('./audit-page.tsx'), 'AuditPage'),
});

/** The side panel of one entry; the list with its filters stays beside it. */
export const auditEntryRoute = createRoute({
  getParentRoute: () => auditRoute,
  path: '$entryId',
  staticData: { title: 'Audit entry' },
  component: lazyPage(() => import('./audit-panel.tsx'), 'AuditPanel'),
});

export const complianceRoutes = [complianceRoute, auditRoute.addChildren([auditEntryRoute])] as const;
