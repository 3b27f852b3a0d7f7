import type { CallFacts, GatewayEvent } from '../gateways/gateway.ts';
import { unreachable } from '../platform/result.ts';

/** What the list of events shows and orders by; the content itself is parsed again when it is applied. */
export interface EventLabel {
  /** In the words of the providers (`message.received`), the same for all of them. */
  readonly type: string;
  /** Number of the person whom it is about. */
  readonly phone: string | null;
  /** Events with the same key are applied one after the other; `null`: in any order. */
  readonly orderKey: string | null;
}

/** `ownNumbers`: those of the account's lanes. */
export function describeEvent(event: GatewayEvent, ownNumbers: ReadonlySet<string>): EventLabel {
  const ofCall = (type: string, { participants, gatewayCallId }: CallFacts): EventLabel => {
    const phone = participants.find((participant) => !ownNumbers.has(participant)) ?? null;
    return { type, phone, orderKey: phone ?? gatewayCallId };
  };
  switch (event.type) {
    case 'message_received':
      return { type: 'message.received', phone: event.from, orderKey: event.from };
    case 'message_sent': {
      const [phone = null] = event.to;
      return { type: 'message.sent', phone, orderKey: phone ?? event.gatewayMessageId };
    }
    case 'message_status':
      return { type: `message.${event.status}`, phone: event.to ?? null, orderKey: null };
    case 'call_progress':
      return ofCall(`call.${event.step}`, event.call);
    case 'call_recording':
      return ofCall('call.recording.completed', event.call);
    case 'call_voicemail':
      return ofCall('call.voicemail.completed', event.call);
    case 'call_summary':
      return ofCall('call.summary.completed', event.call);
    case 'call_transcript':
      return ofCall('call.transcript.completed', event.call);
    case 'contact_updated':
      return { type: 'contact.updated', phone: event.phones[0] ?? null, orderKey: event.gatewayContactId };
    case 'contact_deleted':
      return { type: 'contact.deleted', phone: null, orderKey: event.gatewayContactId };
    case 'other':
      return { type: event.name, phone: null, orderKey: event.eventId };
    default:
      return unreachable(event);
  }
}
