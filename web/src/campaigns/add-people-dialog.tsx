import { Radio, Stack, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { type UseQueryResult, useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useState } from 'react';
import { type AudienceRule, type Campaign, campaignKeys } from '../api/campaigns.ts';
import { operationKeys } from '../api/operations.ts';
import { addPeople, type Joining, type JoiningPreview, joiningQuery } from '../api/recipients.ts';
import { useAction } from '../api/use-action.ts';
import { ConfirmDialog } from '../patterns/confirm-dialog.tsx';
import { ErrorState } from '../patterns/error-state.tsx';
import { formatCount, formatPhone, listWords, plural } from '../patterns/format.ts';
import { LoadingSkeleton } from '../patterns/loading-skeleton.tsx';
import { toastDone } from '../patterns/toast.tsx';
import { audienceWords } from './audience-words.ts';
import { plainRule } from './draft-form.ts';

const AudienceConditions = lazy(() => import('./audience-conditions.tsx'));

interface AddPeopleDialogProps {
  readonly campaign: Campaign;
  readonly opened: boolean;
  readonly onClose: () => void;
}

const NEW_MATCHES = 'new_matches';
const CONDITIONS = 'conditions';
const TYPING_MS = 300;

/** Takes people into a campaign that runs or is paused; who that is, is shown before. Fetched when it is first opened. */
export default function AddPeopleDialog({ campaign, opened, onClose }: AddPeopleDialogProps) {
  const [way, setWay] = useState(NEW_MATCHES);
  const [rule, setRule] = useState<AudienceRule>({});
  const wanted = joiningOf(way, rule);
  const [who] = useDebouncedValue(wanted, TYPING_MS);
  const preview = useQuery({ ...joiningQuery(campaign.id, who), enabled: opened && who !== null });
  const action = useAction({
    run: (input: Joining, key) => addPeople(campaign.id, input, key),
    touches: [campaignKeys.of(campaign.id), operationKeys.home],
    onDone: ({ added }) => {
      onClose();
      toastDone(`${plural(added, 'person', 'people')} added to ${campaign.name}`);
    },
  });
  const { reset } = action;
  useEffect(() => {
    if (!opened) return;
    setWay(NEW_MATCHES);
    setRule({});
    reset();
  }, [opened, reset]);
  const settled = JSON.stringify(who) === JSON.stringify(wanted) && !preview.isFetching && preview.error === null;
  const known = who !== null && settled ? preview.data : undefined;
  const people = known?.added ?? 0;
  return (
    <ConfirmDialog
      opened={opened}
      onClose={onClose}
      title={`Add people to ${campaign.name}`}
      confirmLabel={people === 0 ? 'Add people' : `Add ${plural(people, 'person', 'people')}`}
      busy={action.isPending}
      disabled={people === 0}
      error={action.error}
      onConfirm={() => wanted !== null && people > 0 && action.mutate(wanted)}
    >
      <Stack gap="md">
        <Radio.Group aria-label="Who joins" value={way} onChange={setWay}>
          <Stack gap="xs">
            <Radio
              value={NEW_MATCHES}
              label="Whoever matches its audience by now"
              description={`${capital(audienceWords(campaign.audience))}`}
            />
            <Radio value={CONDITIONS} label="Other people" description="By tag, place or the time of the last text" />
          </Stack>
        </Radio.Group>
        {way === CONDITIONS ? (
          <Suspense fallback={<LoadingSkeleton shape="lines" count={4} />}>
            <AudienceConditions rule={rule} onChange={setRule} readOnly={false} />
          </Suspense>
        ) : null}
        <div aria-live="polite">
          {wanted === null ? (
            <Text size="sm" c="dimmed">
              Choose at least one condition.
            </Text>
          ) : (
            <Who preview={preview} state={campaign.state} />
          )}
        </div>
      </Stack>
    </ConfirmDialog>
  );
}

function joiningOf(way: string, rule: AudienceRule): Joining | null {
  if (way === NEW_MATCHES) return { newMatches: true };
  const audience = plainRule(rule);
  return audience === null ? null : { audience };
}

const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

interface WhoProps {
  readonly preview: UseQueryResult<JoiningPreview>;
  readonly state: Campaign['state'];
}

function Who({ preview, state }: WhoProps) {
  if (preview.error !== null)
    return (
      <ErrorState
        compact
        error={preview.error}
        what="It cannot be said who would be added"
        onRetry={() => void preview.refetch()}
      />
    );
  if (preview.data === undefined) return <LoadingSkeleton shape="lines" count={2} />;
  const { added, alreadyIn, leftOut, sample } = preview.data;
  const names = sample.map(({ name, phone }) => (name === phone ? formatPhone(phone) : name));
  const others = added - names.length;
  return (
    <Stack gap={4} opacity={preview.isFetching ? 0.6 : 1}>
      <Text size="sm" fw={550} data-tabular>
        {added === 0 ? 'Nobody new' : `${plural(added, 'person', 'people')} would be added`}
        {alreadyIn === 0 ? '' : `, ${formatCount(alreadyIn)} already in the campaign`}
      </Text>
      {added === 0 ? null : (
        <Text size="sm" c="dimmed">
          {listWords(others > 0 ? [...names, `${formatCount(others)} more`] : names)}.{' '}
          {state === 'paused'
            ? 'They are texted when the campaign goes on.'
            : 'They are texted by the campaign’s hours and caps, beginning at once.'}
        </Text>
      )}
      {leftOut.length === 0 ? null : (
        <Text size="sm" c="dimmed" data-tabular>
          Left out: {leftOut.map(({ sentence, count }) => `${formatCount(count)} (${lowerFirst(sentence)})`).join(', ')}
          .
        </Text>
      )}
    </Stack>
  );
}

const lowerFirst = (text: string): string => `${text.charAt(0).toLowerCase()}${text.slice(1)}`;
