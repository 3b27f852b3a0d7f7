import { Button, Group, Modal, NumberInput, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { type Account, operationKeys, updateAccount } from '../api/operations.ts';
import { fieldProblems } from '../api/problem.ts';
import { useAction } from '../api/use-action.ts';
import { ErrorState } from '../patterns/error-state.tsx';
import { toastDone } from '../patterns/toast.tsx';
import { PROVIDERS } from './providers.ts';

interface AccountDialogProps {
  readonly account: Account;
  readonly opened: boolean;
  readonly onClose: () => void;
}

export function AccountDialog({ account, opened, onClose }: AccountDialogProps) {
  const form = useForm<{ name: string; ratePerSecond: number | string }>({
    initialValues: { name: account.name, ratePerSecond: account.ratePerSecond },
    validate: {
      name: (value) => (value.trim() === '' ? 'Type a name' : null),
      ratePerSecond: (value) => (typeof value === 'number' && value >= 0.1 ? null : 'Type a rate, at least 0.1'),
    },
  });
  const save = useAction({
    run: (values: typeof form.values) =>
      updateAccount(account.id, { name: values.name.trim(), ratePerSecond: Number(values.ratePerSecond) }),
    touches: [operationKeys.accounts],
    onDone: (saved) => {
      onClose();
      toastDone(`${saved.name} is saved`);
    },
    onProblem: (error) => form.setErrors(fieldProblems(error)),
  });
  return (
    <Modal opened={opened} onClose={onClose} title={account.name}>
      <form noValidate onSubmit={form.onSubmit((values) => save.mutate(values))}>
        <Stack gap="md">
          <TextInput label="Name" maxLength={200} data-autofocus {...form.getInputProps('name')} />
          <NumberInput
            label="Requests a second, at most"
            description={PROVIDERS[account.kind].rateHint}
            min={0.1}
            max={1000}
            step={0.5}
            decimalScale={1}
            {...form.getInputProps('ratePerSecond')}
          />
          {save.error === null ? null : <ErrorState compact error={save.error} what="Not saved" />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Go back
            </Button>
            <Button type="submit" loading={save.isPending} disabled={!form.isDirty()}>
              Save
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
