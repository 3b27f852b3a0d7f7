import { Button, Code, Group, Modal, Stack, Text } from '@mantine/core';
import { healthKeys, retireKeys, rotateKeys, type Webhooks } from '../api/health.ts';
import { type Account, operationKeys } from '../api/operations.ts';
import { useAction } from '../api/use-action.ts';
import { ErrorState } from '../patterns/error-state.tsx';
import { plural } from '../patterns/format.ts';
import { StateBadge } from '../patterns/state-badge.tsx';
import { TimeText } from '../patterns/time-text.tsx';
import { toastDone } from '../patterns/toast.tsx';
import classes from './incoming-events.module.css';

interface KeysDialogProps {
  readonly account: Account;
  readonly webhooks: Webhooks;
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** Changes the keys that events are signed with, step by step; no event is lost in between. */
export function KeysDialog({ account, webhooks, opened, onClose }: KeysDialogProps) {
  const { id, name } = account;
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
    <Modal opened={opened} onClose={onClose} title={`Signing keys of ${name}`} size="lg">
      <Stack gap="md">
        <ol className={classes.steps}>
          {webhooks.rotates === 'at_gateway' ? (
            <>
              <li>In the provider’s console, make a secondary Auth Token.</li>
              <li>
                Give it here as the account’s new key, with <Code>textwright account set-key</Code>. Both tokens are
                taken from then on.
              </li>
              <li>Promote it in the console: events are signed with it. The old one ends once that has been seen.</li>
            </>
          ) : (
            <>
              <li>
                Press “Make new keys”. The provider signs with them at once. Both are taken, so nothing that is on its
                way is refused.
              </li>
              <li>Wait until an event has come in that a new key has signed; it shows in the table.</li>
              <li>
                Retire the old keys if you suspect that somebody knows them. Otherwise do nothing: they end by
                themselves after 28 hours, when the provider repeats nothing any more.
              </li>
            </>
          )}
        </ol>
        <table className={classes.keys}>
          <thead>
            <tr>
              <th scope="col">Key</th>
              <th scope="col">Signs</th>
              <th scope="col">State</th>
              <th scope="col">Last event</th>
            </tr>
          </thead>
          <tbody>
            {webhooks.keys.map((key) => (
              <KeyRow key={key.signer} entry={key} />
            ))}
          </tbody>
        </table>
        {webhooks.keys.length === 0 ? (
          <Text size="sm" c="dimmed">
            No keys are known yet: repair the webhooks first.
          </Text>
        ) : null}
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
          {webhooks.rotates === 'here' ? (
            <Button loading={rotate.isPending} onClick={() => rotate.mutate(null)}>
              Make new keys
            </Button>
          ) : null}
        </Group>
      </Stack>
    </Modal>
  );
}

function KeyRow({ entry }: { readonly entry: Webhooks['keys'][number] }) {
  const { signer, part, retireAt, lastSeenAt } = entry;
  return (
    <tr>
      <td>
        <Code>{signer}</Code>
      </td>
      <td>{part === 'all' ? 'all events' : part.replaceAll('-', ' ')}</td>
      <td>
        {retireAt === null ? (
          <StateBadge state="active" look="plain">
            In use
          </StateBadge>
        ) : (
          <>
            Ends <TimeText at={retireAt} look="when" />
          </>
        )}
      </td>
      <td>{lastSeenAt === null ? 'none yet' : <TimeText at={lastSeenAt} look="relative" />}</td>
    </tr>
  );
}
