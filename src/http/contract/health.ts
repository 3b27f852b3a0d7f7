import { z } from '@hono/zod-openapi';
import { WEBHOOK_GENERATIONS } from '../../gateways/webhook-registration.ts';
import { idOf, isoInstant, jsonRoute, pageOf, pageQuery } from './shared.ts';

const accountParams = z.object({ id: idOf('account') });

export const checkOutcome = z
  .enum(['healthy', 'slow', 'failed_send', 'failed_no_webhook', 'failed_not_applied'])
  .openapi({
    description:
      'slow: the event came more than 30 seconds after the gateway had taken the text; the failures: the text did not go out, its event did not come within 120 seconds, or came and was not applied',
  });
export const healthCheckSchema = z
  .object({
    id: idOf('healthCheck'),
    fromLaneId: idOf('lane'),
    toLaneId: idOf('lane'),
    cause: z.string().openapi({
      description: 'schedule, suspicion, recovery (events come in again after one that failed), or who asked for it',
    }),
    startedAt: isoInstant,
    dueAt: isoInstant,
    sentAt: isoInstant.nullable(),
    webhookAt: isoInstant.nullable(),
    appliedAt: isoInstant.nullable(),
    outcome: checkOutcome.nullable().openapi({ description: 'null while it is under way' }),
    detail: z.string().nullable(),
    finishedAt: isoInstant.nullable(),
  })
  .openapi('HealthCheck');
export type HealthCheck = z.infer<typeof healthCheckSchema>;

const settings = {
  enabled: z.boolean(),
  fromLaneId: idOf('lane').openapi({ description: 'Sends the text of a check; may be of another account' }),
  toLaneId: idOf('lane').openapi({ description: 'Receives it: a number of this account, whose events are checked' }),
  intervalMinutes: z.int().min(15).max(1_440),
};
const uptime = z.object({
  checks: z.int(),
  good: z.int(),
  share: z.number().nullable().openapi({ description: 'Of the checks that ended; null without any' }),
});
export const healthSchema = z
  .object({
    settings: z.object(settings).nullable().openapi({ description: 'null: no numbers are chosen, nothing is checked' }),
    last: healthCheckSchema.nullable(),
    recent: z.array(healthCheckSchema).openapi({ description: 'The newest 48 of the last 30 days, newest first' }),
    uptime: z.object({ day: uptime, week: uptime, month: uptime }),
    suspicion: z
      .object({ kind: z.enum(['silence', 'receipts']), since: isoInstant, detail: z.string() })
      .nullable()
      .openapi({ description: 'What the passive watch finds unlikely right now' }),
    watch: z
      .object({
        silence: z.object({
          weeks: z.int().openapi({ description: 'Of the last eight, those that say something about this hour' }),
          weeksNeeded: z.int(),
          hours: z
            .array(
              z.object({
                from: isoInstant,
                minutes: z.int().nullable().openapi({ description: 'null: a day of silence says nothing' }),
              }),
            )
            .openapi({
              description:
                'The coming day, hour by hour: after how many minutes a silence that begins then is suspicious, by what came in these hours of the weeks before',
            }),
        }),
        receipts: z.object({ texts: z.int(), lagSeconds: z.int() }).openapi({
          description: 'So many texts in a row without a receipt are suspicious, each after so many seconds',
        }),
        checkSeconds: z.int().openapi({ description: 'A suspicion begins a check, which has ended by then' }),
      })
      .openapi({ description: 'Within what time the passive watch notices that events stay away' }),
  })
  .openapi('Health');
export type Health = z.infer<typeof healthSchema>;

