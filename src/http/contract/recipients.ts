import { z } from '@hono/zod-openapi';
import { WAIT_REASONS } from '../../campaigns/forecast.ts';
import { audienceRule } from './audiences.ts';
import { campaignParams, campaignState, enrollmentState } from './campaigns.ts';
import { moment } from './sending-options.ts';
import { settledState, settlement } from './settlement.ts';
import { idOf, isoInstant, jsonRoute, pageOf, pageQuery, phoneText } from './shared.ts';

/** The people of a campaign; one of them: why, settling by hand; and people who join later. */

export const recipientSchema = z
  .object({
    enrollmentId: idOf('enrollment'),
    contactId: idOf('contact'),
    name: z.string(),
    phone: phoneText,
    state: enrollmentState,
    variant: z.string().nullable(),
    laneName: z.string().nullable(),
    why: z
      .string()
      .nullable()
      .openapi({ description: 'The reason in a sentence for skipped, failed, unknown and waiting ones' }),
    text: z.string().nullable(),
    parts: z.int().nullable(),
    sentAt: isoInstant.nullable(),
    deliveredAt: isoInstant.nullable(),
    repliedAt: isoInstant.nullable(),
    optedOutAt: isoInstant.nullable(),
  })
  .openapi('Recipient');
export type Recipient = z.infer<typeof recipientSchema>;
export const listRecipients = jsonRoute({
  method: 'get',
  path: '/v1/campaigns/{id}/recipients',
  access: 'viewer',
  tag: 'Campaigns',
  summary: 'Each person of the campaign with state and reason',
  params: campaignParams,
  query: pageQuery.extend({
    state: enrollmentState.optional(),
    reason: z.string().max(100).optional(),
    waits: z.enum(WAIT_REASONS).optional().openapi({
      description:
        'Who waits, by what for: a `reason` of the forecast’s `waits`. `turn`, `cap` and `pace` are the same people, whom nothing but rates and limits holds back',
    }),
    waitsUntil: moment
      .optional()
      .openapi({ description: 'With `waits`: only those for whom it goes on then, an `until` of the forecast' }),
    contactId: idOf('contact').optional(),
    variant: z.string().max(20).optional().openapi({ description: 'Label of the variant', example: 'A' }),
    search: z
      .string()
      .trim()
      .max(200)
      .optional()
      .openapi({ description: 'Any part of a name, company, e-mail or number' }),
  }),
  response: pageOf(recipientSchema),
});

const recipientParams = campaignParams.extend({ contactId: idOf('contact') });

export const ruleCheckSchema = z.object({
  code: z.string().openapi({ example: 'quiet_hours' }),
  kind: z.enum(['bars', 'delays']).openapi({
    description: 'A rule that bars ends the person’s part in the campaign; one that delays lets the text wait',
  }),
  forbids: z.boolean(),
  sentence: z.string(),
  remedy: z.string().openapi({ description: 'What would change it; empty for a rule that does not forbid' }),
  inputs: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.string())]))
    .openapi({ description: 'What the rule looked at' }),
  version: z.string().nullable().openapi({ description: 'Of the dated rule table', example: '2026-11-01' }),
});
export type RuleCheck = z.infer<typeof ruleCheckSchema>;

