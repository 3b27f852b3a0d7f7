import { createRoute } from '@tanstack/react-router';
import { oneOf, searchSchema, text } from '../patterns/search-schema.ts';
import { lazyPage } from '../shell/lazy-page.ts';
import { shellRoute } from '../shell/shell-route.tsx';

export const contactsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/contacts',
  validateSearch: searchSchema({
    search: text(),
    tag: text(100),
    state: text(50),
    city: text(100),
    suppressed: oneOf(['yes', 'no'], ''),
  }),
  staticData: { title: 'Contacts' },
  component: lazyPage(() => import('./contacts-page.tsx'), 'ContactsPage'),
});

/** The side panel of one contact; the list with its filters stays beside it. */
export const contactRoute = createRoute({
  getParentRoute: () => contactsRoute,
  path: '$contactId',
  staticData: { title: 'Contact' },
  component: lazyPage(() => import('./contact-panel.tsx'), 'ContactPanel'),
});
