import type { GatewayWebhooks } from '../src/gateways/gateway.ts';
import type { WebhookKey, WebhookRegistration } from '../src/gateways/webhook-registration.ts';
import { ok } from '../src/platform/result.ts';

/** Registrations at a gateway that keeps them in memory: one part, a key for each, which its list does not tell. */
export interface MemoryWebhooks extends GatewayWebhooks {
  readonly registrations: WebhookRegistration[];
  /** Each url that was asked for, in order. */
  readonly urls: string[];
}

export function memoryWebhooks(): MemoryWebhooks {
  const part = { part: 'messages', topics: ['texts', 'receipts'] } as const;
  const registrations: WebhookRegistration[] = [];
  const urls: string[] = [];
  let made = 0;
  const add = (url: string): WebhookKey => {
    made += 1;
    urls.push(url);
    const ref = `WH${made}`;
    registrations.push({ ...part, ref, name: ref, url, enabled: true, lacks: [], narrowed: false, secret: undefined });
    return { ref, part: part.part, secret: `whsec_${made}` };
  };
  return {
    registrations,
    urls,
    parts: { proven: [part], newest: [part] },
    list: async () => ok([...registrations]),
    create: async ({ url }) => ok(add(url)),
    update: async (_registration, url) => ok(add(url)),
    rotate: async (_registration, url) => ok(add(url)),
    async remove({ ref }) {
      const at = registrations.findIndex((one) => one.ref === ref);
      if (at >= 0) registrations.splice(at, 1);
      return ok(undefined);
    },
  };
}
