import { InvalidArgumentError } from 'commander';
import { type ConsentPolicyInput, consentPolicyInput } from '../http/contract/campaign-consent.ts';

export const CONSENT_FLAG =
  'which consent people must have given: marketing (as the law asks of offers), informational, or the kinds that will do, as express,express_written';

/** `marketing`, `informational`, or kinds of a custom policy. */
export function consentPolicyOption(text: string): ConsentPolicyInput {
  const named = text === 'marketing' || text === 'informational';
  const parsed = consentPolicyInput.safeParse(named ? { policy: text } : { policy: 'custom', kinds: text.split(',') });
  if (!parsed.success)
    throw new InvalidArgumentError(
      'Expected marketing, informational, express, express_written or express,express_written.',
    );
  return parsed.data;
}
