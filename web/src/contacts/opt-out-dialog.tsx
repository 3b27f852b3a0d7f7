import { Button, Group, Stack, Text, Textarea } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { type Contact, contactKeys, contactName, optOutContact } from '../api/contacts.ts';
import { inboxKeys } from '../api/inbox.ts';
import { fieldProblem } from '../api/problem.ts';
import { useAction } from '../api/use-action.ts';
import { ConfirmDialog } from '../patterns/confirm-dialog.tsx';
import { formatPhone } from '../patterns/format.ts';
import { toastDone } from '../patterns/toast.tsx';
import { showChanged } from './use-contact-change.ts';

/** The usual ways; a click writes the beginning of the sentence. */
const WAYS = ['On the phone', 'By e-mail', 'In person', 'In a text that was not understood'];
const NOTE_MIN = 3;

interface OptOutDialogProps {
  readonly contact: Contact;
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** Records that a person asked, by whatever way, not to be texted. Nobody but that person can take it back. */
export default function OptOutDialog({ contact, opened, onClose }: OptOutDialogProps) {
  const queryClient = useQueryClient();
  const [note, setNote] = useState('');
  const [missing, setMissing] = useState(false);
  const name = contactName(contact) || formatPhone(contact.phone);
  const action = useAction({
    run: (text: string, key) => optOutContact(contact.id, { note: text }, key),
    touches: [contactKeys.timeline(contact.id), contactKeys.eligibility(contact.id), inboxKeys.all],
    onDone: (changed) => {
      showChanged(queryClient, changed);
      onClose();
      toastDone(`${name} will not be texted any more`);
    },
  });
  const { reset } = action;
  useEffect(() => {
    if (!opened) return;
    setNote('');
    setMissing(false);
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
          No campaign and no reply reaches {formatPhone(contact.phone)} from now on, and texts that were waiting are
          dropped. <b>Nobody here can undo this</b>: only the person can, by texting START.
        </Text>
        <Textarea
          label="How did the person ask?"
          description="Kept as evidence, with your name and the time."
          autosize
          minRows={2}
          maxLength={500}
          data-autofocus
          value={note}
          error={refused ?? (missing ? 'Say how the person asked, in a few words' : undefined)}
          onChange={(event) => setNote(event.currentTarget.value)}
        />
        <Group gap={6}>
          {WAYS.map((way) => (
            <Button key={way} size="xs" variant="default" onClick={() => setNote(way)}>
              {way}
            </Button>
          ))}
        </Group>
      </Stack>
    </ConfirmDialog>
  );
}
