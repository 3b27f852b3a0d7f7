import { z } from '@hono/zod-openapi';
import { forecastSchema } from './campaign-review.ts';
import { campaignParams, campaignSchema } from './campaigns.ts';
import { idOf, isoInstant, jsonRoute, laneState, phoneText, stateRemedy } from './shared.ts';

export const WAITING_CODES = [
  'paused',
  'pointless',
  'sending_paused',
  'account_paused',
  'worker_failing',
  'no_worker',
  'breaker_open',
  'throttled',
  'asking_gateway',
  'draining',
  'numbers_off',
  'numbers_paused',
  'settling',
  'hours',
  'daily_cap',
  'daily_parts',
  'put_off',
  'do_not_call_stale',
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
      .object({
        label: z.string(),
        link: z.string().openapi({ description: 'A page of the web app' }),
        act: z.enum(['resume_campaign', 'resume_sending']).nullable().openapi({
          description: 'What ends it at once: POST /v1/campaigns/{id}/resume, POST /v1/sending/resume',
        }),
      })
      .nullable()
      .openapi({
        description: 'What a person can safely do about it; null where only time helps, and `until` says when',
      }),
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
        stateRemedy,
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
