import { Button, PasswordInput, TextInput, VisuallyHidden } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useSuspenseQuery } from '@tanstack/react-query';
import { fieldProblems } from '../api/problem.ts';
import { changePassword, meQuery } from '../api/session.ts';
import { useAction } from '../api/use-action.ts';
import { ErrorState } from '../patterns/error-state.tsx';
import { PageHeader } from '../patterns/page.tsx';
import { toastDone } from '../patterns/toast.tsx';
import { passwordProblem } from './make-password.ts';
import classes from './settings.module.css';

/** One's own password; that of others is set under Team. */
export function PasswordPage() {
  const { data: me } = useSuspenseQuery(meQuery);
  const form = useForm({
    initialValues: { oldPassword: '', newPassword: '' },
    validate: {
      oldPassword: (value) => (value === '' ? 'Type the password that you sign in with now' : null),
      newPassword: passwordProblem,
    },
  });
  const change = useAction({
    run: changePassword,
    onDone: () => {
      form.reset();
      toastDone('Your password is changed; you are signed out everywhere else');
    },
    onProblem: (error) => form.setErrors(fieldProblems(error)),
  });
  return (
    <>
      <PageHeader title="Password" summary="Changing it signs you out everywhere but here." />
      <form noValidate onSubmit={form.onSubmit((values) => change.mutate(values))} className={classes.form}>
        <VisuallyHidden>
          {/* Password managers want to know whose it is. */}
          <TextInput label="E-mail" autoComplete="username" value={me.user.email} readOnly tabIndex={-1} />
        </VisuallyHidden>
        <PasswordInput label="Old password" autoComplete="current-password" {...form.getInputProps('oldPassword')} />
        <PasswordInput
          label="New password"
          description="At least 10 characters; a short sentence is fine."
          autoComplete="new-password"
          {...form.getInputProps('newPassword')}
        />
        {change.error === null ? null : <ErrorState compact error={change.error} what="The password was not changed" />}
        <Button type="submit" loading={change.isPending} style={{ alignSelf: 'flex-start' }}>
          Change the password
        </Button>
      </form>
    </>
  );
}
