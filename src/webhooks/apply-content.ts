import type { CallEvent } from '../calls/call.ts';
import { recordCall } from '../calls/record-call.ts';
import { fillFromGateway, forgetGatewayContact } from '../contacts/gateway-contact.ts';
import { type InboundAccount, type Knowledge, TOLD, type ToldNow } from '../conversations/inbound.ts';
import { recordElsewhere } from '../conversations/record-elsewhere.ts';
import { recordInbound } from '../conversations/record-inbound.ts';
import type { GatewayEvent } from '../gateways/gateway.ts';
import { recordArrival } from '../health/record-arrival.ts';
import type { Tx } from '../platform/database.ts';
import { unreachable } from '../platform/result.ts';
import { askAbout } from '../reconciliation/lookup-store.ts';
import type { Services } from '../services.ts';
import { applyDeliveryStatus } from './apply-status.ts';
import { unusableError } from './read-webhook.ts';

interface Source {
  readonly account: InboundAccount;
  readonly known?: Knowledge | ToldNow;
}

/** What an event says, done. Idempotent and right in any order: events come twice, and late. */
export async function applyContent(
  tx: Tx,
  services: Pick<Services, 'clock' | 'newUuid'>,
  { account, known = TOLD }: Source,
  event: GatewayEvent,
): Promise<void> {
  switch (event.type) {
    case 'message_received':
      if (await recordArrival(tx, services, account.id, event)) return;
      // False: the number is not among our lanes any more. The event itself stays.
      await recordInbound(tx, services, account, event, known);
      if (event.mediaUntold)
        await askOnce(tx, services, { account, known }, { kind: 'text', id: event.gatewayMessageId });
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
      return applyCall(tx, services, { account, known }, event);
    case 'contact_updated':
      return fillFromGateway(tx, services, account.id, event);
    case 'contact_deleted':
      return forgetGatewayContact(tx, services, account.id, event);
    case 'other':
      if (event.unusable !== undefined) throw new Error(unusableError(event.unusable));
      return;
    default:
      return unreachable(event);
  }
}

/** Events of calls may name nobody; whoever holds back the number is named as such. */
async function applyCall(
  tx: Tx,
  services: Pick<Services, 'clock' | 'newUuid'>,
  { account, known = TOLD }: Source,
  event: CallEvent,
): Promise<void> {
  const { phone } = await recordCall(tx, services, { accountId: account.id, known }, event);
  const { participants, gatewayCallId: id } = event.call;
  if (phone === null && participants.length < BOTH_SIDES)
    await askOnce(tx, services, { account, known }, { kind: 'call', id });
}

const BOTH_SIDES = 2;

/** What an event leaves out is asked for at once; what an answer leaves out, never again. */
async function askOnce(
  tx: Tx,
  { clock }: Pick<Services, 'clock'>,
  { account, known = TOLD }: Source,
  { kind, id }: { readonly kind: 'text' | 'call'; readonly id: string },
): Promise<void> {
  if (!known.reconciled) await askAbout(tx, { accountId: account.id, kind, gatewayId: id }, clock.now());
}
