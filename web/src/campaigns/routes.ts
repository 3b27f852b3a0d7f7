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

/**
 * One campaign: the builder while it is a draft, the live page afterwards. `tab=people` lists its recipients, `state` and `reason` filter
 * them, `person` (a contact) opens the story of one.
 */
export const campaignRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/campaigns/$campaignId',
  validateSearch: searchSchema({
    tab: oneOf(['overview', 'people'], 'overview'),
    state: oneOf(['pending', 'handing_over', 'unknown', 'sent', 'delivered', 'failed', 'skipped'], ''),
    reason: text(100),
    person: text(50),
  }),
  staticData: { title: 'Campaign' },
  component: lazyPage(() => import('./campaign-page.tsx'), 'CampaignPage'),
});
