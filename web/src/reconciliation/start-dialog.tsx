import { Button, Group, Modal, Select, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { accountsQuery } from '../api/operations.ts';
import { useProductClock } from '../api/product-clock.ts';
import { reconciliationKeys, startReconciliation } from '../api/reconciliations.ts';
import { useAction } from '../api/use-action.ts';
import { ErrorState } from '../patterns/error-state.tsx';

interface StartDialogProps {
  readonly opened: boolean;
  readonly onClose: () => void;
}

const HOUR_MS = 3_600_000;
const RANGES = [
  { value: '6', label: 'The last 6 hours' },
  { value: '24', label: 'The last 24 hours' },
  { value: '72', label: 'The last 3 days' },
  { value: '720', label: 'The last 30 days' },
  { value: '2160', label: 'The last 90 days' },
];

/** Asks for the account and how far back; the new run opens. */
export function StartDialog({ opened, onClose }: StartDialogProps) {
  const accounts = useQuery(accountsQuery).data?.data ?? [];
  const [chosen, setChosen] = useState<string | null>(null);
  const [hours, setHours] = useState('72');
  const { nowMs } = useProductClock(60_000);
  const navigate = useNavigate();
  const accountId = chosen ?? accounts[0]?.id ?? null;
  const start = useAction({
    run: startReconciliation,
    touches: [reconciliationKeys.all],
    onDone: ({ id }) => {
      onClose();
      void navigate({ to: '/operations/reconciliation/$runId', params: { runId: id } });
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (accountId === null) return;
    const since = new Date(nowMs - Number(hours) * HOUR_MS).toISOString();
    start.mutate({ accountId, since });
  };
  return (
    <Modal opened={opened} onClose={onClose} title="Compare with the provider">
      <form onSubmit={submit}>
        <Stack gap="md">
          <Text size="sm">
            Texts go first: it is done with requests that the account has to spare. What is missing here is fetched and
            stored; what the provider does not know is only reported.
          </Text>
          <Select
            label="Account"
            data={accounts.map(({ id, name }) => ({ value: id, label: name }))}
            value={accountId}
            onChange={setChosen}
            allowDeselect={false}
            data-autofocus
          />
          <Select
            label="How far back"
            data={RANGES}
            value={hours}
            onChange={(value) => setHours(value ?? '72')}
            allowDeselect={false}
          />
          {start.error === null ? null : <ErrorState compact error={start.error} what="Not started" />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Go back
            </Button>
            <Button type="submit" loading={start.isPending} disabled={accountId === null}>
              Compare
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
