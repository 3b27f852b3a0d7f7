import { createRoute } from '@tanstack/react-router';
import { oneOf, searchSchema, text } from '../patterns/search-schema.ts';
import { lazyPage } from '../shell/lazy-page.ts';
import { shellRoute } from '../shell/shell-route.tsx';
import { WAIT_REASONS } from './wait-reasons.ts';

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

/** One campaign: the builder while it is a draft, the live page afterwards; `?edit=sending` opens the dialog that changes how it sends. */
export const campaignRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/campaigns/$campaignId',
  validateSearch: searchSchema({ edit: oneOf(['sending'], '') }),
  staticData: { title: 'Campaign' },
  component: lazyPage(() => import('./campaign-page.tsx'), 'CampaignPage'),
});

/** Everybody of a launched campaign; `state`, `reason`, `waits` (with the time `until`), `variant` and `search` filter. */
export const recipientsRoute = createRoute({
  getParentRoute: () => campaignRoute,
  path: 'people',
  validateSearch: searchSchema({
    state: oneOf(['pending', 'handing_over', 'unknown', 'sent', 'delivered', 'failed', 'skipped'], ''),
    reason: text(100),
    waits: oneOf(WAIT_REASONS, ''),
    until: text(40),
    variant: text(20),
    search: text(),
  }),
  staticData: { title: 'People' },
  component: lazyPage(() => import('./recipients.tsx'), 'Recipients'),
});

/** The side panel with the story of one of them, by contact. */
export const recipientRoute = createRoute({
  getParentRoute: () => recipientsRoute,
  path: '$contactId',
  staticData: { title: 'Person' },
  component: lazyPage(() => import('./recipient-panel.tsx'), 'RecipientPanel'),
});
