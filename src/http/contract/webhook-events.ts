import { z } from '@hono/zod-openapi';
import { idOf, isoInstant, jsonRoute, pageOf, pageQuery, phoneText } from './shared.ts';

export const eventState = z.enum(['received', 'retrying', 'applied', 'failed', 'discarded']).openapi({
  description:
    'received: waits to be applied; retrying: failed and is tried again; failed: rests until somebody replays or discards it; discarded: a person gave it up, with a reason',
});

/** The conditions of every list of events; the same in replays. */
export const eventFilter = {
  from: z.iso.datetime({ offset: true }).optional().openapi({ description: 'Received at or after' }),
  until: z.iso.datetime({ offset: true }).optional().openapi({ description: 'Received before' }),
  type: z.string().trim().min(1).max(100).optional().openapi({ example: 'message.received' }),
  accountId: idOf('account').optional(),
  phone: z.string().trim().min(1).max(60).optional().openapi({ description: 'Of the person, in any spelling' }),
  state: eventState.optional(),
  error: z.string().trim().min(1).max(200).optional().openapi({ description: 'A part of the text of the error' }),
};

export const webhookEventSchema = z
  .object({
    id: idOf('event'),
    accountId: idOf('account'),
    accountName: z.string(),
    eventId: z.string().openapi({ description: 'The gateway’s own id of the event' }),
    type: z.string(),
    phone: phoneText.nullable().openapi({ description: 'Of the person whom it is about; masked for viewers' }),
    name: z.string().nullable(),
    contactId: idOf('contact').nullable(),
    state: eventState,
    attempts: z.int(),
    error: z.string().nullable(),
    source: z.enum(['webhook', 'spool', 'reconciliation']).openapi({
      description:
        'spool: kept on the disk while the database was away; reconciliation: found in the gateway’s records',
    }),
    receivedAt: isoInstant,
    appliedAt: isoInstant.nullable(),
  })
  .openapi('WebhookEvent');
export type WebhookEvent = z.infer<typeof webhookEventSchema>;

export const webhookEventDetailSchema = webhookEventSchema
  .extend({
    payload: z.string().openapi({ description: 'As it came in' }),
    headers: z
      .record(z.string(), z.string())
      .openapi({ description: 'Those that say who sent it and how it was signed' }),
    signature: z
      .object({
        key: z.string().openapi({ description: 'Fingerprint of the key that signed it' }),
        standing: z.enum(['current', 'previous', 'retired']).nullable(),
      })
      .nullable(),
    errorStack: z.string().nullable(),
    history: z.array(
      z.object({
        attempt: z.int(),
        at: isoInstant,
        outcome: z.enum(['applied', 'failed', 'replayed', 'discarded']),
        reason: z.string().nullable().openapi({ description: 'Why it was discarded' }),
        error: z.string().nullable(),
        stack: z.string().nullable(),
        by: z.string().nullable().openapi({ description: 'Who replayed or discarded it' }),
        replayId: idOf('replay').nullable(),
      }),
    ),
    effect: z
      .object({
        messageId: idOf('message').nullable(),
        messageState: z.string().nullable(),
        callId: idOf('call').nullable(),
        conversationId: idOf('conversation').nullable(),
        contactId: idOf('contact').nullable(),
        campaignId: idOf('campaign').nullable(),
        campaignName: z.string().nullable(),
      })
      .openapi({ description: 'What of ours it is about, as far as it is there' }),
    neighbours: z.array(webhookEventSchema).openapi({ description: 'Of the same number, just before and after it' }),
  })
  .openapi('WebhookEventDetail');
export type WebhookEventDetail = z.infer<typeof webhookEventDetailSchema>;

