import { z } from '@hono/zod-openapi';
import { sendingInput, sendingShown } from './sending-options.ts';
import { done, idOf, isoInstant, jsonRoute, laneState, pageOf, pageQuery, phoneText } from './shared.ts';

const choices = (choice: z.ZodString, choicesMax: number) =>
  z.array(choice).min(1, 'give at least one, or leave it out').max(choicesMax).optional();
export const audienceRule = z
  .strictObject({
    all: z.literal(true).optional().openapi({ description: 'Every contact; stands alone' }),
    tags: choices(z.string().min(1).max(100), 50).openapi({ description: 'Has any of these tags' }),
    states: choices(z.string().min(2).max(50), 60),
    cities: choices(z.string().min(1).max(100), 100),
    notContactedDays: z
      .int()
      .min(1)
      .max(3650)
      .optional()
      .openapi({ description: 'No campaign text within this many days' }),
  })
  .refine((rule) => Object.values(rule).some((value) => value !== undefined), {
    error: 'nobody is chosen: give tags, states, cities or notContactedDays, or {"all": true} to choose every contact',
  })
  .refine(({ all, ...conditions }) => !all || Object.values(conditions).every((value) => value === undefined), {
    error: 'all chooses every contact: leave the conditions out, or leave out all',
  })
  .openapi('AudienceRule', {
    description:
      'Who is chosen: either every contact (`{"all": true}`), or those for whom all given conditions hold (at least one must be given). Null means that nobody is chosen yet: a draft like that cannot be launched.',
    example: { tags: ['estimate'], states: ['MA'] },
  });
export type AudienceRule = z.infer<typeof audienceRule>;
const chosenOrNot = audienceRule.nullable();

export const exclusionSchema = z.object({
  reason: z.string().openapi({ example: 'opted_out' }),
  sentence: z.string().openapi({ example: 'Asked not to be texted' }),
  count: z.int(),
  sample: z.array(z.object({ id: idOf('contact'), name: z.string(), phone: phoneText })),
});
export type Exclusion = z.infer<typeof exclusionSchema>;

export const audiencePreviewSchema = z.object({
  matched: z.int(),
  textable: z.int(),
  excluded: z.array(exclusionSchema),
  byState: z.array(z.object({ state: z.string(), count: z.int() })),
  /** A few textable people, to preview the text with. */
  sample: z.array(z.object({ id: idOf('contact'), name: z.string(), phone: phoneText })),
});
export type AudiencePreview = z.infer<typeof audiencePreviewSchema>;

export const previewAudience = jsonRoute({
  method: 'post',
  path: '/v1/audiences/preview',
  access: 'viewer',
  tag: 'Audiences',
  summary: 'Who would be texted, and who is left out for which reason',
  body: z.strictObject({ audience: chosenOrNot }),
  response: audiencePreviewSchema,
});

export const NO_FINISH_REASONS = [
  'campaign_paused',
  'sending_paused',
  'no_lane',
  'lane_paused',
  'account_paused',
  'never_opens',
  'stops_before',
  'over_a_year',
] as const;
export const WAIT_REASONS = [
  'turn',
  'quiet_hours',
  'cap',
  'pace',
  'put_off',
  'lane_paused',
  'never_opens',
  'stopped',
] as const;

export const CAMPAIGN_STATES = ['draft', 'running', 'paused', 'completed', 'cancelled'] as const;
export const ENROLLMENT_STATES = [
  'pending',
  'handing_over',
  'unknown',
  'sent',
  'delivered',
  'failed',
  'skipped',
] as const;
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

const campaignParams = z.object({ id: idOf('campaign') });
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

