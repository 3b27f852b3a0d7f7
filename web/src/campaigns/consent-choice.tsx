import { Anchor, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { lazy, Suspense } from 'react';
import type { Campaign, Review } from '../api/campaigns.ts';
import { CONSENT_CHOICES, choiceOf } from './consent-form.ts';

const ConsentFields = lazy(() => import('./consent-fields.tsx'));
const ConsentWaiver = lazy(() => import('./consent-waiver.tsx'));

interface ConsentChoiceProps {
  readonly campaign: Campaign;
  readonly value: Campaign['consent'];
  readonly onChange: (consent: Campaign['consent']) => void;
  /** Of exactly what is saved; undefined while it is being worked out. */
  readonly review: Review | undefined;
  readonly readOnly: boolean;
  readonly isOwner: boolean;
}

/** Which consent people must have given, and how an owner lets those through who have not. */
export function ConsentChoice({ campaign, value, onChange, review, readOnly, isOwner }: ConsentChoiceProps) {
  const [opened, { open }] = useDisclosure(false);
  const people = review?.consent?.people ?? 0;
  return (
    <div>
      {opened ? (
        <Suspense fallback={null}>
          <ConsentFields value={value} onChange={onChange} />
        </Suspense>
      ) : (
        <Text size="sm">
          Consent asked for: {CONSENT_CHOICES.find((choice) => choice.value === choiceOf(value))?.label ?? 'none'}.{' '}
          {readOnly ? null : (
            <Anchor component="button" type="button" inherit onClick={open}>
              Change the consent
            </Anchor>
          )}
        </Text>
      )}
      {people === 0 && campaign.consentWaiver === null ? null : (
        <Suspense fallback={null}>
          <ConsentWaiver campaign={campaign} people={people} isOwner={isOwner} ready={review !== undefined} />
        </Suspense>
      )}
    </div>
  );
}
