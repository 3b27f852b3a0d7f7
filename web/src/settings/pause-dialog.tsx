import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import type { QueryKey } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useState } from 'react';
import { useAction } from '../api/use-action.ts';
import { ErrorState } from '../patterns/error-state.tsx';
import { toastDone } from '../patterns/toast.tsx';

interface PauseDialogProps {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly title: string;
  readonly confirmLabel: string;
  /** What pausing does. */
  readonly children: ReactNode;
  /** `reason` is empty when none was given. */
  readonly run: (reason: string) => Promise<unknown>;
  readonly touches: readonly QueryKey[];
  readonly done: string;
  /** Heads the message when it did not work. */
  readonly failed?: string;
}

/** Asks for the reason, which everybody sees as long as it is paused (or takes no new people). */
export function PauseDialog({
  opened,
  onClose,
  title,
  confirmLabel,
  children,
  run,
  touches,
  done,
  failed = 'Not paused',
}: PauseDialogProps) {
  const [reason, setReason] = useState('');
  const pause = useAction({
    run,
    touches,
    onDone: () => {
      onClose();
      setReason('');
      toastDone(done);
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    pause.mutate(reason.trim());
  };
  return (
    <Modal opened={opened} onClose={onClose} title={title}>
      <form onSubmit={submit}>
        <Stack gap="md">
          <Text size="sm">{children}</Text>
          <TextInput
            label="Reason (optional)"
            placeholder="Everybody sees it while it lasts"
            maxLength={300}
            data-autofocus
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          {pause.error === null ? null : <ErrorState compact error={pause.error} what={failed} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Go back
            </Button>
            <Button type="submit" loading={pause.isPending}>
              {confirmLabel}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
