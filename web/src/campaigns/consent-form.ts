import type { Campaign } from '../api/campaigns.ts';

type Consent = Campaign['consent'];

/** The policies of a campaign as the choices of one field. */
export const CONSENT_CHOICES = [
  { value: 'marketing', label: 'Marketing: express written consent' },
  { value: 'informational', label: 'Informational (transactional): express consent to such texts' },
  { value: 'express', label: 'Custom: express consent to marketing' },
  { value: 'express,express_written', label: 'Custom: express or express written consent to marketing' },
  { value: 'express_written', label: 'Custom: express written consent to marketing' },
] as const;

export const choiceOf = (consent: Consent): string =>
  consent === null ? 'marketing' : (consent.kinds?.toSorted().join(',') ?? consent.policy);

export function policyOf(choice: string): NonNullable<Consent> {
  if (choice === 'marketing' || choice === 'informational') return { policy: choice, kinds: null };
  const kinds = (['express', 'express_written'] as const).filter((kind) => choice.split(',').includes(kind));
  return { policy: 'custom', kinds };
}

/** As the API takes it. */
export const consentInput = (consent: Consent) => (consent === null ? undefined : policyInput(consent));

export function policyInput(consent: NonNullable<Consent>) {
  return consent.policy === 'custom'
    ? { policy: consent.policy, kinds: consent.kinds ?? [] }
    : { policy: consent.policy };
}
