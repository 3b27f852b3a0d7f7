import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { fieldProblems } from '../api/problem.ts';
import { setPassword, type User } from '../api/session.ts';
import { useAction } from '../api/use-action.ts';
import { ErrorState } from '../patterns/error-state.tsx';
import { MadePassword } from './made-password.tsx';
import { makePassword, passwordProblem } from './make-password.ts';
import { PassItOn } from './pass-it-on.tsx';

interface NewPasswordDialogProps {
  readonly user: User;
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** Gives somebody who cannot sign in a new password, which is shown once more to be passed on. */
export function NewPasswordDialog({ user, opened, onClose }: NewPasswordDialogProps) {
  const [given, setGiven] = useState<string>();
  const form = useForm({ initialValues: { password: makePassword() }, validate: { password: passwordProblem } });
  const give = useAction({
    run: ({ password }: { readonly password: string }) => setPassword(user.id, { password }),
    onDone: (_answer, { password }) => setGiven(password),
    onProblem: (error) => form.setErrors(fieldProblems(error)),
  });
  const close = (): void => {
    onClose();
    setGiven(undefined);
    form.setFieldValue('password', makePassword());
  };
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={given === undefined ? `New password for ${user.name}` : `${user.name} has a new password`}
    >
      {given === undefined ? (
        <form noValidate onSubmit={form.onSubmit((values) => give.mutate(values))}>
          <Stack gap="md">
            <Text size="sm">The old password stops working, and {user.name} is signed out everywhere.</Text>
            <MadePassword
              label="New password"
              inputProps={form.getInputProps('password')}
              onAnother={(password) => form.setFieldValue('password', password)}
            />
            {give.error === null ? null : <ErrorState compact error={give.error} what="The password was not changed" />}
            <Group justify="flex-end" gap="xs">
              <Button variant="default" onClick={close}>
                Go back
              </Button>
              <Button type="submit" loading={give.isPending}>
                Set the password
              </Button>
            </Group>
          </Stack>
        </form>
      ) : (
        <PassItOn email={user.email} password={given} onClose={close} />
      )}
    </Modal>
  );
}
