import { NativeSelect } from '@mantine/core';
import type { Campaign } from '../api/campaigns.ts';
import { CONSENT_CHOICES, choiceOf, policyOf } from './consent-form.ts';

interface ConsentFieldsProps {
  readonly value: Campaign['consent'];
  readonly onChange: (consent: Campaign['consent']) => void;
}

export default function ConsentFields({ value, onChange }: ConsentFieldsProps) {
  return (
    <NativeSelect
      label="Consent that people must have given"
      description="Whoever has not is left out; the law asks for written consent to offers"
      data={[...CONSENT_CHOICES]}
      value={choiceOf(value)}
      onChange={(event) => onChange(policyOf(event.currentTarget.value))}
    />
  );
}
