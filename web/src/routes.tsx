import type { QueryClient } from '@tanstack/react-query';
import { createRoute, createRouter } from '@tanstack/react-router';
import { alertsRoute } from './alerts/routes.ts';
import { campaignRoute, campaignsRoute, recipientRoute, recipientsRoute } from './campaigns/routes.ts';
import { complianceRoutes } from './compliance/routes.ts';
import { contactRoute, contactsRoute } from './contacts/routes.ts';
import { healthRoute } from './health/routes.ts';
import { homeRoute } from './home/routes.ts';
import { importRoute, importsRoute } from './imports/routes.ts';
import { conversationRoute, inboxRoute } from './inbox/routes.ts';
import { operationsRoutes } from './operations/routes.ts';
import { LoadingSkeleton } from './patterns/loading-skeleton.tsx';
import { Page } from './patterns/page.tsx';
import { parseSearch, stringifySearch } from './patterns/search-schema.ts';
import { reconciliationRoute, reconciliationsRoute } from './reconciliation/routes.ts';
import { reviewsRoute } from './reviews/routes.ts';
import { firstRunRoute, signInRoute } from './session/routes.ts';
import { settingsRoutes } from './settings/routes.ts';
import { NotFoundPage, RouteError } from './shell/route-error.tsx';
import { rootRoute, shellRoute } from './shell/shell-route.tsx';
import { templateRoute, templatesRoute } from './templates/routes.ts';
import { validatedNumbersRoute } from './validation/routes.ts';

/** An address that leads nowhere; the rail stays. */
const unknownRoute = createRoute({ getParentRoute: () => shellRoute, path: '$', component: NotFoundPage });

/** Every page there is. Each feature describes its own routes in its `routes.ts`; they are put together here. */
const routeTree = rootRoute.addChildren([
  signInRoute,
  firstRunRoute,
  shellRoute.addChildren([
    homeRoute,
    alertsRoute,
    inboxRoute.addChildren([conversationRoute]),
    campaignsRoute,
    campaignRoute.addChildren([recipientsRoute.addChildren([recipientRoute])]),
    contactsRoute.addChildren([contactRoute]),
    importsRoute,
    importRoute,
    templatesRoute,
    templateRoute,
    ...complianceRoutes,
    ...operationsRoutes,
    healthRoute,
    reconciliationsRoute,
    reconciliationRoute,
    reviewsRoute,
    settingsRoutes,
    validatedNumbersRoute,
    unknownRoute,
  ]),
]);

/** The pending component draws nothing for its first 200 ms by itself. */
const PENDING_MS = 0;

export const makeRouter = (queryClient: QueryClient) =>
  createRouter({
    routeTree,
    context: { queryClient },
    parseSearch,
    stringifySearch,
    defaultPreload: 'intent',
    defaultPendingMs: PENDING_MS,
    defaultPendingMinMs: 0,
    defaultPendingComponent: () => (
      <Page>
        <LoadingSkeleton shape="detail" />
      </Page>
    ),
    defaultErrorComponent: RouteError,
    defaultNotFoundComponent: NotFoundPage,
    scrollRestoration: true,
    scrollToTopSelectors: ['#main'],
  });

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
