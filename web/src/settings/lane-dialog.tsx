import { Button, Group, Modal, NumberInput, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { type Lane, operationKeys, updateLane } from '../api/operations.ts';
import { fieldProblems } from '../api/problem.ts';
import { useAction } from '../api/use-action.ts';
import { ErrorState } from '../patterns/error-state.tsx';
import { formatPhone } from '../patterns/format.ts';
import { toastDone } from '../patterns/toast.tsx';
import { ZoneSelect } from '../patterns/zone-select.tsx';
import classes from './settings.module.css';

interface LaneDialogProps {
  readonly lane: Lane;
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** An empty field has no limit. */
type Limit = number | string;
interface Values {
  readonly name: string;
  readonly zone: string;
  readonly dailyCap: Limit;
  readonly messagesPerSecond: Limit;
  readonly partsPerSecond: Limit;
  readonly partsPerDay: Limit;
}

const limitOf = (value: Limit): number | null => (value === '' ? null : Number(value));
/** Above nothing, or no limit at all. */
const limitProblem = (value: Limit): string | null =>
  value === '' || Number(value) > 0 ? null : 'Type a number above 0, or leave it empty; pause the number to stop it';

export function LaneDialog({ lane, opened, onClose }: LaneDialogProps) {
  const form = useForm<Values>({
    initialValues: {
      name: lane.name,
      zone: lane.zone,
      dailyCap: lane.dailyCap,
      messagesPerSecond: lane.messagesPerSecond ?? '',
      partsPerSecond: lane.partsPerSecond ?? '',
      partsPerDay: lane.partsPerDay ?? '',
    },
    validate: {
      name: (value) => (value.trim() === '' ? 'Type a name' : null),
      dailyCap: (value) => (typeof value === 'number' && value >= 1 ? null : 'Type how many texts a day, at least 1'),
      messagesPerSecond: limitProblem,
      partsPerSecond: limitProblem,
      partsPerDay: limitProblem,
    },
  });
  const save = useAction({
    run: (values: Values) =>
      updateLane(lane.id, {
        name: values.name.trim(),
        zone: values.zone,
        dailyCap: Number(values.dailyCap),
        messagesPerSecond: limitOf(values.messagesPerSecond),
        partsPerSecond: limitOf(values.partsPerSecond),
        partsPerDay: limitOf(values.partsPerDay),
      }),
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
          <fieldset className={classes.limits}>
            <legend>Throughput</legend>
            <Text size="xs" c="dimmed">
              Where the carrier registration of this number sets one. An empty field has no limit besides the account’s.
            </Text>
            <div className={classes.limitFields}>
              <NumberInput
                label="Texts a second"
                placeholder="No limit"
                min={0}
                max={1_000}
                decimalScale={2}
                {...form.getInputProps('messagesPerSecond')}
              />
              <NumberInput
                label="Parts a second"
                placeholder="No limit"
                min={0}
                max={1_000}
                decimalScale={2}
                {...form.getInputProps('partsPerSecond')}
              />
              <NumberInput
                label="Parts a day"
                placeholder="No limit"
                min={0}
                max={100_000_000}
                allowDecimal={false}
                thousandSeparator=","
                {...form.getInputProps('partsPerDay')}
              />
            </div>
          </fieldset>
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
