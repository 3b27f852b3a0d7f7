import { Anchor, Button, Group, Progress, Stack, Text } from '@mantine/core';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useLive } from '../api/live.ts';
import { cancelValidation, type Validation, validationKeys, validationsQuery } from '../api/number-validation.ts';
import { mayAct, meQuery } from '../api/session.ts';
import { useAction } from '../api/use-action.ts';
import { ErrorState } from '../patterns/error-state.tsx';
import { Loaded } from '../patterns/loaded.tsx';
import { TimeText } from '../patterns/time-text.tsx';
import { outcomeWords, sourceWords, stateWords } from './validation-words.ts';

interface ValidationListProps {
  /** Only those of one import; all when absent. */
  readonly importId?: string;
  readonly mayCancel: boolean;
  /** Shown when there is none. */
  readonly empty: string;
}

/** The newest batches with what they found, live. */
export function ValidationList({ importId, mayCancel, empty }: ValidationListProps) {
  const query = useQuery(validationsQuery(importId));
  useLive('number_validation', [validationKeys.all]);
  return (
    <Loaded query={query} what="The validations could not be loaded">
      {({ data }) =>
        data.length === 0 ? (
          <Text c="dimmed">{empty}</Text>
        ) : (
          <Stack gap="lg">
            {data.map((batch) => (
              <OneValidation key={batch.id} batch={batch} mayCancel={mayCancel} />
            ))}
          </Stack>
        )
      }
    </Loaded>
  );
}

function OneValidation({ batch, mayCancel }: { readonly batch: Validation; readonly mayCancel: boolean }) {
  const cancel = useAction({ run: () => cancelValidation(batch.id), touches: [validationKeys.all] });
  const { role } = useSuspenseQuery(meQuery).data.user;
  const { state, done, total, wait, createdAt } = batch;
  const found = outcomeWords(batch);
  return (
    <Stack gap={4}>
      <Group justify="space-between">
        <Text fw={500}>
          {sourceWords(batch)}, <TimeText at={createdAt} />
        </Text>
        {state === 'open' && mayCancel ? (
          <Button variant="subtle" color="gray" loading={cancel.isPending} onClick={() => cancel.mutate(undefined)}>
            Cancel
          </Button>
        ) : null}
      </Group>
      {state === 'open' ? (
        <Progress value={total === 0 ? 100 : (done / total) * 100} aria-label={`Validated ${done} of ${total}`} />
      ) : null}
      <Text size="sm" role="status">
        {stateWords(batch)}
        {found === '' ? '' : `. ${found}`}.{' '}
        {total > 0 && mayAct(role, 'agent') ? (
          <Anchor
            inherit
            underline="always"
            renderRoot={(props) => (
              <Link to="/number-validation/$validationId" params={{ validationId: batch.id }} {...props} />
            )}
          >
            See the numbers
          </Anchor>
        ) : null}
      </Text>
      {wait === null ? null : (
        <Text size="sm" c="var(--tone-amber-text)">
          Goes on <TimeText at={wait.until} />: {wait.message}
        </Text>
      )}
      {cancel.error === null ? null : <ErrorState compact error={cancel.error} what="Not cancelled" />}
    </Stack>
  );
}
