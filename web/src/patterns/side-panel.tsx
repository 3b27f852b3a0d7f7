import { ActionIcon, Title, Tooltip } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { type ReactNode, useEffect, useRef } from 'react';
import { ICON_STROKE } from '../theme.ts';
import { usePageTitle } from './page-title.ts';
import { useShortcuts } from './shortcuts.ts';
import classes from './side-panel.module.css';

/** A list with the detail of one of its rows at the right; on narrow windows the panel covers the list. */
export function SplitView({ children, panel }: { readonly children: ReactNode; readonly panel: ReactNode }) {
  return (
    <div className={classes.split} data-bleed>
      <div className={classes.main}>{children}</div>
      {panel}
    </div>
  );
}

interface SidePanelProps {
  readonly title: string;
  /** State badge or number under the title. */
  readonly beside?: ReactNode;
  readonly actions?: ReactNode;
  /** Leaves for the list's own address. */
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** Detail of a row, a route of its own. Takes the focus when it opens; Escape closes it, also from the list beside it. */
export function SidePanel({ title, beside, actions, onClose, children }: SidePanelProps) {
  usePageTitle(title);
  const panel = useRef<HTMLElement>(null);
  useShortcuts('Panel', [
    {
      keys: 'Escape',
      label: 'Close the panel',
      run: () => (isBesideList(document.activeElement) ? onClose() : undefined),
    },
  ]);
  useEffect(() => {
    const before = document.activeElement;
    panel.current?.focus({ preventScroll: true });
    return () => focusBack(before);
  }, []);
  return (
    <aside
      ref={panel}
      className={classes.panel}
      tabIndex={-1}
      aria-label={title}
      onKeyDown={(event) => {
        // A dialog or menu opened from the panel is its child for React, and closes itself.
        const inside = event.target instanceof Node && event.currentTarget.contains(event.target);
        if (event.key !== 'Escape' || event.defaultPrevented || !inside) return;
        event.preventDefault();
        onClose();
      }}
    >
      <header className={classes.head}>
        <div className={classes.identity}>
          <Title order={2} className={classes.title}>
            {title}
          </Title>
          {beside}
        </div>
        {actions}
        <Tooltip label="Close (Esc)">
          <ActionIcon aria-label="Close the panel" onClick={onClose}>
            <IconX size={20} stroke={ICON_STROKE} />
          </ActionIcon>
        </Tooltip>
      </header>
      <div className={classes.body}>{children}</div>
    </aside>
  );
}

/** Neither in a field nor in something that closes by itself. */
const isBesideList = (focused: Element | null): boolean =>
  focused === null || focused === document.body || focused.closest('[role="grid"], h1') !== null;

/** Where one came from; if that is gone (a search dialog), the list's current row or the page's heading. */
function focusBack(before: Element | null): void {
  const came = before instanceof HTMLElement && before !== document.body && before.isConnected ? before : null;
  const page = document.getElementById('main');
  const instead = page?.querySelector<HTMLElement>('[role="grid"] [tabindex="0"]') ?? page?.querySelector('h1');
  (came ?? instead)?.focus({ preventScroll: true });
}
