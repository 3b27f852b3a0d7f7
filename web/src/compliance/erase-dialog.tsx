import { List, Stack, Text, Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { contactKeys } from '../api/contacts.ts';
import { type EraseInput, type Erasure, erasePerson, evidenceKeys, rehearsalQuery } from '../api/evidence.ts';
import { inboxKeys } from '../api/inbox.ts';
import { fieldProblem } from '../api/problem.ts';
import { useAction } from '../api/use-action.ts';
import { ConfirmDialog } from '../patterns/confirm-dialog.tsx';
import { formatPhone } from '../patterns/format.ts';
import { Loaded } from '../patterns/loaded.tsx';
import { LoadingSkeleton } from '../patterns/loading-skeleton.tsx';
import { toastDone } from '../patterns/toast.tsx';

interface EraseDialogProps {
  readonly phone: string;
  readonly name: string;
  readonly opened: boolean;
  readonly onClose: () => void;
}

const REASON_MIN = 3;

/** Shows what erasing a person takes and what stays, from a rehearsal on the server, and asks for the number. */
export default function EraseDialog({ phone, name, opened, onClose }: EraseDialogProps) {
  const [reason, setReason] = useState('');
  const rehearsal = useQuery({ ...rehearsalQuery(phone), enabled: opened });
  const action = useAction({
    run: (body: EraseInput, key) => erasePerson(body, key),
    touches: [evidenceKeys.all, contactKeys.all, inboxKeys.all],
    onDone: () => {
      onClose();
      toastDone('Erased. The number stays opted out');
    },
  });
  const { reset } = action;
  useEffect(() => {
    if (!opened) return;
    setReason('');
    reset();
  }, [opened, reset]);
  const refused = fieldProblem(action.error, '/reason');
  return (
    <ConfirmDialog
      opened={opened}
      onClose={onClose}
      title={`Erase ${name === '' ? formatPhone(phone) : name} for good?`}
      confirmLabel="Erase this person"
      tone="red"
      typeToConfirm={formatPhone(phone)}
      busy={action.isPending}
      disabled={rehearsal.data === undefined || reason.trim().length < REASON_MIN}
      error={refused === undefined ? action.error : null}
      onConfirm={() => action.mutate({ phone, confirmPhone: phone, reason: reason.trim() })}
    >
      <Loaded query={rehearsal} what="It cannot be erased now" skeleton={<LoadingSkeleton shape="lines" count={6} />}>
        {(erasure) => (
          <Stack gap="sm">
            <WhatGoes removed={erasure.removed} />
            <WhatStays kept={erasure.kept} />
            <Text size="sm">
              <b>Remove elsewhere.</b> {erasure.beyondReach.join(' ')}
            </Text>
            <Textarea
              label="Why?"
              description="Stays with your name. It must not name the person."
              autosize
              minRows={1}
              maxLength={500}
              value={reason}
              error={refused}
              onChange={(event) => setReason(event.currentTarget.value)}
            />
          </Stack>
        )}
      </Loaded>
    </ConfirmDialog>
  );
}

const count = (rows: number, one: string, many: string): string =>
  `${rows.toLocaleString('en-US')} ${rows === 1 ? one : many}`;

function WhatGoes({ removed }: { readonly removed: Erasure['removed'] }) {
  const lines = [
    [removed.contacts, 'contact', 'contacts'],
    [removed.conversations, 'conversation', 'conversations'],
    [removed.texts, 'text: words and pictures', 'texts: words and pictures'],
    [removed.calls, 'call with what was said', 'calls with what was said'],
    [removed.events, 'raw event', 'raw events'],
    [removed.validations, 'validation', 'validations'],
    [removed.auditEntries, 'entry of the audit log: its content', 'entries of the audit log: their content'],
  ] as const;
  return (
    <div>
      <Text size="sm" fw={600}>
        Goes for good
      </Text>
      <List size="sm">
        {lines.map(([rows, one, many]) =>
          rows === 0 ? null : <List.Item key={one}>{count(rows, one, many)}</List.Item>,
        )}
      </List>
    </div>
  );
}

const KEPT = {
  suppressions: ['opt-out', 'opt-outs'],
  consents: ['consent event', 'consent events'],
  texts: ['text without its words', 'texts without their words'],
} as const;

const WhatStays = ({ kept }: { readonly kept: Erasure['kept'] }) => (
  <div>
    <Text size="sm" fw={600}>
      Stays, under a keyed hash in place of the number
    </Text>
    <List size="sm">
      {kept.map(({ record, rows, reason, keepUntil }) =>
        rows === 0 ? null : (
          <List.Item key={record}>
            {count(rows, KEPT[record][0], KEPT[record][1])},{' '}
            {keepUntil === null ? 'as long as we text' : `until ${keepUntil.slice(0, 10)}`}.{' '}
            <Text span size="sm" c="dimmed">
              {reason}
            </Text>
          </List.Item>
        ),
      )}
    </List>
  </div>
);
