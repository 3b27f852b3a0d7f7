import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconRefresh } from '@tabler/icons-react';
import { useState } from 'react';
import { fieldProblems } from '../api/problem.ts';
import { createUser, type Role, sessionKeys, type User } from '../api/session.ts';
import { useAction } from '../api/use-action.ts';
import { CopyText } from '../patterns/copy-text.tsx';
import { ErrorState } from '../patterns/error-state.tsx';
import { ICON_STROKE } from '../theme.ts';
import { makePassword } from './make-password.ts';
import { RoleChoice } from './role-choice.tsx';

interface AddPersonDialogProps {
  readonly opened: boolean;
  readonly onClose: () => void;
}

interface Added {
  readonly user: User;
  readonly password: string;
}

/** Makes somebody's sign-in with a first password, which is shown once more to be passed on. */
export function AddPersonDialog({ opened, onClose }: AddPersonDialogProps) {
  const [added, setAdded] = useState<Added>();
  const close = (): void => {
    onClose();
    setAdded(undefined);
  };
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={added === undefined ? 'Add a person' : `${added.user.name} can sign in`}
    >
      {added === undefined ? (
        <PersonForm onAdded={setAdded} onClose={close} />
      ) : (
        <PassItOn added={added} onClose={close} />
      )}
    </Modal>
  );
}

const PASSWORD_MIN = 10;

function PersonForm({ onAdded, onClose }: { readonly onAdded: (added: Added) => void; readonly onClose: () => void }) {
  const form = useForm({
    initialValues: { name: '', email: '', role: 'agent' satisfies Role as Role, password: makePassword() },
    validate: {
      name: (value) => (value.trim() === '' ? 'Type a name' : null),
      email: (value) => (value.includes('@') ? null : 'Type an address like name@example.com'),
      password: (value) => (value.length < PASSWORD_MIN ? `Use at least ${PASSWORD_MIN} characters` : null),
    },
  });
  const add = useAction({
    run: createUser,
    touches: [sessionKeys.users],
    onDone: (user, { password }) => onAdded({ user, password }),
    onProblem: (error) => form.setErrors(fieldProblems(error)),
  });
  return (
    <form
      noValidate
      onSubmit={form.onSubmit((values) =>
        add.mutate({ ...values, name: values.name.trim(), email: values.email.trim() }),
      )}
    >
      <Stack gap="md">
        <TextInput label="Name" autoComplete="off" data-autofocus {...form.getInputProps('name')} />
        <TextInput label="E-mail" type="email" autoComplete="off" {...form.getInputProps('email')} />
        <RoleChoice label="Role" value={form.values.role} onChange={(role) => form.setFieldValue('role', role)} />
        <TextInput
          label="First password"
          description="You pass it on yourself; no mail is sent."
          autoComplete="off"
          spellCheck={false}
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
          {...form.getInputProps('password')}
        />
        <Button
          variant="subtle"
          size="xs"
          leftSection={<IconRefresh size={14} stroke={ICON_STROKE} aria-hidden />}
          onClick={() => form.setFieldValue('password', makePassword())}
          style={{ alignSelf: 'flex-start' }}
        >
          Another password
        </Button>
        {add.error === null ? null : <ErrorState compact error={add.error} what="Nobody was added" />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Go back
          </Button>
          <Button type="submit" loading={add.isPending}>
            Add {form.values.name.trim() === '' ? 'the person' : form.values.name.trim().split(' ')[0]}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function PassItOn({ added, onClose }: { readonly added: Added; readonly onClose: () => void }) {
  const { user, password } = added;
  return (
    <Stack gap="md">
      <Text size="sm">Pass these on. The password is not shown again.</Text>
      <Stack gap={6}>
        <CopyText value={window.location.origin} label="Copy the address" />
        <CopyText value={user.email} label="Copy the e-mail address" />
        <CopyText value={password} label="Copy the password" />
      </Stack>
      <Group justify="flex-end">
        <Button onClick={onClose} data-autofocus>
          I have passed them on
        </Button>
      </Group>
    </Stack>
  );
}
