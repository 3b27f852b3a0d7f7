import { Button, Group, Modal, Stack } from '@mantine/core';
import { healthKeys, repairWebhooks, retireKeys, rotateKeys, type Webhooks } from '../api/health.ts';
import { type Account, operationKeys } from '../api/operations.ts';
import { useAction } from '../api/use-action.ts';
import { Notice } from '../patterns/details.tsx';
import { ErrorState } from '../patterns/error-state.tsx';
import { plural } from '../patterns/format.ts';
import { TimeText } from '../patterns/time-text.tsx';
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
  const repair = useAction({
    run: (_input: null) => repairWebhooks(id, {}),
    touches: [...touches, operationKeys.accounts],
    onDone: () => toastDone(`${name}: events are signed with a key that is known here`),
  });
  const old = webhooks.keys.filter(({ retireAt }) => retireAt !== null);
  const proven = old.filter(({ mayRetire }) => mayRetire);
  const { inDoubtSince } = webhooks;
  return (
    <Stack gap="md">
      {inDoubtSince === null ? (
        <ol className={classes.steps}>
          <li>
            Press “Make new keys”. The provider signs with them at once. Both are taken, so nothing that is on its way
            is refused.
          </li>
          <li>Wait until an event has come in that a new key has signed; it shows in the table.</li>
          <li>
            Retire the old keys if you suspect that somebody knows them. Otherwise do nothing: they end by themselves
            after 28 hours, when the provider repeats nothing any more.
          </li>
        </ol>
      ) : (
        <Notice tone="red">
          A change of the keys was begun <TimeText at={inDoubtSince} look="when" />, and how it ended is not known: the
          provider may sign with a key that is not known here, and such events are refused. Repair the webhooks: that
          makes a key which is known here. The provider sends again what was refused.
        </Notice>
      )}
      <KeysTable keys={webhooks.keys} stateOf={KeyState} />
      {/* What is in doubt is said above. */}
      {rotate.error === null || inDoubtSince !== null ? null : (
        <ErrorState compact error={rotate.error} what="The keys were not changed" />
      )}
      {retire.error === null ? null : <ErrorState compact error={retire.error} what="Nothing was changed" />}
      {repair.error === null ? null : <ErrorState compact error={repair.error} what="The webhooks were not repaired" />}
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
        {inDoubtSince === null ? (
          <Button loading={rotate.isPending} onClick={() => rotate.mutate(null)}>
            Make new keys
          </Button>
        ) : (
          <Button loading={repair.isPending} onClick={() => repair.mutate(null)}>
            Repair the webhooks
          </Button>
        )}
      </Group>
    </Stack>
  );
}
