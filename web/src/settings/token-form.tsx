import { Button, PasswordInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { healthKeys } from '../api/health.ts';
import { type Account, operationKeys, replaceKey } from '../api/operations.ts';
import { fieldProblems } from '../api/problem.ts';
import { useAction } from '../api/use-action.ts';
import { ErrorState } from '../patterns/error-state.tsx';
import { toastDone } from '../patterns/toast.tsx';
import classes from './keys-dialog.module.css';
import { wholeKey } from './whole-key.ts';

interface TokenFormProps {
  readonly account: Account;
  readonly onGiven: () => void;
}

/** Takes another token, tries it at the provider, and goes on with it; the one before still signs. */
export function TokenForm({ account: { id, name }, onGiven }: TokenFormProps) {
  const form = useForm({ initialValues: { key: '' }, validate: { key: wholeKey } });
  const give = useAction({
    run: (key: string) => replaceKey(id, { key }),
    touches: [healthKeys.webhooks(id), operationKeys.accounts, operationKeys.status],
    onDone: () => {
      form.reset();
      onGiven();
      toastDone(`${name} goes on with the new token, and takes both`);
    },
    onProblem: (error) => form.setErrors(fieldProblems(error)),
  });
  return (
    <form className={classes.token} noValidate onSubmit={form.onSubmit(({ key }) => give.mutate(key.trim()))}>
      <PasswordInput
        label="Secondary Auth Token"
        autoComplete="off"
        data-autofocus
        maxLength={500}
        {...form.getInputProps('key')}
      />
      <Button type="submit" size="xs" loading={give.isPending}>
        Try it and take both
      </Button>
      {give.error === null ? null : <ErrorState compact error={give.error} what="Nothing was changed" />}
    </form>
  );
}
