import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { fieldProblems } from '../api/problem.ts';
import { createUser, type Role, sessionKeys, type User } from '../api/session.ts';
import { useAction } from '../api/use-action.ts';
import { ErrorState } from '../patterns/error-state.tsx';
import { MadePassword } from './made-password.tsx';
import { makePassword, passwordProblem } from './make-password.ts';
import { PassItOn } from './pass-it-on.tsx';
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
        <PassItOn email={added.user.email} password={added.password} onClose={close} />
      )}
    </Modal>
  );
}

function PersonForm({ onAdded, onClose }: { readonly onAdded: (added: Added) => void; readonly onClose: () => void }) {
  const form = useForm({
    initialValues: { name: '', email: '', role: 'agent' satisfies Role as Role, password: makePassword() },
    validate: {
      name: (value) => (value.trim() === '' ? 'Type a name' : null),
      email: (value) => (value.includes('@') ? null : 'Type an address like name@example.com'),
      password: (value) => passwordProblem(value),
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
        <MadePassword
          label="First password"
          inputProps={form.getInputProps('password')}
          onAnother={(password) => form.setFieldValue('password', password)}
        />
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
