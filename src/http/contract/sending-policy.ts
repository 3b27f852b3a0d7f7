import { z } from '@hono/zod-openapi';
import { isoInstant, jsonRoute } from './shared.ts';

/**
 * When and how often campaigns may text. Shapes and sizes only: which values are allowed, and what to do about others, is said by
 * `checkSendingPolicy`, which the command line asks too.
 */
const minutes = z
  .number()
  .openapi({ description: 'Minutes after local midnight: 540 is 9:00', minimum: 0, maximum: 1440 });
const sendWindow = z.strictObject({ startMinute: minutes, endMinute: minutes });
const day = z.string().max(20).openapi({ format: 'date', example: '2026-12-24' });

export const sendingPolicySchema = z
  .strictObject({
    preset: z.enum(['standard', 'strict', 'federal_state']).openapi({
      description:
        'standard: Mon-Sat 9-20, Sun 12-20; strict: inside the hours of every state; federal_state: the law alone. State law narrows each of them',
    }),
    businessHours: z
      .strictObject({
        zone: z.string().max(64).openapi({ example: 'America/New_York' }),
        days: z.partialRecord(z.enum(['1', '2', '3', '4', '5', '6', '7']), sendWindow).openapi({
          description: 'Monday is 1, Sunday 7; a day that is left out is closed',
        }),
      })
      .nullable()
      .openapi({
        description: 'Campaigns text only while somebody is there to answer; null: at all hours that the law allows',
      }),
    blackouts: z
      .array(z.strictObject({ state: z.string().max(40), firstDay: day, lastDay: day, reason: z.string().max(1_000) }))
      .max(1_000)
      .openapi({ description: 'Days on which nothing goes to a state, both ends included' }),
    messagesPerDay: z.number().openapi({
      description: 'Campaign texts to one person in any 24 hours; some states allow fewer',
      minimum: 1,
      maximum: 20,
    }),
  })
  .openapi('SendingPolicy');
export type SendingPolicyInput = z.infer<typeof sendingPolicySchema>;

export const savedPolicySchema = sendingPolicySchema
  .extend({
    tableVersion: z.string().openapi({ description: 'The version of the state rules that is in force' }),
    presets: z
      .array(
        z.object({
          preset: z.string(),
          weekday: z.string().nullable(),
          saturday: z.string().nullable(),
          sunday: z.string().nullable(),
          holiday: z.string().nullable().openapi({ description: '`as-day`: like the weekday that it is' }),
        }),
      )
      .openapi({ description: 'The hours of each preset, before the law of a state narrows them; null: closed' }),
    warnings: z.array(z.string()).openapi({ description: 'States in which nobody can be texted under this policy' }),
  })
  .openapi('SavedSendingPolicy');
export type SavedPolicy = z.infer<typeof savedPolicySchema>;

export const getSendingPolicy = jsonRoute({
  method: 'get',
  path: '/v1/sending-policy',
  access: 'viewer',
  tag: 'Settings',
  summary: 'When and how often campaigns may text, beside the law',
  response: savedPolicySchema,
});
export const putSendingPolicy = jsonRoute({
  method: 'put',
  path: '/v1/sending-policy',
  access: 'manager',
  tag: 'Settings',
  summary: 'Change when and how often campaigns may text; running campaigns obey it from their next turn on',
  body: sendingPolicySchema,
  response: savedPolicySchema,
});

export const hoursRuleSchema = z
  .object({
    code: z.string().openapi({
      description: '`federal`, a state, a preset, `business hours`, `blackout`, `unknown place` or `campaign`',
    }),
    text: z.string().openapi({ example: 'KY weekday 10:00-21:00 (America/New_York)' }),
    because: z.string().nullable().openapi({ description: 'The holiday, or the reason of the blackout' }),
  })
  .openapi('HoursRule');
export type HoursRule = z.infer<typeof hoursRuleSchema>;

export const placeHoursSchema = z
  .object({
    state: z.string().nullable().openapi({ description: 'null: people of whom no state is known' }),
    name: z.string(),
    zone: z.string().openapi({ description: 'The zone of most of the place; `open` holds in all of its zones' }),
    zones: z.array(z.string()),
    day: z.string(),
    open: z.array(
      z.object({
        from: isoInstant,
        to: isoInstant,
        opensBy: hoursRuleSchema.nullable(),
        closesBy: hoursRuleSchema,
      }),
    ),
    closedBy: hoursRuleSchema
      .nullable()
      .openapi({ description: 'The rule that is closed at noon, on a day without an open hour' }),
    opensAt: isoInstant.nullable().openapi({ description: 'The first open instant of that day or after it' }),
    messagesPerDay: z.int(),
  })
  .openapi('PlaceHours');
export type PlaceHours = z.infer<typeof placeHoursSchema>;

export const previewSendingPolicy = jsonRoute({
  method: 'post',
  path: '/v1/sending-policy/preview',
  access: 'viewer',
  tag: 'Settings',
  summary: 'What a policy leaves of one day in every state, saved or not; changes nothing',
  body: z.strictObject({
    policy: sendingPolicySchema.optional().openapi({ description: 'The saved one when absent' }),
    day: day.optional().openapi({ description: 'Today in each place when absent' }),
  }),
  response: z.object({
    warnings: z.array(z.string()),
    effect: z
      .object({
        campaigns: z.int(),
        people: z.int(),
        otherHours: z.object({ campaigns: z.int(), people: z.int() }),
        noHours: z.int().openapi({ description: 'Of those with other hours: whom nobody could text any more' }),
      })
      .openapi({ description: 'Of the people who wait in campaigns, whom saving it would reach' }),
    data: z.array(placeHoursSchema),
  }),
});

export const explainHours = jsonRoute({
  method: 'get',
  path: '/v1/sending-policy/hours',
  access: 'viewer',
  tag: 'Settings',
  summary: 'May a campaign text this number or this state at an instant, and which rule says so',
  query: z.object({
    phone: z.string().max(40).optional(),
    state: z.string().max(40).optional().openapi({ description: 'Code or name' }),
    at: z.string().max(40).optional().openapi({ format: 'date-time', description: 'Now when absent' }),
  }),
  response: z
    .object({
      at: isoInstant,
      zone: z.string(),
      zones: z.array(z.string()),
      states: z.array(z.string()),
      open: z.boolean(),
      closesAt: isoInstant.nullable(),
      opensAt: isoInstant.nullable(),
      rule: hoursRuleSchema,
      tableVersion: z.string(),
      rulesBeginOn: z.iso.date().nullable().openapi({
        description: 'First day of the state rules when `at` is before it: the answer is a guess then; otherwise null',
      }),
      messagesPerDay: z.int(),
    })
    .openapi('HoursAt'),
});
