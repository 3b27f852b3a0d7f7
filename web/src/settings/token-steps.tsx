import { Button, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { healthKeys, retireKeys, type Webhooks, webhooksQuery } from '../api/health.ts';
import { type Account, operationKeys } from '../api/operations.ts';
import { useAction } from '../api/use-action.ts';
import { ErrorState } from '../patterns/error-state.tsx';
import { plural } from '../patterns/format.ts';
import { TimeText } from '../patterns/time-text.tsx';
import { toastDone } from '../patterns/toast.tsx';
import classes from './keys-dialog.module.css';
import { KeyState, KeysTable } from './keys-table.tsx';
import { PROVIDERS } from './providers.ts';
import { TokenForm } from './token-form.tsx';
import { type TokenStep, tokenStep } from './token-step.ts';

interface TokenStepsProps {
  readonly account: Account;
  readonly webhooks: Webhooks;
  readonly onClose: () => void;
}

const ORDER: readonly TokenStep[] = ['give', 'promote', 'retire'];
/** Somebody waits here for the first event under the new token. */
const LOOK_EVERY_MS = 5_000;

/** The provider has two tokens and signs with the primary one; which one that is, is changed in its console only. */
export function TokenSteps({ account, webhooks: shown, onClose }: TokenStepsProps) {
  const { id, name, kind } = account;
  const { data: webhooks = shown } = useQuery({ ...webhooksQuery(id), refetchInterval: LOOK_EVERY_MS });
  const retire = useAction({
    run: (_input: null) => retireKeys(id),
    touches: [healthKeys.webhooks(id), operationKeys.status],
    onDone: () => toastDone(`${name} takes the new token only`),
  });
  const [another, setAnother] = useState(false);
  const step = tokenStep(webhooks.keys);
  const stateOf = (at: TokenStep) =>
    ORDER.indexOf(at) < ORDER.indexOf(step)
      ? ({ 'data-state': 'done' } as const)
      : at === step
        ? ({ 'aria-current': 'step' } as const)
        : {};
  const provider = PROVIDERS[kind].name;
  const proven = webhooks.keys.filter(({ mayRetire }) => mayRetire);
  return (
    <Stack gap="md">
      <ol className={classes.steps}>
        <li data-state={step === 'give' ? undefined : 'done'}>
          In the {provider} console, under API keys &amp; tokens, make a secondary Auth Token. The primary one goes on
          as before.
        </li>
        <li {...stateOf('give')}>
          <div className={classes.step}>
            Give it here. It is tried at once, and both tokens are taken from then on.
            {step === 'give' ? <TokenForm account={account} onGiven={() => setAnother(false)} /> : null}
          </div>
        </li>
        <li {...stateOf('promote')}>
          <div className={classes.step}>
            Promote it in the console. {provider} then signs with it, and the one before stops working there.
            {step === 'promote' ? (
              <>
                <Text size="sm" c="dimmed" role="status">
                  Nothing that it signed has come yet. Once it is promoted, text one of your numbers: it shows here
                  within seconds.
                </Text>
                {another ? (
                  <TokenForm account={account} onGiven={() => setAnother(false)} />
                ) : (
                  <Button size="compact-xs" variant="default" onClick={() => setAnother(true)}>
                    It was the wrong one
                  </Button>
                )}
              </>
            ) : null}
          </div>
        </li>
        <li {...stateOf('retire')}>
          <div className={classes.step}>
            Retire the old token, or leave it: it ends by itself, a day or more after it was replaced.
            {step === 'retire' ? (
              <Button size="xs" loading={retire.isPending} onClick={() => retire.mutate(null)}>
                Retire {plural(proven.length, 'old token', 'old tokens')}
              </Button>
            ) : null}
          </div>
        </li>
      </ol>
      <KeysTable
        keys={webhooks.keys}
        stateOf={(key) => {
          if (key.retireAt !== null && !key.mayRetire) return 'Taken until the new one has signed';
          if (key.retireAt === null && step === 'promote' && key.lastSeenAt === null)
            return (
              <>
                Taken since <TimeText at={key.since} look="when" />
              </>
            );
          return <KeyState {...key} />;
        }}
      />
      <Text size="xs" c="dimmed">
        Was the token promoted before it was given here? Give it now. What was refused meanwhile is found by the nightly
        comparison, or at once by one that you begin under Reconciliation.
      </Text>
      {retire.error === null ? null : <ErrorState compact error={retire.error} what="Nothing was changed" />}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          Go back
        </Button>
      </Group>
    </Stack>
  );
}
