import { Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { Spotlight, spotlight, spotlightActions, spotlightStore } from '@mantine/spotlight';
import '@mantine/spotlight/styles.layer.css';
import { IconSearch } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import type { Status } from '../api/operations.ts';
import type { Me } from '../api/session.ts';
import { formatPhone } from '../patterns/format.ts';
import { stateWord } from '../patterns/states.ts';
import { ICON_STROKE } from '../theme.ts';
import classes from './command-palette.module.css';
import { type Command, matchCommands } from './commands.ts';
import { useCommands } from './use-commands.ts';
import { useFound } from './use-found.ts';

interface CommandPaletteProps {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly me: Me;
  readonly status: Status | undefined;
  readonly onShortcuts: () => void;
}

const DEBOUNCE_MS = 150;

/** Search over people (name or any part of a number), campaigns, pages and actions. */
export function CommandPalette({ opened, onClose, me, status, onShortcuts }: CommandPaletteProps) {
  const [query, setQuery] = useState('');
  const [settled] = useDebouncedValue(query.trim(), DEBOUNCE_MS);
  const found = useFound(opened ? settled : '');
  const commands = matchCommands(useCommands({ role: me.user.role, status, onShortcuts }), query);
  const returnFocus = useFocusReturn(opened);
  useEffect(() => {
    if (opened) spotlight.open();
    else spotlight.close();
  }, [opened]);
  const count = commands.length + found.people.length + found.campaigns.length;
  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever the results change, Enter means the first of them again.
  useEffect(() => {
    if (opened) spotlightActions.setSelectedAction(0, spotlightStore);
  }, [opened, query, count]);
  return (
    <Spotlight.Root
      query={query}
      onQueryChange={setQuery}
      onSpotlightClose={() => {
        onClose();
        returnFocus();
      }}
      returnFocus={false}
      centered={false}
      overlayProps={{ backgroundOpacity: 0.4, blur: 0 }}
      attributes={{ content: { 'aria-label': 'Search' } }}
      classNames={{ search: classes.search, actionsGroup: classes.group }}
      shortcut={null}
      scrollable
      maxHeight="min(28rem, 60dvh)"
      size={600}
      yOffset="12dvh"
      transitionProps={{ duration: 120 }}
    >
      <Spotlight.Search
        placeholder="Name, number, campaign, page or action"
        aria-label="Search people, campaigns, pages and actions"
        leftSection={<IconSearch size={20} stroke={ICON_STROKE} />}
      />
      <Spotlight.ActionsList>
        {found.people.length === 0 ? null : (
          <Spotlight.ActionsGroup label="People">
            {found.people.map((person) => (
              <Spotlight.Action key={person.id} onClick={person.open}>
                <Line
                  label={person.name === '' ? formatPhone(person.phone) : person.name}
                  aside={person.optedOut ? 'Opted out' : formatPhone(person.phone)}
                />
              </Spotlight.Action>
            ))}
          </Spotlight.ActionsGroup>
        )}
        {found.campaigns.length === 0 ? null : (
          <Spotlight.ActionsGroup label="Campaigns">
            {found.campaigns.map((campaign) => (
              <Spotlight.Action key={campaign.id} onClick={campaign.open}>
                <Line label={campaign.name} aside={stateWord(campaign.state).word} />
              </Spotlight.Action>
            ))}
          </Spotlight.ActionsGroup>
        )}
        <CommandGroup label="Pages" commands={commands.filter((command) => command.kind === 'page')} />
        <CommandGroup label="Actions" commands={commands.filter((command) => command.kind === 'action')} />
        {count === 0 ? (
          <Spotlight.Empty>{found.busy ? 'Searching' : `Nothing matches “${query.trim()}”`}</Spotlight.Empty>
        ) : null}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}

/** Gives the focus back on closing, unless the search led to another page, whose heading has it then. */
function useFocusReturn(opened: boolean): () => void {
  const before = useRef<{ readonly element: Element | null; readonly path: string } | null>(null);
  if (opened && before.current === null)
    before.current = { element: document.activeElement, path: window.location.pathname };
  return () => {
    const { element, path } = before.current ?? { element: null, path: '' };
    before.current = null;
    if (element instanceof HTMLElement && window.location.pathname === path) element.focus({ preventScroll: true });
  };
}

function CommandGroup({ label, commands }: { readonly label: string; readonly commands: readonly Command[] }) {
  if (commands.length === 0) return null;
  return (
    <Spotlight.ActionsGroup label={label}>
      {commands.map((command) => (
        <Spotlight.Action key={command.id} onClick={command.run}>
          <command.icon size={16} stroke={ICON_STROKE} aria-hidden />
          <Line label={command.label} aside={command.hint} />
        </Spotlight.Action>
      ))}
    </Spotlight.ActionsGroup>
  );
}

function Line({ label, aside }: { readonly label: string; readonly aside?: string | undefined }) {
  return (
    <span className={classes.line}>
      <Text span size="md" truncate>
        {label}
      </Text>
      {aside === undefined ? null : (
        <Text span size="sm" c="dimmed" className={classes.aside}>
          {aside}
        </Text>
      )}
    </span>
  );
}