export const listWebhookEvents = jsonRoute({
  method: 'get',
  path: '/v1/webhook-events',
  access: 'viewer',
  tag: 'Webhooks',
  summary: 'Events of the gateways, newest first; a viewer may not filter by phone or error, whose numbers are masked',
  query: pageQuery.extend(eventFilter),
  response: pageOf(webhookEventSchema).extend({
    searchedTo: isoInstant.nullable().openapi({
      description:
        'A page may be shorter than its limit, even empty: it has looked back so far, and nextCursor goes on there',
    }),
  }),
});
export const getWebhookEvent = jsonRoute({
  method: 'get',
  path: '/v1/webhook-events/{id}',
  access: 'viewer',
  tag: 'Webhooks',
  summary: 'One event with its payload, headers, history, and what it did',
  params: z.object({ id: idOf('event') }),
  response: webhookEventDetailSchema,
});

export const webhookStatsSchema = z
  .object({
    from: isoInstant.openapi({ description: 'Later than asked for when there were too many events to count' }),
    until: isoInstant,
    minutes: z
      .array(
        z.object({
          at: isoInstant,
          received: z.int(),
          applied: z.int(),
          failed: z.int(),
          lagP50Ms: z.number().nullable(),
          lagP95Ms: z.number().nullable(),
        }),
      )
      .openapi({ description: 'By the minute of receipt; minutes without any event are left out' }),
    types: z.array(z.object({ type: z.string(), received: z.int(), failed: z.int() })),
  })
  .openapi('WebhookStats');
export type WebhookStats = z.infer<typeof webhookStatsSchema>;
export const webhookStats = jsonRoute({
  method: 'get',
  path: '/v1/webhook-events/stats',
  access: 'viewer',
  tag: 'Webhooks',
  summary: 'How many events came in each minute, and how long they took to be applied',
  query: z.object({ minutes: z.coerce.number().int().min(1).max(180).default(60) }),
  response: webhookStatsSchema,
});

export const eventQueueSchema = z
  .object({
    waiting: z.int().openapi({ description: 'Came in and not applied yet' }),
    retrying: z.int().openapi({ description: 'Failed, and tried again' }),
    failed: z.int().openapi({ description: 'Rest until somebody replays or discards them' }),
    countedTo: z.int().openapi({ description: 'The three together are counted so far; there may be more' }),
    oldestWaitingAt: isoInstant.nullable(),
    databaseBytes: z.int().openapi({ description: 'What the whole database takes on the disk' }),
    spool: z
      .object({
        events: z.int().openapi({ description: 'In the files that can be read' }),
        files: z.int(),
        damaged: z
          .int()
          .openapi({ description: 'Of the files: not wholly readable; they stay until a person has looked' }),
        oldestAt: isoInstant.nullable().openapi({ description: 'When the first of these events came in' }),
      })
      .openapi({
        description:
          'Events that wait on the disk of the machine that answers, because the database was away when they came in',
      }),
  })
  .openapi('EventQueue');
export type EventQueue = z.infer<typeof eventQueueSchema>;
export const eventQueue = jsonRoute({
  method: 'get',
  path: '/v1/webhook-events/queue',
  access: 'viewer',
  tag: 'Webhooks',
  summary: 'How many events wait, in the database and on the disk, since when, and how large the database is',
  response: eventQueueSchema,
});

export const webhookSourceSchema = z
  .object({
    accountId: idOf('account').nullable(),
    accountName: z.string().nullable().openapi({ description: 'null: no such account' }),
    source: z.string().openapi({ description: 'Address of the sender; "others" beyond those that are told apart' }),
    accepted: z.int(),
    repeated: z.int(),
    refused: z.record(z.string(), z.int()).openapi({
      description:
        'By reason: unknown_account, signature_missing, signature_wrong, timestamp_outside_window, too_many, too_large, away ...',
    }),
    lastAt: isoInstant,
  })
  .openapi('WebhookSource');
