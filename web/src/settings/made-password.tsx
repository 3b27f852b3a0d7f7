import { Button, TextInput } from '@mantine/core';
import type { GetInputPropsReturnType } from '@mantine/form';
import { IconRefresh } from '@tabler/icons-react';
import { ICON_STROKE } from '../theme.ts';
import { makePassword } from './make-password.ts';

interface MadePasswordProps {
  readonly label: string;
  readonly inputProps: GetInputPropsReturnType;
  readonly onAnother: (password: string) => void;
}

/** A password for somebody else, in plain sight: it will be read out or copied. */
export function MadePassword({ label, inputProps, onAnother }: MadePasswordProps) {
  return (
    <>
      <TextInput
        label={label}
        description="You pass it on yourself; no mail is sent."
        autoComplete="off"
        spellCheck={false}
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
        {...inputProps}
      />
      <Button
        variant="subtle"
        size="xs"
        leftSection={<IconRefresh size={14} stroke={ICON_STROKE} aria-hidden />}
        onClick={() => onAnother(makePassword())}
        style={{ alignSelf: 'flex-start' }}
      >
        Another password
      </Button>
    </>
  );
}
