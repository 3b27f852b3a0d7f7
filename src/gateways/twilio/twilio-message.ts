import { deliveryStatus } from '../delivery-status.ts';
import type { GatewayMessage } from '../gateway.ts';
import type { RestMessage } from './twilio-schemas.ts';

/** What the reads of messages have in common. */

export const isOutbound = (direction: string): boolean => direction.startsWith('outbound');

/** `rcs:+1...` and `whatsapp:+1...` are the same person's number. */
export const plainPhone = (address: string): string => address.replace(/^[a-z]+:(?=\+)/, '').trim();

export const gatewayMessage = (message: RestMessage): GatewayMessage => {
  const outbound = isOutbound(message.direction);
  return {
    gatewayMessageId: message.sid,
    direction: outbound ? 'outbound' : 'inbound',
    from: plainPhone(message.from),
    to: [plainPhone(message.to)],
    text: message.body,
    status: outbound ? deliveryStatus(message.status) : 'received',
    createdAt: message.date_created,
  };
};
