import { Button, Combobox, Loader, Text, useCombobox } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconTemplate } from '@tabler/icons-react';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { rowsOf } from '../api/pages.ts';
import { templatesQuery } from '../api/templates.ts';
import { ErrorState } from '../patterns/error-state.tsx';
import { ICON_STROKE } from '../theme.ts';
import classes from './choose-template.module.css';

const DEBOUNCE_MS = 150;

interface ChooseTemplateProps {
  /** Of the variant that it is for. */
  readonly label: string;
  readonly onChoose: (body: string) => void;
}

/** Takes the text of a template; the campaign keeps its own copy. */
export function ChooseTemplate({ label, onChoose }: ChooseTemplateProps) {
  const [search, setSearch] = useState('');
  const [wanted, setWanted] = useState(false);
  const combobox = useCombobox({
    onDropdownOpen: () => {
      setWanted(true);
      combobox.focusSearchInput();
    },
    onDropdownClose: () => {
      combobox.resetSelectedOption();
      combobox.focusTarget();
      setSearch('');
    },
  });
  const [settled] = useDebouncedValue(search.trim(), DEBOUNCE_MS);
  const templates = useInfiniteQuery({
    ...templatesQuery(settled),
    enabled: wanted,
    placeholderData: keepPreviousData,
  });
  const rows = rowsOf(templates.data);
  const choose = (id: string): void => {
    const chosen = rows.find((template) => template.id === id);
    combobox.closeDropdown();
    if (chosen !== undefined) onChoose(chosen.body);
  };
  return (
    <Combobox store={combobox} onOptionSubmit={choose} width={320} position="bottom-end" shadow="md" withinPortal>
      <Combobox.Target targetType="button">
        <Button
          size="xs"
          variant="subtle"
          color="gray"
          leftSection={<IconTemplate size={16} stroke={ICON_STROKE} aria-hidden />}
          aria-label={`Choose a template for variant ${label}`}
          onClick={() => combobox.toggleDropdown()}
        >
          Template
        </Button>
      </Combobox.Target>
      <Combobox.Dropdown>
        <Combobox.Search
          value={search}
          onChange={(event) => {
            setSearch(event.currentTarget.value);
            combobox.updateSelectedOptionIndex();
          }}
          placeholder="Find a template"
          aria-label="Find a template"
        />
        <Combobox.Options mah={320} className={classes.options} aria-label="Templates">
          {templates.error === null ? null : (
            <ErrorState compact error={templates.error} what="The templates could not be loaded" />
          )}
          {templates.data === undefined && templates.error === null ? (
            <Combobox.Empty>
              <Loader size="xs" color="gray" />
            </Combobox.Empty>
          ) : null}
          {templates.data !== undefined && rows.length === 0 ? (
            <Combobox.Empty>{settled === '' ? 'There are no templates yet' : 'No template matches'}</Combobox.Empty>
          ) : null}
          {rows.map((template) => (
            <Combobox.Option key={template.id} value={template.id}>
              <Text size="sm" fw={550} truncate>
                {template.name}
              </Text>
              <Text size="xs" c="dimmed" lineClamp={2}>
                {template.body}
              </Text>
            </Combobox.Option>
          ))}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}