/** `field` names the section of the builder. */
const remarks = z.array(
  z.object({ field: z.enum(['name', 'audience', 'message', 'lanes', 'schedule']), message: z.string() }),
);
/** Days that a forecast tells one by one. */
export const FORECAST_DAYS_MAX = 60;
export const forecastSchema = z
  .object({
    finishAt: isoInstant.nullable().openapi({ description: 'When the last text is handed over' }),
    noFinish: z
      .object({ reason: z.enum(NO_FINISH_REASONS), sentence: z.string() })
      .nullable()
      .openapi({ description: 'Why no finish can be said' }),
    perDay: z
      .array(
        z.object({
          day: z.string(),
          count: z.int(),
          lanes: z.array(z.object({ laneId: idOf('lane'), count: z.int() })),
        }),
      )
      .openapi({ description: `Texts by day of the business and by number; days without a text are left out` }),
    later: z
      .object({ days: z.int(), count: z.int(), lastDay: z.string() })
      .nullable()
      .openapi({ description: `All days after the first ${FORECAST_DAYS_MAX} with a text` }),
    waits: z
      .array(
        z.object({
          reason: z.enum(WAIT_REASONS),
          sentence: z.string(),
          until: isoInstant.nullable(),
          people: z.int(),
        }),
      )
      .openapi({ description: 'How many people wait for what now, what goes on first in front' }),
  })
  .openapi('Forecast');
export type Forecast = z.infer<typeof forecastSchema>;

