import { describe, expect, it } from 'vitest';
import { CONSENT_CHOICES, choiceOf, consentInput, policyOf } from './consent-form.ts';

describe('the consent policy of a draft', () => {
  it.each(CONSENT_CHOICES)('$label is one choice, there and back', ({ value }) =>
    expect(choiceOf(policyOf(value))).toBe(value),
  );
  it.each([
    ['marketing', { policy: 'marketing' }],
    ['express', { policy: 'custom', kinds: ['express'] }],
  ])('%s is sent as the API takes it', (choice, input) => expect(consentInput(policyOf(choice))).toEqual(input));
});
