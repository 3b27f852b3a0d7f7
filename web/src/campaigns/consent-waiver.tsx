import { Anchor, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { type Campaign, campaignKeys, withdrawConsentWaiver } from '../api/campaigns.ts';
import { useAction } from '../api/use-action.ts';
import { formatCount, plural } from '../patterns/format.ts';
import { toastProblem } from '../patterns/toast.tsx';
import { useLazyDialog } from '../patterns/use-lazy-dialog.ts';

const ConsentWaiverDialog = lazy(() => import('./consent-waiver-dialog.tsx'));

interface ConsentWaiverProps {
  readonly campaign: Campaign;
  /** Whom the reason would be about, or is. */
  readonly people: number;
  readonly isOwner: boolean;
  readonly ready: boolean;
}

/** Whom an owner lets be texted without the consent that is asked for, or could. */
export default function ConsentWaiver({ campaign, people, isOwner, ready }: ConsentWaiverProps) {
  const queryClient = useQueryClient();
  const dialog = useLazyDialog();
  const withdraw = useAction({
    run: () => withdrawConsentWaiver(campaign.id, campaign.revision),
    onDone: (answer) => queryClient.setQueryData(campaignKeys.one(campaign.id), answer),
    onProblem: (error) => toastProblem('The reason was not taken back', error),
  });
  const { consentWaiver } = campaign;
  if (consentWaiver !== null)
    return (
      <Text size="sm" c="var(--tone-amber-text)" mt={4}>
        {plural(consentWaiver.people, 'person', 'people')} without that consent may be texted, says {consentWaiver.by}:
        “{consentWaiver.reason}”{' '}
        {isOwner ? (
          <Anchor component="button" type="button" inherit onClick={() => withdraw.mutate(undefined)}>
            Leave them out again
          </Anchor>
        ) : null}
      </Text>
    );
  if (people === 0) return null;
  return (
    <Text size="sm" c="dimmed" mt={4}>
      {formatCount(people)} {people === 1 ? 'has' : 'have'} not agreed as the law asks.{' '}
      {isOwner ? (
        <Anchor component="button" type="button" inherit disabled={!ready} onClick={dialog.open}>
          Text them with a reason
        </Anchor>
      ) : (
        'An owner can let them be texted with a reason.'
      )}
      <Suspense fallback={null}>
        {dialog.wanted ? (
          <ConsentWaiverDialog campaign={campaign} people={people} opened={dialog.opened} onClose={dialog.close} />
        ) : null}
      </Suspense>
    </Text>
  );
}
