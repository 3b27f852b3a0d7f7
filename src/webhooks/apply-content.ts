import { recordCall } from '../calls/record-call.ts';
import { fillFromGateway, forgetGatewayContact } from '../contacts/gateway-contact.ts';
import { type InboundAccount, type Knowledge, TOLD } from '../conversations/inbound.ts';
import { recordElsewhere } from '../conversations/record-elsewhere.ts';
import { recordInbound } from '../conversations/record-inbound.ts';
import type { GatewayEvent } from '../gateways/gateway.ts';
import { recordArrival } from '../health/record-arrival.ts';
import type { Tx } from '../platform/database.ts';
import { unreachable } from '../platform/result.ts';
import type { Services } from '../services.ts';
import { applyDeliveryStatus } from './apply-status.ts';

/** What an event says, done. Idempotent and right in any order: events come twice, and late. */
export async function applyContent(
  tx: Tx,
  services: Pick<Services, 'clock' | 'newUuid'>,
  { account, known = TOLD }: { readonly account: InboundAccount; readonly known?: Knowledge | typeof TOLD },
  event: GatewayEvent,
): Promise<void> {
  switch (event.type) {
    case 'message_received':
      if (await recordArrival(tx, services, account.id, event)) return;
      // False: the number is not among our lanes any more. The event itself stays.
      await recordInbound(tx, services, account, event, known);
      return;
    case 'message_sent':
      return recordElsewhere(tx, services, account.id, event);
    case 'message_status':
      return applyDeliveryStatus(tx, services, { ...event, accountId: account.id });
    case 'call_progress':
    case 'call_recording':
    case 'call_voicemail':
    case 'call_summary':
    case 'call_transcript':
      return recordCall(tx, services, { accountId: account.id, known }, event);
    case 'contact_updated':
      return fillFromGateway(tx, services, account.id, event);
    case 'contact_deleted':
      return forgetGatewayContact(tx, services, account.id, event);
    case 'other':
      return;
    default:
      return unreachable(event);
  }
}
