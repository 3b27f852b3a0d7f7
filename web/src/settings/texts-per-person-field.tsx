import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { policyEffectsQuery } from '../api/compliance-policy.ts';
import { DigitsInput } from '../patterns/digits-input.tsx';
import { capEffect } from './compliance-effects.ts';
import type { HoursFieldProps } from './hours-fields.ts';

/** As checkSendingPolicy allows. */
const TEXTS_MAX = 20;

export function TextsPerPersonField({ form, readOnly }: HoursFieldProps) {
  const { messagesPerDay } = form.values;
  const effects = useQuery(policyEffectsQuery).data;
  return (
    <>
      <DigitsInput
        label="Campaign texts to one person in 24 hours, at most"
        description="From all campaigns together. Florida, Maryland, Oklahoma and Oregon allow at most 3. Whoever has had as many waits."
        min={1}
        max={TEXTS_MAX}
        readOnly={readOnly}
        error={form.errors['messagesPerDay']}
        value={typeof messagesPerDay === 'number' ? messagesPerDay : undefined}
        onChange={(texts) => form.setFieldValue('messagesPerDay', texts ?? '')}
      />
      <Text size="sm" role="status" mih="1.5em">
        {effects === undefined || typeof messagesPerDay !== 'number' ? null : capEffect(messagesPerDay, effects)}
      </Text>
    </>
  );
}
