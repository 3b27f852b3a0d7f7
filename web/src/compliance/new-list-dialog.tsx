import { Button, Group, Modal, NativeSelect, Stack, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { createDncList, type DncList, dncKeys, type NewDncList } from '../api/dnc-lists.ts';
import { fieldProblem } from '../api/problem.ts';
import { useAction } from '../api/use-action.ts';
import { ErrorState } from '../patterns/error-state.tsx';
import { KINDS } from './dnc-words.ts';

const KIND_NAMES: readonly DncList['kind'][] = ['internal', 'national', 'state', 'litigator', 'custom'];
const kindOf = (value: string): DncList['kind'] => KIND_NAMES.find((kind) => kind === value) ?? 'internal';

/** Makes a list without numbers; its page opens, where its file is uploaded. */
export default function NewListDialog({ opened, onClose }: { readonly opened: boolean; readonly onClose: () => void }) {
  const navigate = useNavigate();
  const [kind, setKind] = useState<DncList['kind']>('internal');
  const [name, setName] = useState('');
  const [state, setState] = useState('');
  const make = useAction({
    run: (body: NewDncList, key) => createDncList(body, key),
    touches: [dncKeys.all],
    onDone: ({ id }) => {
      onClose();
      void navigate({ to: '/compliance/do-not-call/$listId', params: { listId: id } });
    },
  });
  const stateProblem = fieldProblem(make.error, '/state');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    make.mutate({ kind, name: name.trim(), ...(kind === 'state' ? { state: state.trim().toUpperCase() } : {}) });
  };
  return (
    <Modal opened={opened} onClose={onClose} title="A list of people not to text">
      <form onSubmit={submit}>
        <Stack gap="md">
          <NativeSelect
            label="Whose list is it?"
            description={KINDS[kind].about}
            data={KIND_NAMES.map((value) => ({ value, label: KINDS[value].label }))}
            value={kind}
            onChange={(event) => setKind(kindOf(event.currentTarget.value))}
            data-autofocus
          />
          {kind === 'state' ? (
            <TextInput
              label="State"
              placeholder="TX"
              maxLength={2}
              autoComplete="off"
              value={state}
              error={stateProblem}
              onChange={(event) => setState(event.currentTarget.value)}
            />
          ) : null}
          <TextInput
            label="Name"
            placeholder="As your people will call it"
            maxLength={100}
            autoComplete="off"
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          {make.error === null || stateProblem !== undefined ? null : (
            <ErrorState compact error={make.error} what="Not made" />
          )}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Go back
            </Button>
            <Button type="submit" loading={make.isPending} disabled={name.trim() === ''}>
              Make the list
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
