import { Button, Group, Stack, Text, Textarea } from '@mantine/core';
import { useEffect, useState } from 'react';
import { contactKeys } from '../api/contacts.ts';
import { inboxKeys } from '../api/inbox.ts';
import { operationKeys } from '../api/operations.ts';
import { fieldProblem } from '../api/problem.ts';
import { useAction } from '../api/use-action.ts';
import { ConfirmDialog } from './confirm-dialog.tsx';
import { formatPhone } from './format.ts';
import { toastDone } from './toast.tsx';

/** The usual ways; a click writes the beginning of the sentence. */
const WAYS = ['On the phone', 'By e-mail', 'In person', 'In a text that was not understood'];
const NOTE_MIN = 3;
const NOTE_MAX = 500;

interface OptOutDialogProps {
  readonly name: string;
  readonly phone: string;
  /** What they wrote, where that is known. */
  readonly wrote?: string | undefined;
  readonly record: (note: string, key: string) => Promise<void>;
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** Records that a person asked, by whatever way, not to be texted. Nobody but that person can take it back. */
export default function OptOutDialog(props: OptOutDialogProps) {
  const { name, phone, wrote, record, opened, onClose } = props;
  const [note, setNote] = useState('');
  const [missing, setMissing] = useState(false);
  const action = useAction({
    run: record,
    touches: [contactKeys.all, inboxKeys.all, operationKeys.status],
    onDone: () => {
      onClose();
      toastDone(`${name} will not be texted any more`);
    },
  });
  const write = (text: string): void => {
    setNote(text);
    setMissing(false);
  };
  const { reset } = action;
  // What they wrote last may change while the dialog is open: the note that is being written stays.
  // biome-ignore lint/correctness/useExhaustiveDependencies: begins anew only when it opens
  useEffect(() => {
    if (!opened) return;
    write(wrote === undefined ? '' : quoted(wrote));
    reset();
  }, [opened, reset]);
  const refused = fieldProblem(action.error, '/note');
  return (
    <ConfirmDialog
      opened={opened}
      onClose={onClose}
      title={`Stop all texts to ${name}?`}
      confirmLabel="Record the opt-out"
      tone="red"
      busy={action.isPending}
      error={refused === undefined ? action.error : null}
      onConfirm={() => {
        const short = note.trim().length < NOTE_MIN;
        setMissing(short);
        if (!short) action.mutate(note.trim());
      }}
    >
      <Stack gap="sm">
        <Text size="sm">
          No campaign and no reply reaches {formatPhone(phone)} from now on, and texts that were waiting are dropped.{' '}
          <b>Nobody here can undo this</b>: only the person can, by texting START.
        </Text>
        <Textarea
          label="How did the person ask?"
          description="Kept as evidence, with your name and the time."
          autosize
          minRows={2}
          maxLength={NOTE_MAX}
          data-autofocus
          value={note}
          error={refused ?? (missing ? 'Say how the person asked, in a few words' : undefined)}
          onChange={(event) => write(event.currentTarget.value)}
        />
        <Group gap={6}>
          {WAYS.map((way) => (
            <Button key={way} size="xs" variant="default" onClick={() => write(way)}>
              {way}
            </Button>
          ))}
        </Group>
      </Stack>
    </ConfirmDialog>
  );
}

const quoted = (text: string): string => `Wrote: “${text.slice(0, NOTE_MAX - 'Wrote: “”'.length)}”`;
