import { z } from '@hono/zod-openapi';
import { campaignParams, campaignSchema } from './campaigns.ts';
import { jsonRoute, reasonText } from './shared.ts';

const revision = z.int().openapi({ description: 'The one that was read' });

export const waiveConsent = jsonRoute({
  method: 'put',
  path: '/v1/campaigns/{id}/consent-waiver',
  access: 'owner',
  tag: 'Campaigns',
  summary:
    'Give the reason why a draft may text people who have not agreed as the law asks; kept in the audit log and with the campaign',
  params: campaignParams,
  body: z.strictObject({
    revision,
    people: z.int().min(1).openapi({
      description:
        'How many they are, as the review says (`consent.people`); when there are more by then, it is refused',
    }),
    reason: reasonText,
  }),
  response: campaignSchema,
});
export const withdrawConsentWaiver = jsonRoute({
  method: 'delete',
  path: '/v1/campaigns/{id}/consent-waiver',
  access: 'owner',
  tag: 'Campaigns',
  summary: 'Take that reason back: they are left out again',
  params: campaignParams,
  query: z.strictObject({ revision: z.coerce.number().pipe(revision) }),
  response: campaignSchema,
});