export const reviewSchema = z.object({
  audience: audiencePreviewSchema,
  /** Must be empty for a launch. */
  problems: remarks,
  /** So many people are texted that the launch must repeat the campaign's name in `confirmName`. */
  nameToConfirm: z.boolean(),
  warnings: remarks,
  parts: z.object({ total: z.int(), histogram: z.array(z.object({ parts: z.int(), people: z.int() })) }),
  costCents: z.int(),
  lanes: z.array(
    z.object({ id: idOf('lane'), name: z.string(), phone: phoneText, dailyCap: z.int(), leftToday: z.int() }),
  ),
  window: z.object({ start: z.string(), end: z.string(), openNow: z.int(), waiting: z.int() }),
  forecast: forecastSchema,
});
export type Review = z.infer<typeof reviewSchema>;
export const reviewCampaign = jsonRoute({
  method: 'get',
  path: '/v1/campaigns/{id}/review',
  access: 'viewer',
  tag: 'Campaigns',
  summary: 'Everything about a draft before launch: people, exclusions, parts, cost, finish, problems',
  params: campaignParams,
  response: reviewSchema,
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

export const WAITING_CODES = [
  'paused',
  'pointless',
  'sending_paused',
  'account_paused',
  'worker_failing',
  'no_worker',
  'breaker_open',
  'throttled',
  'draining',
  'numbers_off',
  'numbers_paused',
  'settling',
  'hours',
  'daily_cap',
  'daily_parts',
  'put_off',
  'pace',
  'priority',
  'stalled',
] as const;
const waitingSchema = z
  .object({
    code: z.enum(WAITING_CODES),
    sentence: z.string().openapi({ example: 'Quiet hours: goes on at Wed 08:00 EST with the first 7 people' }),
    short: z.string().openapi({ example: 'quiet hours until Wed 08:00 EST' }),
    since: isoInstant.nullable(),
    until: isoInstant.nullable().openapi({ description: 'When it goes on by itself, if that is known' }),
    action: z
      .object({ label: z.string(), link: z.string().openapi({ description: 'A page of the web app' }) })
      .nullable()
      .openapi({ description: 'Where a person can safely end the waiting' }),
  })
  .openapi('Waiting');
export type Waiting = z.infer<typeof waitingSchema>;

export const campaignLiveSchema = z
  .object({
    campaign: campaignSchema,
    waiting: waitingSchema
      .nullable()
      .openapi({ description: 'What it waits for; null while texts go out or the campaign is over' }),
    /** Null when nobody waits any more. */
    forecast: forecastSchema.nullable(),
    cost: z.object({
      soFarCents: z.int(),
      toComeCents: z.int().openapi({ description: 'For those who wait, at the parts per text of those who do not' }),
    }),
    ratePerMinute: z.number(),
    lanes: z.array(
      z.object({
        id: idOf('lane'),
        name: z.string(),
        phone: phoneText,
        state: laneState,
        stateReason: z.string().nullable(),
        usedToday: z.int(),
        dailyCap: z.int(),
      }),
    ),
    failures: z.array(z.object({ code: z.string(), sentence: z.string(), remedy: z.string(), count: z.int() })),
    skips: z.array(z.object({ reason: z.string(), sentence: z.string(), count: z.int() })),
    replies: z.array(
      z.object({
        conversationId: idOf('conversation'),
        contactId: idOf('contact').nullable(),
        name: z.string(),
        phone: phoneText,
        text: z.string(),
        at: isoInstant,
        optOut: z.boolean(),
        /** The person has not been answered yet. */
        waiting: z.boolean(),
      }),
    ),
    perHour: z.array(
      z.object({ hour: isoInstant, sent: z.int(), delivered: z.int(), replied: z.int(), optedOut: z.int() }),
    ),
    asOf: isoInstant,
  })
  .openapi('CampaignLive');
export type CampaignLive = z.infer<typeof campaignLiveSchema>;
/** The same object arrives as `event: live` of `GET /v1/campaigns/{id}/stream` (server-sent events) whenever it changes. */
export const campaignLive = jsonRoute({
  method: 'get',
  path: '/v1/campaigns/{id}/live',
  access: 'viewer',
  tag: 'Campaigns',
  summary: 'What the live page shows',
  params: campaignParams,
  response: campaignLiveSchema,
});

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

// Templates ----------------------------------------------------------------------------------------------------------------

export const templateSchema = z
  .object({
    id: idOf('template'),
    name: z.string(),
    body: z.string(),
    version: z.int(),
    createdAt: isoInstant,
    updatedAt: isoInstant,
  })
  .openapi('Template');
export type Template = z.infer<typeof templateSchema>;
const templateParams = z.object({ id: idOf('template') });
const templateInput = z.strictObject({ name: z.string().trim().min(1).max(200), body: z.string().min(1).max(6400) });
export const listTemplates = jsonRoute({
  method: 'get',
  path: '/v1/templates',
  access: 'viewer',
  tag: 'Templates',
  summary: 'Templates by name',
  query: pageQuery.extend({ search: z.string().trim().max(200).optional() }),
  response: pageOf(templateSchema),
});
export const createTemplate = jsonRoute({
  method: 'post',
  path: '/v1/templates',
  access: 'manager',
  tag: 'Templates',
  summary: 'Make a template; a text that does not parse is refused',
  body: templateInput,
  response: templateSchema,
  status: 201,
  idempotent: true,
});
export const getTemplate = jsonRoute({
  method: 'get',
  path: '/v1/templates/{id}',
  access: 'viewer',
  tag: 'Templates',
  summary: 'One template',
  params: templateParams,
  response: templateSchema,
});
export const updateTemplate = jsonRoute({
  method: 'patch',
  path: '/v1/templates/{id}',
  access: 'manager',
  tag: 'Templates',
  summary: 'Change name or text; `version` must be the one that was read',
  params: templateParams,
  body: templateInput.partial().extend({ version: z.int() }),
  response: templateSchema,
});
export const archiveTemplate = jsonRoute({
  method: 'delete',
  path: '/v1/templates/{id}',
  access: 'manager',
  tag: 'Templates',
  summary: 'Archive a template',
  params: templateParams,
  response: done,
});

export const restoreTemplate = jsonRoute({
  method: 'post',
  path: '/v1/templates/{id}/restore',
  access: 'manager',
  tag: 'Templates',
  summary: 'Take the archiving of a template back',
  params: templateParams,
  response: templateSchema,
});

export const textPreviewSchema = z.object({
  text: z.string().nullable(),
  encoding: z.enum(['GSM-7', 'UCS-2']).nullable(),
  units: z.int(),
  parts: z.int(),
  unitsInLastPart: z.int(),
  limitOfLastPart: z.int(),
  charactersOutsideGsm7: z.array(z.string()),
  plainBody: z.string().nullable().openapi({
    description: 'The template with look-alikes of the SMS alphabet, when that makes the text fit into it',
  }),
  fields: z.array(
    z.object({ name: z.string(), known: z.boolean(), hasFallback: z.boolean(), suggestion: z.string().nullable() }),
  ),
  warnings: z.array(z.string()),
  error: z.object({ message: z.string(), position: z.int() }).nullable(),
  contact: z.object({ id: idOf('contact'), name: z.string(), phone: phoneText }).nullable(),
});
export type TextPreview = z.infer<typeof textPreviewSchema>;
export const previewText = jsonRoute({
  method: 'post',
  path: '/v1/templates/preview',
  access: 'viewer',
  tag: 'Templates',
  summary: 'The text as one person would get it, with parts and problems',
  body: z.strictObject({ body: z.string().max(6400), contactId: idOf('contact').optional() }),
  response: textPreviewSchema,
});
