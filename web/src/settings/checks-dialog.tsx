import { Button, Group, Modal, Select, Stack, Switch, Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import { type Health, healthKeys, putHealthSettings } from '../api/health.ts';
import { type Account, accountsQuery } from '../api/operations.ts';
import { fieldProblems } from '../api/problem.ts';
import { useAction } from '../api/use-action.ts';
import { textsADay } from '../health/check-words.ts';
import { ErrorState } from '../patterns/error-state.tsx';
import { formatPhone, plural } from '../patterns/format.ts';
import { toastDone } from '../patterns/toast.tsx';

interface ChecksDialogProps {
  readonly account: Account;
  readonly settings: Health['settings'];
  readonly opened: boolean;
  readonly onClose: () => void;
}

const INTERVALS = [
  { value: '15', label: 'Every 15 minutes' },
  { value: '30', label: 'Every 30 minutes' },
  { value: '60', label: 'Every hour' },
  { value: '240', label: 'Every 4 hours' },
  { value: '1440', label: 'Once a day' },
];

/** Which number texts which, and how often. */
export function ChecksDialog({ account, settings, opened, onClose }: ChecksDialogProps) {
  const { data } = useQuery(accountsQuery);
  const all = data?.data ?? [account];
  const own = account.lanes;
  const form = useForm({
    initialValues: {
      enabled: settings?.enabled ?? true,
      fromLaneId: settings?.fromLaneId ?? '',
      toLaneId: settings?.toLaneId ?? '',
      interval: String(settings?.intervalMinutes ?? 60),
    },
    validate: {
      fromLaneId: (value, { toLaneId }) =>
        value === ''
          ? 'Choose a number'
          : value === toLaneId
            ? 'Choose another number than the one that receives'
            : null,
      toLaneId: (value) => (value === '' ? 'Choose a number' : null),
    },
  });
  const save = useAction({
    run: ({ interval, ...values }: typeof form.values) =>
      putHealthSettings(account.id, { ...values, intervalMinutes: Number(interval) }),
    touches: [healthKeys.health(account.id)],
    onDone: () => {
      onClose();
      toastDone(`The check of ${account.name} is saved`);
    },
    onProblem: (error) => form.setErrors(fieldProblems(error)),
  });
  const choices = (lanes: Account['lanes']) =>
    lanes.map((lane) => ({
      value: lane.id,
      label: `${formatPhone(lane.phone)} ${lane.name}`,
      disabled: lane.state === 'off',
    }));
  const perDay = textsADay(Number(form.values.interval));
  return (
    <Modal opened={opened} onClose={onClose} title={`Check of ${account.name}`}>
      <form noValidate onSubmit={form.onSubmit((values) => save.mutate(values))}>
        <Stack gap="md">
          <Text size="sm">
            One of your numbers texts another, and its event must be back within two minutes. Nobody else sees these
            texts, and they count nowhere.
          </Text>
          <Select
            label="Texts"
            placeholder="Choose the number that sends"
            data={choices(all.flatMap((one) => one.lanes))}
            data-autofocus
            {...form.getInputProps('fromLaneId')}
          />
          <Select
            label="Receives"
            description="Its account is the one whose events are checked."
            placeholder={`Choose a number of ${account.name}`}
            data={choices(own)}
            {...form.getInputProps('toLaneId')}
          />
          <Select
            label="How often"
            description={`${plural(perDay, 'text', 'texts')} a day, which the provider charges like any other.`}
            allowDeselect={false}
            data={INTERVALS}
            {...form.getInputProps('interval')}
          />
          <Switch label="Check by itself" {...form.getInputProps('enabled', { type: 'checkbox' })} />
          {save.error === null ? null : <ErrorState compact error={save.error} what="Not saved" />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Go back
            </Button>
            <Button type="submit" loading={save.isPending}>
              Save
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
