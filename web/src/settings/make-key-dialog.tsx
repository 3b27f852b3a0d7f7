import { Button, Code, Group, Modal, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { fieldProblems } from '../api/problem.ts';
import { useProductClock } from '../api/product-clock.ts';
import { createApiKey, type Role, sessionKeys } from '../api/session.ts';
import { useAction } from '../api/use-action.ts';
import { ErrorState } from '../patterns/error-state.tsx';
import { RoleChoice } from './role-choice.tsx';
import classes from './settings.module.css';
import { ShownOnce } from './shown-once.tsx';

interface MakeKeyDialogProps {
  readonly opened: boolean;
  readonly onClose: () => void;
}

type Made = Awaited<ReturnType<typeof createApiKey>>;

/** Makes a key and shows its text, this once. */
export function MakeKeyDialog({ opened, onClose }: MakeKeyDialogProps) {
  const [made, setMade] = useState<Made>();
  const close = (): void => {
    onClose();
    setMade(undefined);
  };
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={made === undefined ? 'Make a key' : `The key ${made.key.name}`}
      // The text is gone with the dialog, so a stray click must not close it.
      closeOnClickOutside={made === undefined}
      closeOnEscape={made === undefined}
      withCloseButton={made === undefined}
    >
      {made === undefined ? <KeyForm onMade={setMade} onClose={close} /> : <Secret made={made} onClose={close} />}
    </Modal>
  );
}

const DAY_MS = 86_400_000;
const LIFETIMES = [
  { value: '', label: 'Never' },
  { value: '30', label: 'In 30 days' },
  { value: '90', label: 'In 90 days' },
  { value: '365', label: 'In a year' },
];

function KeyForm({ onMade, onClose }: { readonly onMade: (made: Made) => void; readonly onClose: () => void }) {
  const clock = useProductClock(60_000);
  const form = useForm({
    initialValues: { name: '', role: 'viewer' satisfies Role as Role, days: '' },
    validate: { name: (value) => (value.trim() === '' ? 'Say what the key is for' : null) },
  });
  const make = useAction({
    run: createApiKey,
    touches: [sessionKeys.apiKeys],
    onDone: onMade,
    onProblem: (error) => form.setErrors(fieldProblems(error)),
  });
  const submit = form.onSubmit(({ name, role, days }) =>
    make.mutate({
      name: name.trim(),
      role,
      ...(days === '' ? {} : { expiresAt: new Date(clock.nowMs + Number(days) * DAY_MS).toISOString() }),
    }),
  );
  return (
    <form noValidate onSubmit={submit}>
      <Stack gap="md">
        <TextInput
          label="What it is for"
          placeholder="Nightly export"
          maxLength={100}
          autoComplete="off"
          data-autofocus
          {...form.getInputProps('name')}
        />
        <RoleChoice
          label="What it may do"
          value={form.values.role}
          onChange={(role) => form.setFieldValue('role', role)}
        />
        <NativeSelect label="Expires" data={LIFETIMES} {...form.getInputProps('days')} />
        {make.error === null ? null : <ErrorState compact error={make.error} what="No key was made" />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Go back
          </Button>
          <Button type="submit" loading={make.isPending}>
            Make the key
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Secret({ made, onClose }: { readonly made: Made; readonly onClose: () => void }) {
  return (
    <Stack gap="md">
      <ShownOnce secret={made.secret} copyLabel="Copy the key" />
      <div>
        <Text size="xs" c="dimmed" mb={4}>
          A first try:
        </Text>
        <Code
          block
          className={classes.secret}
        >{`curl -H "Authorization: Bearer $KEY" ${window.location.origin}/v1/status`}</Code>
      </div>
      <Group justify="flex-end">
        <Button onClick={onClose}>I have copied it</Button>
      </Group>
    </Stack>
  );
}
