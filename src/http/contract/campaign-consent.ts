import { z } from '@hono/zod-openapi';
import { CONSENT_KINDS, SAID_PURPOSES } from '../../compliance/consent.ts';
import { CONSENT_POLICIES } from '../../compliance/consent-policy.ts';

/** Which consent a campaign asks for: the same fields in what it shows and in what changes it. */
export const consentPolicyInput = z
  .discriminatedUnion('policy', [
    z.strictObject({ policy: z.enum(SAID_PURPOSES) }),
    z.strictObject({ policy: z.literal('custom'), kinds: z.array(z.enum(CONSENT_KINDS)).min(1).max(2) }),
  ])
  .openapi('ConsentPolicy', {
    description:
      'marketing and informational: what the law asks of such texts, now express_written of the one and express or express_written of the other; transactional is another word for informational. custom: any of these kinds, given for marketing; less than the law asks needs an owner’s reason (PUT /v1/campaigns/{id}/consent-waiver)',
    example: { policy: 'marketing' },
  });
export type ConsentPolicyInput = z.infer<typeof consentPolicyInput>;

export const consentPolicyShown = z.object({
  policy: z.enum(CONSENT_POLICIES),
  kinds: z.array(z.enum(CONSENT_KINDS)).nullable(),
});

export const campaignConsentShown = {
  consent: consentPolicyShown
    .nullable()
    .openapi({ description: 'Null: launched before campaigns asked for consent; none is asked for' }),
  consentWaiver: z
    .object({ reason: z.string(), people: z.int(), by: z.string(), at: z.string() })
    .nullable()
    .openapi({ description: 'An owner’s reason to text so many people who have not agreed as the law asks' }),
};
