import type { GatewayEvent } from '../gateways/gateway.ts';
import { unreachable } from '../platform/result.ts';

/** What of ours an event is about, by the gateway's own ids. */
export type EventSubject =
  | { readonly kind: 'message' | 'call' | 'contact'; readonly ref: string }
  | { readonly kind: 'none' };

export function subjectOf(event: GatewayEvent): EventSubject {
  switch (event.type) {
    case 'message_received':
    case 'message_sent':
    case 'message_status':
      return { kind: 'message', ref: event.gatewayMessageId };
    case 'call_progress':
    case 'call_recording':
    case 'call_voicemail':
    case 'call_summary':
    case 'call_transcript':
      return { kind: 'call', ref: event.call.gatewayCallId };
    case 'contact_updated':
    case 'contact_deleted':
      return { kind: 'contact', ref: event.gatewayContactId };
    case 'other':
      return { kind: 'none' };
    default:
      return unreachable(event);
  }
}
