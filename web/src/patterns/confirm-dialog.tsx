import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { type FormEvent, type ReactNode, useEffect, useState } from 'react';
import { ErrorState } from './error-state.tsx';

interface ConfirmDialogProps {
  readonly opened: boolean;
  readonly onClose: () => void;
  /** The question: "Text 1,204 people now?" */
  readonly title: ReactNode;
  /** What will happen, with counts, cost and times. */
  readonly children?: ReactNode;
  /** What the button does, with its size: "Text 1,204 people". */
  readonly confirmLabel: string;
  readonly onConfirm: () => void;
  readonly tone?: 'teal' | 'red';
  /** Must be typed before the button works: the campaign's name, for large or irreversible acts. */
  readonly typeToConfirm?: string;
  readonly busy?: boolean;
  /** Nothing would happen yet: something has to be chosen first. */
  readonly disabled?: boolean;
  /** Answer of the last try, shown above the buttons. */
  readonly error?: unknown;
}

/** Asks before something that cannot be taken back. What can be undone is done at once with an undo toast instead. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const {
    opened,
    onClose,
    title,
    children,
    confirmLabel,
    onConfirm,
    tone = 'teal',
    typeToConfirm,
    busy = false,
    disabled = false,
    error,
  } = props;
  const [typed, setTyped] = useState('');
  useEffect(() => {
    if (opened) setTyped('');
  }, [opened]);
  const ready = !disabled && (typeToConfirm === undefined || typed.trim() === typeToConfirm.trim());
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (ready && !busy) onConfirm();
  };
  return (
    <Modal opened={opened} onClose={onClose} title={title}>
      <form onSubmit={submit}>
        <Stack gap="md">
          {children === undefined ? null : <div>{children}</div>}
          {typeToConfirm === undefined ? null : (
            <TextInput
              data-autofocus
              autoComplete="off"
              label={
                <>
                  Type{' '}
                  <Text span fw={640} inherit display="inline-block">
                    {typeToConfirm}
                  </Text>{' '}
                  to confirm
                </>
              }
              value={typed}
              onChange={(event) => setTyped(event.currentTarget.value)}
            />
          )}
          {error === undefined || error === null ? null : <ErrorState compact error={error} what="Not done" />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Go back
            </Button>
            <Button
              type="submit"
              color={tone}
              disabled={!ready}
              loading={busy}
              data-autofocus={typeToConfirm === undefined || undefined}
            >
              {confirmLabel}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
