import { CloseButton, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { type Ref, useEffect, useRef, useState } from 'react';
import { ICON_STROKE } from '../theme.ts';

/** Long enough to skip most keystrokes of a word, short enough to feel immediate. */
const DEBOUNCE_MS = 150;

interface SearchBoxProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** What is searched: "Search name, company or any part of a number". */
  readonly label: string;
  readonly width?: number | string;
  readonly inputRef?: Ref<HTMLInputElement>;
}

/** Searches as you type. `value` comes from the address; while the field has the focus what is typed wins. */
export function SearchBox({ value, onChange, label, width = 280, inputRef }: SearchBoxProps) {
  const [typed, setTyped] = useState(value);
  const sent = useRef(value);
  const send = useDebouncedCallback((next: string) => {
    sent.current = next;
    onChange(next);
  }, DEBOUNCE_MS);
  useEffect(() => {
    if (value === sent.current) return;
    sent.current = value;
    setTyped(value);
  }, [value]);
  const change = (next: string): void => {
    setTyped(next);
    send(next);
  };
  return (
    <TextInput
      ref={inputRef ?? null}
      type="search"
      role="searchbox"
      aria-label={label}
      placeholder={label}
      w={width}
      maw="100%"
      value={typed}
      onChange={(event) => change(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || typed === '') return;
        event.stopPropagation();
        change('');
      }}
      leftSection={<IconSearch size={16} stroke={ICON_STROKE} aria-hidden />}
      rightSection={
        typed === '' ? null : <CloseButton size="sm" aria-label="Clear the search" onClick={() => change('')} />
      }
    />
  );
}
