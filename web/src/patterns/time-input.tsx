import { TextInput, type TextInputProps } from '@mantine/core';
import { type ReactElement, useState } from 'react';

interface TimeInputProps extends Omit<TextInputProps, 'value' | 'onChange' | 'type'> {
  readonly type: 'time' | 'date' | 'datetime-local';
  /** As such a field holds it; empty: none. */
  readonly value: string;
  /** Empty while it is not complete. */
  readonly onChange: (value: string) => void;
}

/** The browser's own field for a time or a day; what is half typed stays in it. */
export function TimeInput({ value, onChange, readOnly, onBlur, ...input }: TimeInputProps): ReactElement {
  const [typed, setTyped] = useState<string>();
  return (
    <TextInput
      {...input}
      readOnly={readOnly ?? false}
      value={typed ?? value}
      onChange={(event) => {
        setTyped(event.currentTarget.value);
        onChange(event.currentTarget.value);
      }}
      onBlur={(event) => {
        setTyped(undefined);
        onBlur?.(event);
      }}
    />
  );
}
