import { createRoute, redirect } from '@tanstack/react-router';
import { oneOf, searchSchema, TIME_SEARCH, text } from '../patterns/search-schema.ts';
import { lazyPage } from '../shell/lazy-page.ts';
import { shellRoute } from '../shell/shell-route.tsx';

export const operationsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/operations',
  staticData: { title: 'Operations' },
  beforeLoad: () => {
    throw redirect({ to: '/operations/events', replace: true });
  },
});

const eventsSearch = searchSchema({
  search: text(),
  state: oneOf(['received', 'retrying', 'applied', 'failed', 'discarded'], ''),
  type: text(100),
  account: text(60),
  ...TIME_SEARCH,
});

export const eventsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/operations/events',
  validateSearch: eventsSearch,
  staticData: { title: 'Events' },
  component: lazyPage(() => import('./events-page.tsx'), 'EventsPage'),
});

/** The side panel of one event; the list with its filters stays beside it. */
export const eventRoute = createRoute({
  getParentRoute: () => eventsRoute,
  path: '$eventId',
  staticData: { title: 'Event' },
  component: lazyPage(() => import('./event-panel.tsx'), 'EventPanel'),
});

export const replaysRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/operations/replays',
  staticData: { title: 'Replays' },
  component: lazyPage(() => import('./replays-page.tsx'), 'ReplaysPage'),
});

/** Charts unless it says otherwise. */
const look = oneOf(['table'], '');
const throughputSearch = searchSchema({ look });

export const throughputRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/operations/throughput',
  validateSearch: throughputSearch,
  staticData: { title: 'Throughput' },
  component: lazyPage(() => import('./throughput-page.tsx'), 'ThroughputPage'),
});

const sourcesSearch = searchSchema({ hours: oneOf(['168', '720'], ''), look });

export const sourcesRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/operations/sources',
  validateSearch: sourcesSearch,
  staticData: { title: 'Sources' },
  component: lazyPage(() => import('./sources-page.tsx'), 'SourcesPage'),
});

export const workersRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/operations/workers',
  staticData: { title: 'Workers' },
  component: lazyPage(() => import('./workers-page.tsx'), 'WorkersPage'),
});

export const operationsRoutes = [
  operationsRoute,
  eventsRoute.addChildren([eventRoute]),
  replaysRoute,
  throughputRoute,
  sourcesRoute,
  workersRoute,
] as const;
