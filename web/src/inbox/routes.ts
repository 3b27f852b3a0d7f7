import { createRoute } from '@tanstack/react-router';
import { oneOf, searchSchema, text } from '../patterns/search-schema.ts';
import { lazyPage } from '../shell/lazy-page.ts';
import { shellRoute } from '../shell/shell-route.tsx';

export const inboxRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/inbox',
  validateSearch: searchSchema({
    view: oneOf(['waiting', 'missed', 'held', 'open', 'review', 'done', 'all'], 'waiting'),
    search: text(),
  }),
  staticData: { title: 'Inbox' },
  component: lazyPage(() => import('./inbox-page.tsx'), 'InboxPage'),
});

/** One thread with its contact; the list stays at the left. */
export const conversationRoute = createRoute({
  getParentRoute: () => inboxRoute,
  path: '$conversationId',
  staticData: { title: 'Conversation' },
  component: lazyPage(() => import('./conversation-pane.tsx'), 'ConversationPane'),
});
