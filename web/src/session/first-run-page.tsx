import { Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { fieldProblems } from '../api/problem.ts';
import { sessionKeys, setUp } from '../api/session.ts';
import { useAction } from '../api/use-action.ts';
import { ErrorState } from '../patterns/error-state.tsx';
import { ZoneSelect } from '../patterns/zone-select.tsx';
import { Welcome } from './welcome.tsx';

const PASSWORD_MIN = 10;

export function FirstRunPage() {
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const form = useForm({
    initialValues: {
      businessName: '',
      zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      name: '',
      email: '',
      password: '',
    },
    validate: {
      businessName: (value) => (value.trim() === '' ? 'Type the name that your customers know you by' : null),
      zone: (value) => (value === '' ? 'Choose the time zone of the business' : null),
      name: (value) => (value.trim() === '' ? 'Type your name' : null),
      email: (value) => (value.includes('@') ? null : 'Type an e-mail address like name@example.com'),
      password: (value) =>
        value.length < PASSWORD_MIN ? `Use at least ${PASSWORD_MIN} characters; a short sentence is fine` : null,
    },
  });
  const action = useAction({
    run: setUp,
    onDone: (me) => {
      queryClient.setQueryData(sessionKeys.me, me);
      void navigate({ to: '/' });
    },
    onProblem: (error) => form.setErrors(fieldProblems(error)),
  });
  useEffect(() => {
    document.title = 'Set up · Textwright';
  }, []);
  const submit = form.onSubmit((values) => action.mutate({ ...values, email: values.email.trim() }));
  return (
    <Welcome title="Set up Textwright" lead="One account for you, the owner. Others can be added later.">
      <form noValidate onSubmit={submit}>
        <Stack gap="md">
          <TextInput
            label="Business name"
            description="Signs your texts and the answers to HELP and STOP."
            autoComplete="organization"
            autoFocus
            size="md"
            {...form.getInputProps('businessName')}
          />
          <ZoneSelect
            label="Time zone of the business"
            description="Days, caps and reports follow it. Recipients are texted by their own local time."
            size="md"
            {...form.getInputProps('zone')}
          />
          <TextInput label="Your name" autoComplete="name" size="md" {...form.getInputProps('name')} />
          <TextInput label="E-mail" type="email" autoComplete="username" size="md" {...form.getInputProps('email')} />
          <PasswordInput
            label="Password"
            description={`At least ${PASSWORD_MIN} characters.`}
            autoComplete="new-password"
            size="md"
            {...form.getInputProps('password')}
          />
          {action.error === null ? null : <ErrorState compact error={action.error} what="The account was not made" />}
          <Button type="submit" size="md" loading={action.isPending}>
            Make the account
          </Button>
        </Stack>
      </form>
    </Welcome>
  );
}
