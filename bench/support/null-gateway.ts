import type { Gateway } from '../../src/gateways/gateway.ts';
import { ok } from '../../src/platform/result.ts';
import { memoryWebhooks } from '../../test/memory-webhooks.ts';

/** Takes every text at once: what is left to measure is the engine and its database. */
export function nullGateway(): Gateway {
  let taken = 0;
  return {
    kind: 'quo',
    send: async () => {
      taken += 1;
      return { kind: 'accepted', gatewayMessageId: `null-${process.pid}-${taken}`, status: 'queued' };
    },
    listSent: async () => ok([]),
    listNewest: async () => ok({ messages: [], olderThan: undefined }),
    getMessage: async () => ok(undefined),
    listNumbers: async () => ok([]),
    webhooks: memoryWebhooks(),
  };
}
