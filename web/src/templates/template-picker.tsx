import { Anchor, Combobox, Loader, Text, Tooltip, useCombobox } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useInfiniteQuery, useSuspenseQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactElement, useEffect, useRef, useState } from 'react';
import { rowsOf } from '../api/pages.ts';
import { mayAct, meQuery } from '../api/session.ts';
import { type Template, templatesQuery } from '../api/templates.ts';
import { ErrorState } from '../patterns/error-state.tsx';
import classes from './template-picker.module.css';

const DEBOUNCE_MS = 150;

interface TemplatePickerProps {
  readonly button: (toggle: () => void) => ReactElement;
  readonly tooltip: string;
  readonly position: 'bottom-end' | 'top-start';
  /** For a picker that is fetched when its button is first pressed. */
  readonly startsOpen?: boolean;
  readonly onChoose: (template: Template) => void;
}

/** A button that opens the templates to choose one, with a search. They are asked for when it first opens. */
export function TemplatePicker({ button, tooltip, position, startsOpen = false, onChoose }: TemplatePickerProps) {
  const [search, setSearch] = useState('');
  const [wanted, setWanted] = useState(startsOpen);
  const [settled] = useDebouncedValue(search.trim(), DEBOUNCE_MS);
  const combobox = useCombobox({
    defaultOpened: startsOpen,
    onDropdownOpen: () => {
      setWanted(true);
      combobox.focusSearchInput();
    },
    onDropdownClose: (source) => {
      combobox.resetSelectedOption();
      setSearch('');
      // A click elsewhere has its own idea of where the focus goes.
      if (source === 'keyboard') combobox.focusTarget();
    },
  });
  const focusSearch = useRef(combobox.focusSearchInput);
  useEffect(() => {
    if (startsOpen) focusSearch.current();
  }, [startsOpen]);
  const query = useInfiniteQuery({
    ...templatesQuery(settled),
    enabled: wanted,
    placeholderData: keepPreviousData,
  });
  const templates = rowsOf(query.data);
  const choose = (id: string): void => {
    const chosen = templates.find((template) => template.id === id);
    combobox.closeDropdown('keyboard');
    if (chosen !== undefined) onChoose(chosen);
  };
  return (
    <Combobox store={combobox} onOptionSubmit={choose} width={320} position={position} shadow="md" withinPortal={false}>
      <Tooltip label={tooltip} disabled={combobox.dropdownOpened}>
        <Combobox.Target targetType="button" withAriaAttributes={false}>
          {button(() => combobox.toggleDropdown())}
        </Combobox.Target>
      </Tooltip>
      <Combobox.Dropdown>
        <Combobox.Search
          // Inside the frame of a text field it would take that field's id, and the field lose its label.
          withAria={false}
          role="combobox"
          aria-expanded={combobox.dropdownOpened}
          value={search}
          onChange={(event) => {
            setSearch(event.currentTarget.value);
            combobox.updateSelectedOptionIndex();
          }}
          placeholder="Find a template"
          aria-label="Find a template"
        />
        {/* Always there: the search field names it as what it controls. */}
        <Combobox.Options mah={280} className={classes.options} aria-label="Templates" hidden={templates.length === 0}>
          {templates.map((template) => (
            <Combobox.Option key={template.id} value={template.id}>
              <Text size="sm" fw={550} truncate dir="auto">
                {template.name}
              </Text>
              <Text size="xs" c="dimmed" lineClamp={2} dir="auto">
                {template.body}
              </Text>
            </Combobox.Option>
          ))}
        </Combobox.Options>
        {templates.length === 0 ? (
          <Combobox.Footer>
            <NoTemplates query={query} searched={settled !== ''} />
          </Combobox.Footer>
        ) : null}
      </Combobox.Dropdown>
    </Combobox>
  );
}

interface NoTemplatesProps {
  readonly query: Pick<ReturnType<typeof useInfiniteQuery>, 'isPending' | 'error' | 'refetch'>;
  readonly searched: boolean;
}

function NoTemplates({ query: { isPending, error, refetch }, searched }: NoTemplatesProps) {
  const mayWrite = mayAct(useSuspenseQuery(meQuery).data.user.role, 'manager');
  if (error !== null)
    return <ErrorState compact error={error} what="The templates could not be loaded" onRetry={() => void refetch()} />;
  if (isPending) return <Loader size="xs" color="gray" />;
  if (searched) return <Text size="sm">No template matches.</Text>;
  if (!mayWrite) return <Text size="sm">There are no templates yet.</Text>;
  return (
    <Anchor size="sm" renderRoot={(props) => <Link to="/templates" {...props} />}>
      Write a first template
    </Anchor>
  );
}