export const explanationSchema = z
  .object({
    campaign: z.object({
      id: idOf('campaign'),
      name: z.string(),
      state: campaignState,
      launchedAt: isoInstant.nullable(),
    }),
    contact: z.object({ id: idOf('contact'), name: z.string(), phone: phoneText }),
    standing: z.enum([
      'texted',
      'being_texted',
      'waits',
      'unknown',
      'not_texted',
      'not_in_campaign',
      'would_be_texted',
      'would_not_be_texted',
    ]),
    code: z
      .string()
      .nullable()
      .openapi({ description: 'The rule, reason or failure that decided; null: nothing forbids' }),
    sentence: z.string(),
    remedy: z.string().openapi({ description: 'What would change it; empty when there is nothing to change' }),
    enrollment: z
      .object({
        id: idOf('enrollment'),
        state: enrollmentState,
        createdAt: isoInstant,
        sentAt: isoInstant.nullable(),
        deliveredAt: isoInstant.nullable(),
        failedAt: isoInstant.nullable(),
        repliedAt: isoInstant.nullable(),
        optedOutAt: isoInstant.nullable(),
        settledByHand: z.boolean(),
      })
      .nullable()
      .openapi({ description: 'Null for somebody who is not in the campaign' }),
    variant: z.string().nullable().openapi({ description: 'Label; chosen by a hash of campaign and contact' }),
    lane: z
      .object({ id: idOf('lane'), name: z.string(), phone: phoneText, why: z.string() })
      .nullable()
      .openapi({ description: 'The number that the text went out from, or would go out from now' }),
    text: z
      .object({
        body: z.string(),
        encoding: z.enum(['GSM-7', 'UCS-2']),
        parts: z.int(),
        priceCents: z.number(),
        begun: z.boolean().openapi({ description: 'False: as it would be now' }),
      })
      .nullable(),
    checkedAt: isoInstant.openapi({ description: 'When the rules said so: at the last attempt, or now' }),
    rules: z.array(ruleCheckSchema),
    attempts: z.array(
      z.object({
        attempt: z.int(),
        startedAt: isoInstant,
        finishedAt: isoInstant.nullable(),
        outcome: z.string().nullable(),
        sentence: z.string(),
        detail: z.string().nullable(),
        worker: z.string(),
      }),
    ),
    asking: z
      .object({
        askedAt: isoInstant.nullable(),
        outcome: z.enum(['not_listed', 'no_answer']).nullable(),
        againAt: isoInstant,
      })
      .nullable()
      .openapi({ description: 'Of a text whose answer was lost: when the gateway was and will be asked' }),
    asOf: isoInstant,
  })
  .openapi('Explanation');
export type Explanation = z.infer<typeof explanationSchema>;
export const explainRecipient = jsonRoute({
  method: 'get',
  path: '/v1/campaigns/{id}/recipients/{contactId}/explanation',
  access: 'viewer',
  tag: 'Campaigns',
  summary: 'Why this contact was or was not texted, or would be: every rule with what it looked at',
  params: recipientParams,
  response: explanationSchema,
});

export const settleRecipient = jsonRoute({
  method: 'post',
  path: '/v1/campaigns/{id}/recipients/{contactId}/settle',
  access: 'manager',
  tag: 'Campaigns',
  summary: 'Say what became of a text whose answer was lost',
  params: recipientParams,
  body: settlement,
  response: z.object({ contactId: idOf('contact'), state: settledState }),
  idempotent: true,
});

/** More at once are a list, which is a tag or an import. */
const CONTACTS_MAX = 1_000;
const joining = z
  .strictObject({
    contactIds: z.array(idOf('contact')).min(1).max(CONTACTS_MAX).optional(),
    audience: audienceRule.optional(),
    newMatches: z
      .literal(true)
      .optional()
      .openapi({ description: 'Whoever matches the campaign’s own audience by now' }),
  })
  .refine((who) => Object.values(who).filter((value) => value !== undefined).length === 1, {
    error: 'say who joins in one way: contactIds, audience, or newMatches',
  });

const joiningCounts = {
  added: z.int().openapi({ description: 'To be texted' }),
  alreadyIn: z.int().openapi({ description: 'Already in the campaign: nothing changes for them' }),
  leftOut: z.array(z.object({ reason: z.string(), sentence: z.string(), count: z.int() })),
};
export const addedPeopleSchema = z.object(joiningCounts);
export type AddedPeople = z.infer<typeof addedPeopleSchema>;
export const joiningPreviewSchema = z.object({
  ...joiningCounts,
  sample: z.array(z.object({ id: idOf('contact'), name: z.string(), phone: phoneText })),
});
export type JoiningPreview = z.infer<typeof joiningPreviewSchema>;

export const addPeople = jsonRoute({
  method: 'post',
  path: '/v1/campaigns/{id}/recipients',
  access: 'manager',
  tag: 'Campaigns',
  summary: 'Add people to a running or paused campaign: each once, at most 10,000 in one call',
  params: campaignParams,
  body: joining,
  response: addedPeopleSchema,
  idempotent: true,
});
export const previewJoining = jsonRoute({
  method: 'post',
  path: '/v1/campaigns/{id}/recipients/preview',
  access: 'viewer',
  tag: 'Campaigns',
  summary: 'Who would be added; changes nothing',
  params: campaignParams,
  body: joining,
  response: joiningPreviewSchema,
});
