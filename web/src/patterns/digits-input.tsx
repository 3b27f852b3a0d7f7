import { TextInput, type TextInputProps } from '@mantine/core';
import { type ReactElement, useState } from 'react';

interface DigitsInputProps extends Omit<TextInputProps, 'value' | 'onChange' | 'min' | 'max'> {
  readonly value: number | undefined;
  readonly min: number;
  readonly max: number;
  /** `undefined`: nothing is in the field. A number out of range is not told. */
  readonly onChange: (value: number | undefined) => void;
}

const STEPS: Readonly<Record<string, number>> = { ArrowUp: 1, ArrowDown: -1 };

/** A whole number, typed or stepped with the arrow keys. A tenth of the weight of the component library's. */
export function DigitsInput({ value, min, max, onChange, readOnly, onBlur, ...input }: DigitsInputProps): ReactElement {
  // What is being typed may be no number yet: an empty field on the way to another one.
  const [typed, setTyped] = useState<string>();
  const put = (next: number): void => {
    if (next >= min && next <= max) onChange(next);
  };
  return (
    <TextInput
      {...input}
      readOnly={readOnly ?? false}
      inputMode="numeric"
      autoComplete="off"
      value={typed ?? value ?? ''}
      onChange={(event) => {
        const digits = event.currentTarget.value.replaceAll(/\D/g, '').slice(0, String(max).length);
        setTyped(digits);
        if (digits === '') onChange(undefined);
        else put(Number(digits));
      }}
      onBlur={(event) => {
        setTyped(undefined);
        onBlur?.(event);
      }}
      onKeyDown={(event) => {
        const step = STEPS[event.key];
        if (step === undefined || readOnly) return;
        event.preventDefault();
        setTyped(undefined);
        put((value ?? 0) + step);
      }}
    />
  );
}
