import { Modal, ScrollArea } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconMessageCircle, IconSearch, IconSend } from '@tabler/icons-react';
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import type { Status } from '../api/operations.ts';
import type { Me } from '../api/session.ts';
import { formatPhone } from '../patterns/format.ts';
import { rowAfterKey } from '../patterns/row-keys.ts';
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

interface Entry extends Pick<Command, 'id' | 'label' | 'icon' | 'hint' | 'run'> {
  readonly group: string;
}

const DEBOUNCE_MS = 150;
const PAGE_ROWS = 8;

/**
 * Search over people (name or any part of a number), campaigns, pages and actions. A combobox with a list, so that screen readers hear
 * the chosen entry while the focus stays in the field.
 */
export function CommandPalette({ opened, onClose, me, status, onShortcuts }: CommandPaletteProps) {
  const [query, setQuery] = useState('');
  const [chosen, setChosen] = useState(0);
  const listId = useId();
  const [settled] = useDebouncedValue(query.trim(), DEBOUNCE_MS);
  const found = useFound(opened ? settled : '');
  const commands = matchCommands(useCommands({ role: me.user.role, status, onShortcuts }), query);
  const entries = entriesOf(found, commands);
  const index = Math.min(chosen, entries.length - 1);
  const left = useRef(false);

  const close = (): void => {
    onClose();
    setQuery('');
    setChosen(0);
  };
  const run = (entry: Entry | undefined): void => {
    if (entry === undefined) return;
    left.current = true;
    close();
    entry.run();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Enter') run(entries[index]);
    else {
      const target = ['ArrowDown', 'ArrowUp', 'PageDown', 'PageUp'].includes(event.key)
        ? rowAfterKey(event.key, { index, count: entries.length, pageRows: PAGE_ROWS })
        : undefined;
      if (target === undefined) return;
      setChosen(target);
    }
    event.preventDefault();
  };
  useReturnedFocus(opened, left);

  return (
    <Modal
      opened={opened}
      onClose={close}
      returnFocus={false}
      withCloseButton={false}
      centered={false}
      yOffset="12dvh"
      size={600}
      padding={0}
      attributes={{ content: { 'aria-label': 'Search' } }}
    >
      <div className={classes.field}>
        <IconSearch size={20} stroke={ICON_STROKE} aria-hidden />
        <input
          data-autofocus
          role="combobox"
          aria-expanded
          aria-controls={listId}
          aria-activedescendant={entries.length === 0 ? undefined : `${listId}-${index}`}
          aria-label="Search people, campaigns, pages and actions"
          placeholder="Name, number, campaign, page or action"
          autoComplete="off"
          spellCheck={false}
          value={query}
          onChange={(event) => {
            setQuery(event.currentTarget.value);
            setChosen(0);
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      <ScrollArea.Autosize mah="min(28rem, 60dvh)" type="scroll">
        <EntryList id={listId} entries={entries} index={index} onRun={run} onPoint={setChosen} />
        {entries.length > 0 ? null : (
          <p className={classes.nothing} role="status">
            {found.busy ? 'Searching' : `Nothing matches “${query.trim()}”`}
          </p>
        )}
      </ScrollArea.Autosize>
    </Modal>
  );
}

function entriesOf(found: ReturnType<typeof useFound>, commands: readonly Command[]): readonly Entry[] {
  const people = found.people.map((person) => ({
    id: person.id,
    group: 'People',
    label: person.name === '' ? formatPhone(person.phone) : person.name,
    icon: IconMessageCircle,
    hint: `${formatPhone(person.phone)}${person.optedOut ? ' · Opted out' : ''}`,
    run: person.open,
  }));
  const campaigns = found.campaigns.map((campaign) => ({
    id: campaign.id,
    group: 'Campaigns',
    label: campaign.name,
    icon: IconSend,
    hint: stateWord(campaign.state).word,
    run: campaign.open,
  }));
  const others = commands.map((command) => ({ ...command, group: command.kind === 'page' ? 'Pages' : 'Actions' }));
  return [...people, ...campaigns, ...others];
}

interface EntryListProps {
  readonly id: string;
  readonly entries: readonly Entry[];
  readonly index: number;
  readonly onRun: (entry: Entry) => void;
  readonly onPoint: (index: number) => void;
}

function EntryList({ id, entries, index, onRun, onPoint }: EntryListProps) {
  const list = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the chosen entry comes into sight whenever the choice changes.
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [index]);
  return (
    <div ref={list} role="listbox" id={id} aria-label="Results" className={classes.list}>
      {entries.map((entry, place) => (
        <div key={`${entry.group} ${entry.id}`}>
          {entries[place - 1]?.group === entry.group ? null : (
            <div className={classes.group} aria-hidden>
              {entry.group}
            </div>
          )}
          {/* biome-ignore lint/a11y/useKeyWithClickEvents: the field above has the focus and handles the keys. */}
          <div
            role="option"
            tabIndex={-1}
            id={`${id}-${place}`}
            aria-selected={place === index}
            className={classes.entry}
            onPointerMove={() => onPoint(place)}
            onClick={() => onRun(entry)}
          >
            <entry.icon size={16} stroke={ICON_STROKE} aria-hidden />
            <span className={classes.label}>{entry.label}</span>
            {entry.hint === undefined ? null : <span className={classes.hint}>{entry.hint}</span>}
          </div>
        </div>
      ))}
    </div>
  );
}

/** Gives the focus back on Escape; an entry that was run has moved it to where it belongs. */
function useReturnedFocus(opened: boolean, left: { current: boolean }): void {
  useEffect(() => {
    if (!opened) return undefined;
    const before = document.activeElement;
    left.current = false;
    return () => {
      if (!left.current && before instanceof HTMLElement) before.focus({ preventScroll: true });
    };
  }, [opened, left]);
}
