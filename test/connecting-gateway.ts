import type { Answer, Gateway, GatewayNumber } from '../src/gateways/gateway.ts';
import { ok } from '../src/platform/result.ts';
import { type MemoryWebhooks, memoryWebhooks } from './memory-webhooks.ts';

export interface ConnectingGateway extends Gateway {
  numbers: Answer<readonly GatewayNumber[]>;
  readonly webhooks: MemoryWebhooks;
}

/** The company on the other side, as far as connecting meets it. */
export function connectingGateway(): ConnectingGateway {
  const notAsked = () => {
    throw new Error('connecting does not ask for this');
  };
  return {
    kind: 'quo',
    numbers: ok([]),
    webhooks: memoryWebhooks(),
    async listNumbers() {
      return this.numbers;
    },
    send: notAsked,
    listSent: notAsked,
    listNewest: notAsked,
    getMessage: notAsked,
  };
}

export const gatewayNumber = (n: number, mayTextUs = true): GatewayNumber => ({
  laneRef: `PN${n}`,
  phone: `+1617555010${n}`,
  name: n === 3 ? '' : `Line ${n}`,
  mayTextUs,
});
