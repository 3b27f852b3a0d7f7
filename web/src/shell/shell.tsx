import { useMediaQuery } from '@mantine/hooks';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { Outlet, useNavigate } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { useLive } from '../api/live.ts';
import { operationKeys, statusQuery } from '../api/operations.ts';
import { meQuery } from '../api/session.ts';
import { EVERYWHERE, useShortcutKeys, useShortcuts } from '../patterns/shortcuts.ts';
import { useLazyDialog } from '../patterns/use-lazy-dialog.ts';
import { PHONE_QUERY } from '../theme.ts';
import { Rail } from './rail.tsx';
import { useDocumentTitle, useTrail } from './route-trail.ts';
import { SECTIONS } from './sections.ts';
import classes from './shell.module.css';
import { TopBar } from './top-bar.tsx';
import { useRail } from './use-rail.ts';

const BottomBar = lazy(() => import('./bottom-bar.tsx').then((file) => ({ default: file.BottomBar })));
const CommandPalette = lazy(() => import('./command-palette.tsx').then((file) => ({ default: file.CommandPalette })));
const ShortcutsDialog = lazy(() =>
  import('./shortcuts-dialog.tsx').then((file) => ({ default: file.ShortcutsDialog })),
);

/** The frame around every page: rail, top bar, and what works everywhere. */
export function Shell() {
  const { data: me } = useSuspenseQuery(meQuery);
  const { data: status } = useQuery(statusQuery);
  const phone = useMediaQuery(PHONE_QUERY, undefined, { getInitialValueInEffect: false });
  const rail = useRail();
  const palette = useLazyDialog();
  const shortcuts = useLazyDialog();
  const trail = useTrail();
  const unread = status?.unread ?? 0;

  useLive('status', [operationKeys.status, operationKeys.home]);
  useLive('inbox', [operationKeys.status]);
  useDocumentTitle(trail, unread);
  useShellKeys({
    onSearch: palette.toggle,
    onShortcuts: shortcuts.toggle,
    onRail: rail.toggle,
  });

  return (
    <div className={classes.shell} data-collapsed={rail.collapsed || undefined}>
      <a href="#main" className={classes.skip}>
        Skip to the page
      </a>
      {phone ? null : (
        <Rail
          businessName={me.business.name}
          active={trail.section}
          unread={unread}
          collapsed={rail.collapsed}
          onToggle={rail.toggle}
        />
      )}
      <TopBar trail={trail} status={status} me={me} onSearch={palette.open} onShortcuts={shortcuts.open} />
      <main id="main" tabIndex={-1} className={classes.main} data-scroll-restoration-id="main">
        <Outlet />
      </main>
      {phone ? (
        <Suspense fallback={<div className={classes.bottom} />}>
          <BottomBar active={trail.section} unread={unread} />
        </Suspense>
      ) : null}
      <Suspense fallback={null}>
        {palette.wanted ? (
          <CommandPalette
            opened={palette.opened}
            onClose={palette.close}
            me={me}
            status={status}
            onShortcuts={shortcuts.open}
          />
        ) : null}
        {shortcuts.wanted ? <ShortcutsDialog opened={shortcuts.opened} onClose={shortcuts.close} /> : null}
      </Suspense>
    </div>
  );
}

function useShellKeys(actions: {
  readonly onSearch: () => void;
  readonly onShortcuts: () => void;
  readonly onRail: () => void;
}): void {
  const navigate = useNavigate();
  useShortcutKeys();
  useShortcuts(EVERYWHERE, [
    { keys: 'mod+k', label: 'Search people, campaigns and actions', run: actions.onSearch, whileTyping: true },
    { keys: '?', label: 'Show the shortcuts', run: actions.onShortcuts },
    { keys: '[', label: 'Narrow or widen the sidebar', run: actions.onRail },
    ...SECTIONS.map((section) => ({
      keys: `g ${section.key}`,
      label: `Go to ${section.label}`,
      run: () => void navigate({ to: section.to }),
    })),
  ]);
}
