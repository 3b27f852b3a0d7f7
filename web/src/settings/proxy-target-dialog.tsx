import { Button, Group, Modal, NativeSelect, Stack, TagsInput, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { accountsQuery } from '../api/operations.ts';
import { fieldProblems } from '../api/problem.ts';
import { useAction } from '../api/use-action.ts';
import { addProxyTarget, type ProxyTarget, proxyKeys, updateProxyTarget } from '../api/webhook-proxy.ts';
import { ErrorState } from '../patterns/error-state.tsx';
import { toastDone } from '../patterns/toast.tsx';
import { ShownOnce } from './shown-once.tsx';

interface ProxyTargetDialogProps {
  /** Absent: a new one. */
  readonly target?: ProxyTarget;
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** Adds a target and shows its token, this once; or changes one. */
export function ProxyTargetDialog({ target, opened, onClose }: ProxyTargetDialogProps) {
  const [token, setToken] = useState<string>();
  const close = (): void => {
    onClose();
    setToken(undefined);
  };
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={token === undefined ? (target?.url ?? 'Forward events') : 'The token of this target'}
      // The token is gone with the dialog, so a stray click must not close it.
      closeOnClickOutside={token === undefined}
      closeOnEscape={token === undefined}
      withCloseButton={token === undefined}
    >
      {token === undefined ? (
        <TargetForm target={target} onToken={setToken} onClose={close} />
      ) : (
        <Stack gap="md">
          <div>
            Every event comes with it in the header <code>x-textwright-token</code>: your program knows by it that a
            request comes from here.
          </div>
          <ShownOnce secret={token} copyLabel="Copy the token" />
          <Group justify="flex-end">
            <Button onClick={close}>I have copied it</Button>
          </Group>
        </Stack>
      )}
    </Modal>
  );
}

/** Those that providers send most; any other may be typed. */
const COMMON_TYPES = [
  'message.received',
  'message.delivered',
  'message.undelivered',
  'message.failed',
  'call.ringing',
  'call.completed',
  'call.recording.completed',
  'call.summary.completed',
  'call.transcript.completed',
  'contact.updated',
];

interface FormProps {
  readonly target: ProxyTarget | undefined;
  readonly onToken: (token: string) => void;
  readonly onClose: () => void;
}

function TargetForm({ target, onToken, onClose }: FormProps) {
  const accounts = useQuery(accountsQuery).data?.data ?? [];
  const form = useForm({
    initialValues: {
      accountId: target?.accountId ?? '',
      url: target?.url ?? '',
      allowedCidrs: [...(target?.allowedCidrs ?? [])],
      eventTypes: [...(target?.eventTypes ?? [])],
    },
    validate: { url: (value) => (value.trim() === '' ? 'Type the address of your program' : null) },
  });
  const save = useAction({
    run: async ({ accountId, ...settings }: typeof form.values) => {
      if (target !== undefined) return { target: await updateProxyTarget(target.id, settings), token: undefined };
      return addProxyTarget({ accountId: accountId === '' ? (accounts[0]?.id ?? '') : accountId, ...settings });
    },
    touches: [proxyKeys.targets],
    onDone: ({ target: saved, token }) => {
      if (token !== undefined) return onToken(token);
      onClose();
      toastDone(`The target ${saved.url} is saved`);
    },
    onProblem: (error) => form.setErrors(fieldProblems(error)),
  });
  return (
    <form noValidate onSubmit={form.onSubmit((values) => save.mutate(values))}>
      <Stack gap="md">
        {target !== undefined || accounts.length < 2 ? null : (
          <NativeSelect
            label="Events of"
            data={accounts.map(({ id, name }) => ({ value: id, label: name }))}
            {...form.getInputProps('accountId')}
          />
        )}
        <TextInput
          label="Forward to"
          description="https://, or http:// for an address of a network below. Redirects are not followed."
          placeholder="https://dev.example.com/hooks"
          maxLength={500}
          autoComplete="off"
          inputMode="url"
          data-autofocus
          {...form.getInputProps('url')}
        />
        <TagsInput
          label="Allowed networks"
          description="Only for what is not on the public internet: 127.0.0.1 for this machine, 192.168.1.0/24 for a network. Enter after each."
          placeholder={form.values.allowedCidrs.length === 0 ? 'None' : ''}
          maxTags={10}
          acceptValueOnBlur
          {...form.getInputProps('allowedCidrs')}
        />
        <TagsInput
          label="Types of events"
          description="All when empty."
          placeholder={form.values.eventTypes.length === 0 ? 'Every type' : ''}
          data={COMMON_TYPES}
          maxTags={50}
          acceptValueOnBlur
          {...form.getInputProps('eventTypes')}
        />
        {save.error === null ? null : <ErrorState compact error={save.error} what="Not saved" />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Go back
          </Button>
          <Button
            type="submit"
            loading={save.isPending}
            disabled={target === undefined ? accounts.length === 0 : !form.isDirty()}
          >
            {target === undefined ? 'Forward from now on' : 'Save'}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
