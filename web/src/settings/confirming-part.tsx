import { NativeSelect, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type Account, accountsQuery, operationKeys, updateAccount } from '../api/operations.ts';
import { Section } from '../patterns/page.tsx';
import { CONFIRMER_CHOICES, confirmerOf } from './confirmers.ts';
import { SaveBar } from './save-bar.tsx';
import classes from './settings.module.css';
import { usePart } from './settings-part.tsx';

/** Who confirms opt-outs, account by account: each is confirmed once. */
export function WhoConfirms({ readOnly }: { readonly readOnly: boolean }) {
  const accounts = useQuery(accountsQuery).data?.data;
  return (
    <Section
      title="Who confirms opt-outs"
      note="Exactly one confirmation may follow. Ask your provider which words it answers itself before you change this."
    >
      {accounts?.length === 0 ? <Text c="dimmed">No account is connected.</Text> : null}
      {accounts?.map((account) => (
        <Confirmer key={account.id} account={account} readOnly={readOnly} />
      ))}
    </Section>
  );
}

function Confirmer({ account, readOnly }: { readonly account: Account; readonly readOnly: boolean }) {
  const { form, save, onSubmit } = usePart<{ confirmer: string }>(
    { confirmer: account.optOutsConfirmedBy },
    {
      run: async ({ confirmer }) => ({
        confirmer: (await updateAccount(account.id, { optOutsConfirmedBy: confirmerOf(confirmer) })).optOutsConfirmedBy,
      }),
      done: `Who confirms opt-outs of ${account.name} is saved`,
      touches: [operationKeys.accounts],
    },
  );
  return (
    <form noValidate onSubmit={onSubmit} className={classes.form}>
      <NativeSelect
        label={account.name}
        data={[...CONFIRMER_CHOICES]}
        disabled={readOnly}
        {...form.getInputProps('confirmer')}
      />
      {readOnly ? null : <SaveBar save={save} form={form} />}
    </form>
  );
}
