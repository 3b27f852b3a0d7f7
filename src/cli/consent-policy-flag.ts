import { InvalidArgumentError } from 'commander';
import { SAID_PURPOSES } from '../compliance/consent.ts';
import { type ConsentPolicyInput, consentPolicyInput } from '../http/contract/campaign-consent.ts';

export const CONSENT_FLAG =
  'which consent people must have given: marketing (as the law asks of offers), informational (or transactional, which is the same), or the kinds that will do, as express,express_written';

/** A purpose, or kinds of a custom policy. */
export function consentPolicyOption(text: string): ConsentPolicyInput {
  const named = SAID_PURPOSES.some((purpose) => purpose === text);
  const parsed = consentPolicyInput.safeParse(named ? { policy: text } : { policy: 'custom', kinds: text.split(',') });
  if (!parsed.success)
    throw new InvalidArgumentError(
      'Expected marketing, informational, express, express_written or express,express_written.',
    );
  return parsed.data;
}
