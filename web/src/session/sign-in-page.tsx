import { Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';
import { isProblem } from '../api/problem.ts';
import { sessionKeys, signIn } from '../api/session.ts';
import { useAction } from '../api/use-action.ts';
import { ErrorState } from '../patterns/error-state.tsx';
import { safeNext } from './safe-next.ts';
import { Welcome } from './welcome.tsx';

const route = getRouteApi('/sign-in');

export function SignInPage() {
  const { next } = route.useSearch();
  const router = useRouter();
  const queryClient = useQueryClient();
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { email: '', password: '' },
    validate: {
      email: (value) => (value.includes('@') ? null : 'Type your e-mail address, like name@example.com'),
      password: (value) => (value === '' ? 'Type your password' : null),
    },
  });
  const action = useAction({
    run: signIn,
    onDone: (me) => {
      queryClient.setQueryData(sessionKeys.me, me);
      router.history.push(safeNext(next));
    },
  });
  useEffect(() => {
    document.title = 'Sign in · Textwright';
  }, []);
  const refused = isProblem(action.error, 401);
  return (
    <Welcome
      title="Sign in"
      lead={next === undefined ? 'Welcome back.' : 'You are signed out. Sign in to go on where you were.'}
    >
      <form noValidate onSubmit={form.onSubmit((values) => action.mutate({ ...values, email: values.email.trim() }))}>
        <Stack gap="md">
          <TextInput
            label="E-mail"
            type="email"
            name="email"
            autoComplete="username"
            autoFocus
            size="md"
            key={form.key('email')}
            {...form.getInputProps('email')}
          />
          <PasswordInput
            label="Password"
            name="password"
            autoComplete="current-password"
            size="md"
            key={form.key('password')}
            {...form.getInputProps('password')}
          />
          {action.error === null ? null : (
            <ErrorState compact error={action.error} what={refused ? 'Not signed in' : 'Signing in failed'} />
          )}
          <Button type="submit" size="md" loading={action.isPending}>
            Sign in
          </Button>
        </Stack>
      </form>
    </Welcome>
  );
}