export const getHealth = jsonRoute({
  method: 'get',
  path: '/v1/accounts/{id}/health',
  access: 'viewer',
  tag: 'Health',
  summary: 'Whether the events of an account come in: the last checks, uptime, suspicion',
  params: accountParams,
  response: healthSchema,
});
export const putHealthSettings = jsonRoute({
  method: 'put',
  path: '/v1/accounts/{id}/health-settings',
  access: 'manager',
  tag: 'Health',
  summary:
    'Choose the two numbers of the checks, and how often they are made; each is one text that the provider charges',
  params: accountParams,
  body: z.strictObject(settings),
  response: healthSchema,
});
export const startHealthCheck = jsonRoute({
  method: 'post',
  path: '/v1/accounts/{id}/health-checks',
  access: 'manager',
  tag: 'Health',
  summary: 'Check now: one text from one number to the other',
  params: accountParams,
  response: healthSchema,
  status: 201,
  idempotent: true,
});
export const listHealthChecks = jsonRoute({
  method: 'get',
  path: '/v1/accounts/{id}/health-checks',
  access: 'viewer',
  tag: 'Health',
  summary: 'All checks of an account, newest first',
  params: accountParams,
  query: pageQuery,
  response: pageOf(healthCheckSchema),
});

export const webhooksSchema = z
  .object({
    url: z.string(),
    lookedAt: isoInstant.nullable().openapi({ description: 'null: nobody has looked yet' }),
    problem: z.string().nullable().openapi({ description: 'Why the last look could find nothing out' }),
    findings: z.array(
      z.object({
        kind: z.enum(['missing', 'elsewhere', 'disabled', 'incomplete', 'unknown_key', 'duplicate']),
        sentence: z.string(),
        remedy: z.string(),
      }),
    ),
    inDoubtSince: isoInstant.nullable().openapi({
      description:
        'A change of the keys was begun then, and how it ended is not known: events may be refused until the webhooks are repaired',
    }),
    partsRefused: z.array(z.string()).openapi({ description: 'Events that the plan at the gateway does not have' }),
    generation: z.enum(WEBHOOK_GENERATIONS).openapi({ description: 'Of the events that are asked for' }),
    fallback: z.string().nullable().openapi({
      description: 'Why a new account was not given the newest generation, in the words of the gateway',
    }),
    rotates: z.enum(['here', 'at_gateway']).openapi({ description: 'Where keys are changed' }),
    keys: z.array(
      z.object({
        signer: z.string().openapi({ description: 'A digest: the same as signedBy of the events' }),
        part: z.string(),
        since: isoInstant,
        retireAt: isoInstant.nullable().openapi({ description: 'null while it signs; else when it ends by itself' }),
        succeededBy: z.string().nullable(),
        lastSeenAt: isoInstant.nullable().openapi({ description: 'Of the newest event that it signed' }),
        mayRetire: z.boolean().openapi({ description: 'Its successor has been seen to sign' }),
      }),
    ),
  })
  .openapi('Webhooks');
export type Webhooks = z.infer<typeof webhooksSchema>;

export const getWebhooks = jsonRoute({
  method: 'get',
  path: '/v1/accounts/{id}/webhooks',
  access: 'viewer',
  tag: 'Accounts',
  summary: 'What the last look at the webhooks of an account found, and their keys',
  params: accountParams,
  response: webhooksSchema,
});
export const checkWebhooks = jsonRoute({
  method: 'post',
  path: '/v1/accounts/{id}/webhooks/check',
  access: 'manager',
  tag: 'Accounts',
  summary: 'Look at the gateway how the events are asked for',
  params: accountParams,
  response: webhooksSchema,
});
export const repairWebhooks = jsonRoute({
  method: 'post',
  path: '/v1/accounts/{id}/webhooks/repair',
  access: 'manager',
  tag: 'Accounts',
  summary: 'Mend the webhooks at the gateway; those of other programs are left alone',
  params: accountParams,
  body: z.strictObject({
    generation: z.enum(WEBHOOK_GENERATIONS).optional().openapi({
      description:
        'newest: move to the events of the newest generation, which tell of failed texts too; proven: to those of before. The one of the account when absent',
    }),
  }),
  response: webhooksSchema,
});
export const rotateKeys = jsonRoute({
  method: 'post',
  path: '/v1/accounts/{id}/webhooks/keys',
  access: 'owner',
  tag: 'Accounts',
  summary: 'Another key for every webhook; the old ones stay good for 28 hours',
  params: accountParams,
  response: webhooksSchema,
});
export const retireKeys = jsonRoute({
  method: 'post',
  path: '/v1/accounts/{id}/webhooks/keys/retire',
  access: 'owner',
  tag: 'Accounts',
  summary: 'Retire the old keys whose successors have signed events already',
  params: accountParams,
  response: webhooksSchema,
});
