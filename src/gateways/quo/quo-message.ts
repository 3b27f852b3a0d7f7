import { SECOND_MS } from '../../platform/time.ts';
import { deliveryStatus } from '../delivery-status.ts';
import type { GatewayMessage } from '../gateway.ts';
import type { RestMessage } from './quo-schemas.ts';

/** What the reads of messages have in common. */

/** Only the newest generation lists a whole number or account; only the first one sends. Its pages hold 50 at most. */
export const NEWEST_PAGE_SIZE = 50;
/** Whether `createdAfter` includes its own instant is not documented: ask a little earlier and compare here. */
export const CREATED_AFTER_OVERLAP_MS = SECOND_MS;

export const gatewayMessage = (message: RestMessage): GatewayMessage => {
  const outbound = message.direction === 'outgoing';
  return {
    gatewayMessageId: message.id,
    direction: outbound ? 'outbound' : 'inbound',
    from: message.from,
    to: message.to,
    text: message.text,
    // An incoming text may be called `received` or `delivered`; only the direction can be trusted.
    status: outbound ? deliveryStatus(message.status) : 'received',
    createdAt: message.createdAt,
  };
};
