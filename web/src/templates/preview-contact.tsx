import { Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { contactKeys, contactName, findContacts } from '../api/contacts.ts';
import { formatPhone } from '../patterns/format.ts';

const DEBOUNCE_MS = 150;
const FOUND_MAX = 8;
const SAMPLE = { value: 'sample', label: 'A sample person' };

interface PreviewContactProps {
  /** Undefined: the sample person. */
  readonly value: string | undefined;
  /** Of the chosen contact, as far as it is known. */
  readonly name: string | undefined;
  readonly onChange: (contactId: string | undefined) => void;
}

/** Whose phone the preview shows: anyone, found by name, company or number. */
export function PreviewContact({ value, name, onChange }: PreviewContactProps) {
  const [typed, setTyped] = useState('');
  const [search] = useDebouncedValue(typed, DEBOUNCE_MS);
  const found = useQuery({
    queryKey: [...contactKeys.all, 'found', search],
    queryFn: ({ signal }) => findContacts(search, FOUND_MAX, signal),
    placeholderData: keepPreviousData,
  });
  const people = (found.data?.data ?? []).map((contact) => ({
    value: contact.id,
    label: contactName(contact) || formatPhone(contact.phone),
  }));
  const chosen = value === undefined || people.some((person) => person.value === value);
  const data = [SAMPLE, ...people, ...(chosen ? [] : [{ value, label: name ?? 'Chosen person' }])];
  return (
    <Select
      label="Preview as"
      data={data}
      value={value ?? SAMPLE.value}
      searchable
      allowDeselect={false}
      withScrollArea={false}
      selectFirstOptionOnChange
      nothingFoundMessage="Nobody matches"
      comboboxProps={{ withinPortal: false }}
      filter={({ options }) => options}
      onSearchChange={(next) => setTyped(isLabel(data, next) ? '' : next)}
      onChange={(next) => onChange(next === null || next === SAMPLE.value ? undefined : next)}
    />
  );
}

/** The field shows the label of the choice; that is not a search. */
const isLabel = (data: readonly { readonly label: string }[], text: string): boolean =>
  data.some((option) => option.label === text);
