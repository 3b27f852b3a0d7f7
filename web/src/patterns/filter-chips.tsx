import { Button, Combobox, Group, Text, useCombobox } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { ICON_STROKE } from '../theme.ts';
import classes from './filter-chips.module.css';
import { formatCount } from './format.ts';

export interface FilterOption {
  readonly value: string;
  readonly label: string;
  readonly count?: number;
}
export interface Filter {
  /** Name of the search parameter. */
  readonly name: string;
  readonly label: string;
  readonly options: readonly FilterOption[];
  /** The chosen value as the address says it; empty when the filter is off. */
  readonly value: string | undefined;
}

interface FilterChipsProps {
  readonly filters: readonly Filter[];
  /** `undefined` takes the filter off. Write it into the address (`navigate({ search, replace: true })`). */
  readonly onChange: (name: string, value: string | undefined) => void;
  /** Before the chips: the search box. */
  readonly before?: ReactNode;
  /** At the far end: column chooser, view switch. */
  readonly after?: ReactNode;
}

/** The filter bar of a list. */
export function FilterChips({ filters, onChange, before, after }: FilterChipsProps) {
  const active = filters.filter((filter) => filter.value !== undefined && filter.value !== '');
  return (
    <search className={classes.bar}>
      {before}
      <Group gap={6}>
        {filters.map((filter) => (
          <FilterChip key={filter.name} filter={filter} onChange={(value) => onChange(filter.name, value)} />
        ))}
        {active.length < 2 ? null : (
          <Button
            size="xs"
            variant="subtle"
            color="gray"
            onClick={() => {
              for (const filter of active) onChange(filter.name, undefined);
            }}
          >
            Clear filters
          </Button>
        )}
      </Group>
      {after === undefined ? null : <div className={classes.after}>{after}</div>}
    </search>
  );
}

/** A search field is worth its place only in longer lists. */
const SEARCH_FROM = 8;
const SHOWN_MAX = 100;

function FilterChip({
  filter,
  onChange,
}: {
  readonly filter: Filter;
  readonly onChange: (value: string | undefined) => void;
}) {
  const [search, setSearch] = useState('');
  const searchable = filter.options.length >= SEARCH_FROM;
  const combobox = useCombobox({
    onDropdownOpen: () => {
      if (searchable) combobox.focusSearchInput();
    },
    onDropdownClose: (source) => {
      combobox.resetSelectedOption();
      setSearch('');
      if (source === 'keyboard') combobox.focusTarget();
    },
  });
  const chosen = filter.value === undefined || filter.value === '' ? undefined : filter.value;
  const chosenLabel = filter.options.find((option) => option.value === chosen)?.label ?? chosen;
  const found = filter.options
    .filter((option) => option.label.toLowerCase().includes(search.trim().toLowerCase()))
    .slice(0, SHOWN_MAX);
  const choose = (value: string): void => {
    onChange(value === chosen ? undefined : value);
    combobox.closeDropdown('keyboard');
  };
  return (
    <Combobox
      store={combobox}
      onOptionSubmit={choose}
      width={260}
      position="bottom-start"
      shadow="md"
      // Inside the search landmark, where screen readers look for it.
      withinPortal={false}
    >
      <span className={classes.chip} data-on={chosen === undefined ? undefined : true}>
        {/* With a search field that one has the list, otherwise the button itself. */}
        <Combobox.Target targetType="button" withAriaAttributes={!searchable} withExpandedAttribute>
          <button
            type="button"
            className={classes.open}
            aria-label={chosenLabel === undefined ? filter.label : `${filter.label} ${chosenLabel}`}
            aria-haspopup="listbox"
            aria-expanded={combobox.dropdownOpened}
            onClick={() => combobox.toggleDropdown()}
          >
            {chosen === undefined ? <IconPlus size={14} stroke={ICON_STROKE} aria-hidden /> : null}
            {filter.label}
            {chosen === undefined ? null : <b> {chosenLabel}</b>}
          </button>
        </Combobox.Target>
        {chosen === undefined ? null : (
          <button
            type="button"
            className={classes.remove}
            aria-label={`Remove filter ${filter.label}`}
            onClick={() => onChange(undefined)}
          >
            <IconX size={14} stroke={ICON_STROKE} aria-hidden />
          </button>
        )}
      </span>
      <Combobox.Dropdown>
        {searchable ? (
          <Combobox.Search
            role="combobox"
            aria-expanded={combobox.dropdownOpened}
            value={search}
            onChange={(event) => {
              setSearch(event.currentTarget.value);
              combobox.updateSelectedOptionIndex();
            }}
            placeholder={`Find in ${filter.label.toLowerCase()}`}
            aria-label={`Find in ${filter.label.toLowerCase()}`}
          />
        ) : null}
        <Combobox.Options mah={320} className={classes.options} aria-label={filter.label}>
          {found.length === 0 ? (
            <Combobox.Empty>
              {filter.options.length === 0 ? 'Nothing to choose from yet' : 'None matches'}
            </Combobox.Empty>
          ) : null}
          {found.map((option) => (
            <Combobox.Option key={option.value} value={option.value} active={option.value === chosen}>
              <Group justify="space-between" wrap="nowrap" gap="sm">
                <Text size="sm" truncate fw={option.value === chosen ? 600 : 400}>
                  {option.label}
                </Text>
                {option.count === undefined ? null : (
                  <Text size="xs" c="dimmed">
                    {formatCount(option.count)}
                  </Text>
                )}
              </Group>
            </Combobox.Option>
          ))}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}
