import { z } from '@hono/zod-openapi';
import { enrollmentState } from './campaigns.ts';
import { messageSchema, messageState } from './inbox.ts';
import { idOf, jsonRoute } from './shared.ts';

/** What a person says of a text whose answer was lost: one of a campaign, a reply, an automatic answer. */
export const settlement = z
  .strictObject({
    outcome: z.enum(['sent', 'send_again', 'drop']).openapi({
      description:
        '`sent`: it was sent. `send_again`: it was not sent and waits again; if it was, the person gets it twice. `drop`: it was not sent and is not sent any more',
    }),
    gatewayMessageId: z.string().trim().min(1).max(200).optional().openapi({
      description: 'With `sent`: the gateway’s id of the text. Without it no delivery report can be matched',
    }),
    reason: z.string().trim().min(3, 'say in a few words how you know').max(300),
  })
  .refine(({ outcome, gatewayMessageId }) => outcome === 'sent' || gatewayMessageId === undefined, {
    error: 'goes with the outcome "sent" only',
    path: ['gatewayMessageId'],
  });

/** Of the enrollment, where the text has one. */
export const settledState = z.enum([...new Set([...enrollmentState.options, ...messageState.options])]);

export const settleMessage = jsonRoute({
  method: 'post',
  path: '/v1/messages/{id}/settle',
  access: 'manager',
  tag: 'Inbox',
  summary: 'Say what became of a reply or an automatic answer whose answer was lost (or of any other text of ours)',
  params: z.object({ id: idOf('message') }),
  body: settlement,
  response: messageSchema,
  idempotent: true,
});
