import { Button, Group, Modal, NumberInput, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { type Lane, operationKeys, updateLane } from '../api/operations.ts';
import { fieldProblems } from '../api/problem.ts';
import { useAction } from '../api/use-action.ts';
import { ErrorState } from '../patterns/error-state.tsx';
import { formatPhone } from '../patterns/format.ts';
import { toastDone } from '../patterns/toast.tsx';
import { ZoneSelect } from '../patterns/zone-select.tsx';

interface LaneDialogProps {
  readonly lane: Lane;
  readonly opened: boolean;
  readonly onClose: () => void;
}

export function LaneDialog({ lane, opened, onClose }: LaneDialogProps) {
  const { id, name, zone, dailyCap } = lane;
  const form = useForm<{ name: string; zone: string; dailyCap: number | string }>({
    initialValues: { name, zone, dailyCap },
    validate: {
      name: (value) => (value.trim() === '' ? 'Type a name' : null),
      dailyCap: (value) => (typeof value === 'number' && value >= 1 ? null : 'Type how many texts a day, at least 1'),
    },
  });
  const save = useAction({
    run: (values: typeof form.values) =>
      updateLane(id, { name: values.name.trim(), zone: values.zone, dailyCap: Number(values.dailyCap) }),
    touches: [operationKeys.accounts, operationKeys.home],
    onDone: (saved) => {
      onClose();
      toastDone(`${saved.name} is saved`);
    },
    onProblem: (error) => form.setErrors(fieldProblems(error)),
  });
  return (
    <Modal opened={opened} onClose={onClose} title={formatPhone(lane.phone)}>
      <form noValidate onSubmit={form.onSubmit((values) => save.mutate(values))}>
        <Stack gap="md">
          <TextInput
            label="Name"
            description="As you call it here; the people who are texted do not see it."
            maxLength={200}
            data-autofocus
            {...form.getInputProps('name')}
          />
          <NumberInput
            label="Campaign texts a day"
            description="Carriers block numbers that suddenly send a lot. Replies to people do not count."
            min={1}
            max={1_000_000}
            allowDecimal={false}
            thousandSeparator=","
            {...form.getInputProps('dailyCap')}
          />
          <ZoneSelect
            label="Time zone"
            description="Its day, over which the texts are counted, begins at midnight there."
            {...form.getInputProps('zone')}
          />
          {save.error === null ? null : <ErrorState compact error={save.error} what="Not saved" />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Go back
            </Button>
            <Button type="submit" loading={save.isPending} disabled={!form.isDirty()}>
              Save
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
