import { z } from '@hono/zod-openapi';
import { CAMPAIGN_STATES, ENROLLMENT_STATES } from '../../campaigns/campaign.ts';
import { chosenOrNot } from './audiences.ts';
import { campaignConsentShown, consentPolicyInput } from './campaign-consent.ts';
import { sendingInput, sendingShown } from './sending-options.ts';
import { done, idOf, isoInstant, jsonRoute, pageOf, pageQuery, reasonText } from './shared.ts';

export const campaignState = z.enum(CAMPAIGN_STATES);
export const enrollmentState = z.enum(ENROLLMENT_STATES);
export type CampaignState = z.infer<typeof campaignState>;
export type EnrollmentState = z.infer<typeof enrollmentState>;

export const totalsSchema = z.object({
  enrolled: z.int(),
  pending: z.int(),
  handing_over: z.int(),
  unknown: z.int(),
  sent: z.int(),
  delivered: z.int(),
  failed: z.int(),
  skipped: z.int(),
  replied: z.int(),
  opted_out: z.int(),
  parts: z.int(),
  accepted: z.int().openapi({
    description: 'Texts that the gateway took, whatever became of them: sent, delivered, and failed afterwards',
  }),
});
export type Totals = z.infer<typeof totalsSchema>;

const variantInput = z.strictObject({
  label: z.string().trim().min(1).max(20),
  weight: z.int().min(1).max(1000).default(1),
  body: z.string().max(6400),
});
export const campaignSchema = z
  .object({
    id: idOf('campaign'),
    name: z.string(),
    state: campaignState,
    stateReason: z.string().nullable(),
    audience: chosenOrNot,
    variants: z.array(
      z.object({
        id: idOf('variant'),
        label: z.string(),
        weight: z.int(),
        body: z.string(),
        totals: totalsSchema.nullable(),
      }),
    ),
    laneIds: z.array(idOf('lane')),
    ...sendingShown,
    ...campaignConsentShown,
    totals: totalsSchema,
    revision: z.int(),
    createdBy: z.string(),
    createdAt: isoInstant,
    launchedAt: isoInstant.nullable(),
    finishedAt: isoInstant.nullable(),
    /** About when everything is handed over, at today's caps; null when it cannot be said or is over. */
    expectedFinishAt: isoInstant.nullable(),
  })
  .openapi('Campaign');
export type Campaign = z.infer<typeof campaignSchema>;

export const campaignParams = z.object({ id: idOf('campaign') });
export const listCampaigns = jsonRoute({
  method: 'get',
  path: '/v1/campaigns',
  access: 'viewer',
  tag: 'Campaigns',
  summary: 'Campaigns, newest first',
  query: pageQuery.extend({ state: campaignState.optional(), search: z.string().trim().max(200).optional() }),
  response: pageOf(campaignSchema),
});
export const createCampaign = jsonRoute({
  method: 'post',
  path: '/v1/campaigns',
  access: 'manager',
  tag: 'Campaigns',
  summary: 'Make a draft',
  body: z.strictObject({
    name: z.string().trim().min(1).max(200),
    audience: chosenOrNot.default(null),
    variants: z.array(variantInput).max(5).default([]),
    laneIds: z.array(idOf('lane')).max(100).default([]),
    consent: consentPolicyInput
      .optional()
      .openapi({ description: 'That of `GET /v1/default-consent` when it is left out' }),
    ...sendingInput,
  }),
  response: campaignSchema,
  status: 201,
  idempotent: true,
});
export const getCampaign = jsonRoute({
  method: 'get',
  path: '/v1/campaigns/{id}',
  access: 'viewer',
  tag: 'Campaigns',
  summary: 'One campaign',
  params: campaignParams,
  response: campaignSchema,
});
export const updateCampaign = jsonRoute({
  method: 'patch',
  path: '/v1/campaigns/{id}',
  access: 'manager',
  tag: 'Campaigns',
  summary:
    'Change a campaign; `revision` must be the one that was read. A draft in everything; after the launch in priority, window, pace, pointless and laneIds, obeyed from the next turn of the engine',
  params: campaignParams,
  body: z.strictObject({
    revision: z.int(),
    name: z.string().trim().min(1).max(200).optional(),
    audience: chosenOrNot.optional(),
    variants: z.array(variantInput).max(5).optional(),
    laneIds: z.array(idOf('lane')).max(100).optional(),
    consent: consentPolicyInput.optional(),
    ...sendingInput,
  }),
  response: campaignSchema,
});
export const deleteCampaign = jsonRoute({
  method: 'delete',
  path: '/v1/campaigns/{id}',
  access: 'manager',
  tag: 'Campaigns',
  summary: 'Delete a draft',
  params: campaignParams,
  response: done,
});

export const launchCampaign = jsonRoute({
  method: 'post',
  path: '/v1/campaigns/{id}/launch',
  access: 'manager',
  tag: 'Campaigns',
  summary: 'Freeze the texts, enroll the audience and start sending',
  params: campaignParams,
  body: z.strictObject({
    revision: z.int(),
    confirmName: z.string().optional().openapi({ description: 'The campaign name; needed above 500 people' }),
    acknowledgement: reasonText.optional().openapi({
      description:
        'Why texts may go out that do not say to people who get their first one who sends it and how to stop (`toAcknowledge` of the review); kept in the audit log and in the compliance report',
    }),
  }),
  response: campaignSchema,
  status: 202,
  idempotent: true,
});
const control = (verb: 'pause' | 'resume' | 'cancel', summary: string) =>
  jsonRoute({
    method: 'post',
    path: `/v1/campaigns/{id}/${verb}`,
    access: 'manager',
    tag: 'Campaigns',
    summary,
    params: campaignParams,
    body: z.strictObject({ reason: z.string().trim().max(300).optional() }),
    response: campaignSchema,
  });
export const pauseCampaign = control('pause', 'Hand nothing new over; resume goes on where it stopped');
export const resumeCampaign = control('resume', 'Go on sending');
export const cancelCampaign = control(
  'cancel',
  'End for good: nobody is texted any more. Who waits is skipped; of many thousands the last within a minute',
);
