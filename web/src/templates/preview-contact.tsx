import { Select } from '@mantine/core';
import { useState } from 'react';
import { contactName } from '../api/contacts.ts';
import { useFoundContacts } from '../contacts/use-found-contacts.ts';
import { formatPhone } from '../patterns/format.ts';

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
  const [opened, setOpened] = useState(false);
  const [typed, setTyped] = useState('');
  const people = useFoundContacts(typed, opened || value !== undefined).map((contact) => ({
    value: contact.id,
    label: contactName(contact) || formatPhone(contact.phone),
  }));
  const known = value === undefined || people.some((person) => person.value === value);
  const data = [SAMPLE, ...people, ...(known ? [] : [{ value, label: name ?? 'Chosen person' }])];
  const chosen = data.find((option) => option.value === (value ?? SAMPLE.value))?.label ?? '';
  return (
    <Select
      label="Preview as"
      data={data}
      value={value ?? SAMPLE.value}
      searchable
      allowDeselect={false}
      withScrollArea={false}
      nothingFoundMessage="Nobody matches"
      comboboxProps={{ withinPortal: false }}
      filter={({ options }) => options}
      // While it is open the field holds what is searched, and the choice stands behind it.
      searchValue={opened ? typed : chosen}
      placeholder={chosen}
      onSearchChange={(next) => {
        if (opened) setTyped(next);
      }}
      onDropdownOpen={() => {
        setTyped('');
        setOpened(true);
      }}
      onDropdownClose={() => setOpened(false)}
      onChange={(next) => onChange(next === null || next === SAMPLE.value ? undefined : next)}
    />
  );
}
