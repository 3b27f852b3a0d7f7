import { createRoute } from '@tanstack/react-router';
import { oneOf, searchSchema, TIME_SEARCH, text } from '../patterns/search-schema.ts';
import { lazyPage } from '../shell/lazy-page.ts';
import { shellRoute } from '../shell/shell-route.tsx';

export const complianceRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/compliance',
  staticData: { title: 'Compliance' },
  component: lazyPage(() => import('./compliance-page.tsx'), 'CompliancePage'),
});

/** `?by=` and the filters as the API takes them. */
export const optOutReportRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/compliance/opt-out-report',
  validateSearch: searchSchema({
    by: oneOf(['variant', 'lane', 'state', 'hour', 'day'], ''),
    days: oneOf(['7', '90', '366'], ''),
    state: text(2),
    campaign: text(40),
    lane: text(40),
  }),
  staticData: { title: 'Opt-out report' },
  component: lazyPage(() => import('./opt-out-report-page.tsx'), 'OptOutReportPage'),
});

export const differencesRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/compliance/opt-out-report/differences',
  staticData: { title: 'Provider differences' },
  component: lazyPage(() => import('./differences-page.tsx'), 'DifferencesPage'),
});

export const optOutImportRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/compliance/opt-out-report/import',
  staticData: { title: 'Import opt-outs' },
  component: lazyPage(() => import('./opt-out-import-page.tsx'), 'OptOutImportPage'),
});

/** `?check=` asks about one number. */
export const dncRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/compliance/do-not-call',
  validateSearch: searchSchema({ check: text(40) }),
  staticData: { title: 'Do-not-call lists' },
  component: lazyPage(() => import('./dnc-page.tsx'), 'DncPage'),
});

export const reassignedRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/compliance/do-not-call/reassigned',
  staticData: { title: 'Reassigned numbers' },
  component: lazyPage(() => import('./reassigned-page.tsx'), 'ReassignedPage'),
});

export const scrubRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/compliance/do-not-call/service',
  staticData: { title: 'Scrub service' },
  component: lazyPage(() => import('./scrub-page.tsx'), 'ScrubPage'),
});

export const dncListRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/compliance/do-not-call/$listId',
  staticData: { title: 'Do-not-call list' },
  component: lazyPage(() => import('./dnc-list-page.tsx'), 'DncListPage'),
});

/** `?phone=` names whose records. */
export const evidenceRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/compliance/evidence',
  validateSearch: searchSchema({ phone: text(40) }),
  staticData: { title: 'Evidence' },
  component: lazyPage(() => import('./evidence-page.tsx'), 'EvidencePage'),
});

const auditSearchSchema = searchSchema({ search: text(), action: text(100), actor: text(100), ...TIME_SEARCH });

export const auditRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/compliance/audit-log',
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

const ledgerSearchSchema = searchSchema({
  search: text(40),
  state: text(40),
  action: text(40),
  kind: text(40),
  purpose: text(40),
  source: text(40),
  ...TIME_SEARCH,
});

export const ledgerRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/compliance/consents',
  validateSearch: ledgerSearchSchema,
  staticData: { title: 'Consents' },
  component: lazyPage(() => import('./ledger-page.tsx'), 'LedgerPage'),
});

/** The side panel of one event; the list with its filters stays beside it. */
export const ledgerEntryRoute = createRoute({
  getParentRoute: () => ledgerRoute,
  path: '$consentId',
  staticData: { title: 'Consent' },
  component: lazyPage(() => import('./ledger-panel.tsx'), 'LedgerPanel'),
});

export const formsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/compliance/forms',
  staticData: { title: 'Opt-in forms' },
  component: lazyPage(() => import('./forms-page.tsx'), 'FormsPage'),
});

/** `new` is the form that is being made. */
export const formRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/compliance/forms/$formId',
  staticData: { title: 'Opt-in form' },
  component: lazyPage(() => import('./form-page.tsx'), 'FormPage'),
});

export const complianceRoutes = [
  complianceRoute,
  optOutReportRoute,
  differencesRoute,
  optOutImportRoute,
  dncRoute,
  reassignedRoute,
  scrubRoute,
  dncListRoute,
  evidenceRoute,
  ledgerRoute.addChildren([ledgerEntryRoute]),
  formsRoute,
  formRoute,
  auditRoute.addChildren([auditEntryRoute]),
] as const;
