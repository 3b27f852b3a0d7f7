import { Button, Group, Modal, Stack } from '@mantine/core';
import { healthKeys, retireKeys, rotateKeys, type Webhooks } from '../api/health.ts';
import { type Account, operationKeys } from '../api/operations.ts';
import { useAction } from '../api/use-action.ts';
import { ErrorState } from '../patterns/error-state.tsx';
import { plural } from '../patterns/format.ts';
import { toastDone } from '../patterns/toast.tsx';
import classes from './keys-dialog.module.css';
import { KeyState, KeysTable } from './keys-table.tsx';
import { TokenSteps } from './token-steps.tsx';

interface KeysDialogProps {
  readonly account: Account;
  readonly webhooks: Webhooks;
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** Changes the keys that events are signed with, step by step; no event is lost in between. */
export function KeysDialog({ account, webhooks, opened, onClose }: KeysDialogProps) {
  const steps = { account, webhooks, onClose };
  return (
    <Modal opened={opened} onClose={onClose} title={`Signing keys of ${account.name}`} size="lg">
      {webhooks.rotates === 'here' ? <KeySteps {...steps} /> : <TokenSteps {...steps} />}
    </Modal>
  );
}

/** The provider makes other keys when it is asked to. */
function KeySteps({ account: { id, name }, webhooks, onClose }: Omit<KeysDialogProps, 'opened'>) {
  const touches = [healthKeys.webhooks(id), operationKeys.status];
  const rotate = useAction({
    run: (_input: null) => rotateKeys(id),
    touches,
    onDone: () => toastDone(`${name} has new keys; the old ones stay good for 28 hours`),
  });
  const retire = useAction({
    run: (_input: null) => retireKeys(id),
    touches,
    onDone: () => toastDone('Old keys are retired'),
  });
  const old = webhooks.keys.filter(({ retireAt }) => retireAt !== null);
  const proven = old.filter(({ mayRetire }) => mayRetire);
  const error = rotate.error ?? retire.error;
  return (
    <Stack gap="md">
      <ol className={classes.steps}>
        <li>
          Press “Make new keys”. The provider signs with them at once. Both are taken, so nothing that is on its way is
          refused.
        </li>
        <li>Wait until an event has come in that a new key has signed; it shows in the table.</li>
        <li>
          Retire the old keys if you suspect that somebody knows them. Otherwise do nothing: they end by themselves
          after 28 hours, when the provider repeats nothing any more.
        </li>
      </ol>
      <KeysTable keys={webhooks.keys} stateOf={KeyState} />
      {error === null ? null : <ErrorState compact error={error} what="Nothing was changed" />}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onClose}>
          Go back
        </Button>
        {old.length === 0 ? null : (
          <Button
            variant="default"
            loading={retire.isPending}
            disabled={proven.length === 0}
            onClick={() => retire.mutate(null)}
          >
            {proven.length === 0
              ? 'No old key can be retired yet'
              : `Retire ${plural(proven.length, 'old key', 'old keys')}`}
          </Button>
        )}
        <Button loading={rotate.isPending} onClick={() => rotate.mutate(null)}>
          Make new keys
        </Button>
      </Group>
    </Stack>
  );
}
