import { z } from '@hono/zod-openapi';
import { jsonRoute } from './shared.ts';
import { replayPreviewSchema, selectionBody } from './webhook-events.ts';

export const discardPreviewSchema = replayPreviewSchema.omit({ leftAlone: true }).openapi('EventDiscardPreview');
export type DiscardPreview = z.infer<typeof discardPreviewSchema>;

export const discardedSchema = z
  .object({
    discarded: z.int(),
    more: z
      .boolean()
      .openapi({ description: '10,000 are discarded at once, the newest first: ask again for the others' }),
  })
  .openapi('EventsDiscarded');
export type EventsDiscarded = z.infer<typeof discardedSchema>;

export const previewDiscard = jsonRoute({
  method: 'post',
  path: '/v1/event-discards/preview',
  access: 'manager',
  tag: 'Webhooks',
  summary: 'How many events that rest as failed would be discarded, and which; nothing is done',
  body: selectionBody,
  response: discardPreviewSchema,
});
export const discardEvents = jsonRoute({
  method: 'post',
  path: '/v1/event-discards',
  access: 'manager',
  tag: 'Webhooks',
  summary: 'Give up events that rest as failed: they are kept, wait for nobody any more, and can still be replayed',
  body: selectionBody.safeExtend({ reason: z.string().trim().min(1).max(300) }),
  response: discardedSchema,
  status: 201,
  idempotent: true,
});
