import { z } from '@hono/zod-openapi';
import { NO_FINISH_REASONS, WAIT_REASONS } from '../../campaigns/forecast.ts';
import { audiencePreviewSchema } from './audiences.ts';
import { campaignParams } from './campaigns.ts';
import { idOf, isoInstant, jsonRoute, phoneText } from './shared.ts';

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
  toAcknowledge: remarks.openapi({
    description: 'What first texts must say and do not: a launch then needs `acknowledgement`',
  }),
  /** So many people are texted that the launch must repeat the campaign's name in `confirmName`. */
  nameToConfirm: z.boolean(),
  warnings: remarks,
  parts: z.object({
    total: z.int(),
    histogram: z
      .array(z.object({ parts: z.int(), people: z.int(), centsEach: z.int() }))
      .openapi({ description: 'How many people get a text of so many parts, and what each of these texts costs' }),
  }),
  costCents: z.int(),
  lanes: z.array(
    z.object({ id: idOf('lane'), name: z.string(), phone: phoneText, dailyCap: z.int(), leftToday: z.int() }),
  ),
  window: z.object({ start: z.string(), end: z.string(), openNow: z.int(), waiting: z.int() }),
  consent: z
    .object({
      asks: z.string().openapi({ example: 'express written consent to marketing texts' }),
      people: z
        .int()
        .openapi({ description: 'So many have not agreed as the law asks and could be texted by an owner’s reason' }),
    })
    .nullable(),
  optOutAdded: z.object({ people: z.int(), wording: z.string() }).nullable().openapi({
    description: 'How many get their first text, to which it is added how to stop; null when nothing is ever added',
  }),
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