export type WebhookSource = z.infer<typeof webhookSourceSchema>;
export const listWebhookSources = jsonRoute({
  method: 'get',
  path: '/v1/webhook-sources',
  access: 'viewer',
  tag: 'Webhooks',
  summary: 'Where webhooks came from, and how they were answered',
  query: z.object({ hours: z.coerce.number().int().min(1).max(720).default(24) }),
  response: z.object({
    data: z.array(webhookSourceSchema),
    hours: z.array(z.object({ at: isoInstant, accepted: z.int(), repeated: z.int(), refused: z.int() })),
  }),
});

export const selectionBody = z
  .strictObject({
    eventIds: z.array(idOf('event')).min(1).max(100).optional(),
    filter: z.strictObject(eventFilter).optional(),
    all: z.literal(true).optional().openapi({ description: 'Every event there is' }),
  })
  .refine(
    ({ eventIds, filter, all }) =>
      [eventIds !== undefined, filter !== undefined && Object.keys(filter).length > 0, all === true].filter(Boolean)
        .length === 1,
    'say which events by exactly one of: eventIds, a filter with at least one condition, all: true',
  );

export const replaySchema = z
  .object({
    id: idOf('replay'),
    eventIds: z.array(idOf('event')).nullable(),
    filter: z.object(eventFilter).nullable().openapi({ description: 'Empty: all events' }),
    by: z.string(),
    reason: z.string().nullable(),
    state: z.enum(['pending', 'running', 'completed', 'cancelled']),
    perSecond: z.int(),
    total: z.int(),
    totalIsLeast: z.boolean().openapi({ description: 'There may be more than `total`: counting stopped' }),
    done: z.int().openapi({ description: 'Given back to be applied once more' }),
    waiting: z.int().openapi({ description: 'Of those: not applied yet' }),
    failed: z.int().openapi({ description: 'Of those: failed again' }),
    createdAt: isoInstant,
    startedAt: isoInstant.nullable(),
    finishedAt: isoInstant.nullable(),
  })
  .openapi('EventReplay');
export type EventReplay = z.infer<typeof replaySchema>;

export const replayPreviewSchema = z
  .object({
    total: z.int(),
    totalIsLeast: z.boolean(),
    leftAlone: z.int().openapi({ description: 'Match, and are waiting or being tried again: they stay as they are' }),
    counts: z.array(z.object({ type: z.string(), state: eventState, count: z.int() })),
    sample: z.array(webhookEventSchema).openapi({ description: 'The newest of them, 20 at most' }),
  })
  .openapi('EventReplayPreview');
export type ReplayPreview = z.infer<typeof replayPreviewSchema>;

export const previewReplay = jsonRoute({
  method: 'post',
  path: '/v1/event-replays/preview',
  access: 'manager',
  tag: 'Webhooks',
  summary: 'How many events a replay would apply once more, and which; nothing is done',
  body: selectionBody,
  response: replayPreviewSchema,
});
export const startReplay = jsonRoute({
  method: 'post',
  path: '/v1/event-replays',
  access: 'manager',
  tag: 'Webhooks',
  summary: 'Apply events once more: one, those of a filter, or all',
  body: selectionBody.safeExtend({
    reason: z.string().trim().min(1).max(300).optional(),
    perSecond: z.int().min(1).max(500).default(50),
  }),
  response: replaySchema,
  status: 201,
  idempotent: true,
});
export const listReplays = jsonRoute({
  method: 'get',
  path: '/v1/event-replays',
  access: 'viewer',
  tag: 'Webhooks',
  summary: 'Replays, newest first',
  query: pageQuery,
  response: pageOf(replaySchema),
});
const replayParams = z.object({ id: idOf('replay') });
export const getReplay = jsonRoute({
  method: 'get',
  path: '/v1/event-replays/{id}',
  access: 'viewer',
  tag: 'Webhooks',
  summary: 'One replay with its progress',
  params: replayParams,
  response: replaySchema,
});
export const cancelReplay = jsonRoute({
  method: 'post',
  path: '/v1/event-replays/{id}/cancel',
  access: 'manager',
  tag: 'Webhooks',
  summary: 'Replay nothing more of it',
  params: replayParams,
  response: replaySchema,
});
