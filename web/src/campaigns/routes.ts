import { createRoute } from '@tanstack/react-router';
import { oneOf, searchSchema, text } from '../patterns/search-schema.ts';
import { lazyPage } from '../shell/lazy-page.ts';
import { shellRoute } from '../shell/shell-route.tsx';

export const campaignsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/campaigns',
  validateSearch: searchSchema({
    search: text(),
    state: oneOf(['draft', 'running', 'paused', 'completed', 'cancelled'], ''),
  }),
  staticData: { title: 'Campaigns' },
  component: lazyPage(() => import('./campaigns-page.tsx'), 'CampaignsPage'),
});

/** One campaign: the builder while it is a draft, the live page afterwards. `state` and `reason` filter its recipients. */
export const campaignRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/campaigns/$campaignId',
  validateSearch: searchSchema({
    state: oneOf(['pending', 'handing_over', 'unknown', 'sent', 'delivered', 'failed', 'skipped'], ''),
    reason: text(100),
  }),
  staticData: { title: 'Campaign' },
  component: lazyPage(() => import('./campaign-page.tsx'), 'CampaignPage'),
});
