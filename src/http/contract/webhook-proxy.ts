import { z } from '@hono/zod-openapi';
import { done, idOf, isoInstant, jsonRoute, pageOf, pageQuery } from './shared.ts';

export const proxyTargetSchema = z
  .object({
    id: idOf('proxyTarget'),
    accountId: idOf('account'),
    accountName: z.string(),
    url: z.string(),
    allowedCidrs: z.array(z.string()),
    eventTypes: z.array(z.string()).openapi({ description: 'Empty: every type' }),
    state: z
      .enum(['active', 'off', 'failed'])
      .openapi({ description: 'failed: off because nothing got through for an hour' }),
    stateReason: z.string().nullable(),
    failingSince: isoInstant.nullable().openapi({ description: 'First failure after the last success' }),
    lastDeliveredAt: isoInstant.nullable(),
    waiting: z.int().openapi({ description: 'Events that wait to be forwarded, counted up to 1,000' }),
    failed: z.int().openapi({ description: 'Events in the log that were not taken, counted up to 1,000' }),
    deliveredTotal: z.int(),
    createdAt: isoInstant,
  })
  .openapi('ProxyTarget');
export type ProxyTarget = z.infer<typeof proxyTargetSchema>;

export const proxyDeliveryState = z.enum(['waiting', 'delivered', 'failed']);
export const proxyDeliverySchema = z
  .object({
    eventId: idOf('event'),
    eventType: z.string(),
    receivedAt: isoInstant,
    state: proxyDeliveryState,
    attempts: z.int(),
    nextAt: isoInstant.nullable(),
    lastStatus: z.int().nullable().openapi({ description: 'HTTP status of the last attempt; null without an answer' }),
    error: z.string().nullable(),
    ms: z.int().nullable().openapi({ description: 'Duration of the last attempt' }),
    finishedAt: isoInstant.nullable(),
  })
  .openapi('ProxyDelivery');
export type ProxyDelivery = z.infer<typeof proxyDeliverySchema>;

const url = z.string().trim().min(1).max(500).openapi({
  description: 'https://, or http:// for an address in one of the allowed networks. Redirects are not followed',
  example: 'https://dev.example.com/hooks',
});
const allowedCidrs = z
  .array(z.string().trim().min(1).max(50))
  .max(10)
  .openapi({
    description: 'Networks that are no public ones and may be reached all the same',
    example: ['127.0.0.1'],
  });
const eventTypes = z
  .array(z.string().trim().min(1).max(100))
  .max(50)
  .openapi({ example: ['message.received'] });
const targetParams = z.object({ id: idOf('proxyTarget') });

export const listProxyTargets = jsonRoute({
  method: 'get',
  path: '/v1/proxy-targets',
  access: 'owner',
  tag: 'Development proxy',
  summary: 'Where events are forwarded to, and how that goes',
  query: z.object({ accountId: idOf('account').optional() }),
  response: z.object({ data: z.array(proxyTargetSchema) }),
});
export const addProxyTarget = jsonRoute({
  method: 'post',
  path: '/v1/accounts/{id}/proxy-targets',
  access: 'owner',
  tag: 'Development proxy',
  summary: 'Forward the events of this account from now on; the token is shown this once',
  params: z.object({ id: idOf('account') }),
  body: z.strictObject({ url, allowedCidrs: allowedCidrs.optional(), eventTypes: eventTypes.optional() }),
  response: z.object({
    target: proxyTargetSchema,
    token: z.string().openapi({ description: 'Comes with every event in x-textwright-token' }),
  }),
  status: 201,
  idempotent: false,
});
export const updateProxyTarget = jsonRoute({
  method: 'patch',
  path: '/v1/proxy-targets/{id}',
  access: 'owner',
  tag: 'Development proxy',
  summary: 'Change a target, or switch it on or off',
  params: targetParams,
  body: z.strictObject({
    url: url.optional(),
    allowedCidrs: allowedCidrs.optional(),
    eventTypes: eventTypes.optional(),
    state: z.enum(['active', 'off']).optional(),
  }),
  response: proxyTargetSchema,
});
export const removeProxyTarget = jsonRoute({
  method: 'delete',
  path: '/v1/proxy-targets/{id}',
  access: 'owner',
  tag: 'Development proxy',
  summary: 'Remove a target with its log',
  params: targetParams,
  response: done,
});
export const listProxyDeliveries = jsonRoute({
  method: 'get',
  path: '/v1/proxy-targets/{id}/deliveries',
  access: 'owner',
  tag: 'Development proxy',
  summary: 'What became of the events of a target, the newest first',
  params: targetParams,
  query: pageQuery.extend({ state: proxyDeliveryState.optional() }),
  response: pageOf(proxyDeliverySchema),
});
export const forwardAgain = jsonRoute({
  method: 'post',
  path: '/v1/proxy-targets/{id}/deliveries',
  access: 'owner',
  tag: 'Development proxy',
  summary: 'Forward one event again, or one that came before the target was there',
  params: targetParams,
  body: z.strictObject({ eventId: idOf('event') }),
  response: done,
  status: 202,
  idempotent: true,
});
