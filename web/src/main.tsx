import '@mantine/core/styles.layer.css';
import '@mantine/notifications/styles.layer.css';
import '@fontsource-variable/inter/wght.css';
import './theme.css';
import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { makeQueryClient } from './api/query-client.ts';
import { sessionKeys } from './api/session.ts';
import { makeRouter } from './routes.tsx';
import { cssVariablesResolver, theme } from './theme.ts';

const queryClient = makeQueryClient({ onSignedOut: () => void askToSignIn() });
const router = makeRouter(queryClient);

/** A session that ended while the page was open: sign in, then back to where one was. */
async function askToSignIn(): Promise<void> {
  const { pathname, href } = router.state.location;
  if (pathname === '/sign-in' || pathname === '/first-run') return;
  queryClient.removeQueries({ queryKey: sessionKeys.me });
  await router.navigate({ to: '/sign-in', search: { next: href } });
}

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no element with the id root');
createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={cssVariablesResolver} defaultColorScheme="auto">
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
        {/* Buttons that send or import stand at the bottom right, and a message must not cover them. */}
        <Notifications position="bottom-left" limit={4} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
