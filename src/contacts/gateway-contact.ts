import { recordAudit } from '../compliance/audit-store.ts';
import { lockNumber } from '../compliance/lock-number.ts';
import type { GatewayEvent } from '../gateways/gateway.ts';
import type { Clock } from '../platform/clock.ts';
import type { Tx } from '../platform/database.ts';
import { type NewUuid, showId, type Uuid } from '../platform/ids.ts';
import { lockContactRow } from './contact-store.ts';
import { decideFill, type GatewayContact } from './decide-fill.ts';
import { deleteGatewayRefs, noteTold, setGatewayRefs } from './gateway-ref-store.ts';
import { parsePhone } from './phone.ts';
import { updateContact } from './update-contact.ts';

interface Deps {
  readonly clock: Clock;
  readonly newUuid: NewUuid;
}

const BY = { actor: 'system', name: 'The gateway’s address book' } as const;

/**
 * A person of the gateway's address book: fills what is empty in the contacts that have one of the numbers, and remembers them. It
 * makes no contact: who may be texted is decided here. What is older than what is known of them changes nothing: events come late.
 */
export async function fillFromGateway(tx: Tx, deps: Deps, accountId: Uuid, event: GatewayContact): Promise<void> {
  const ref = { accountId, gatewayContactId: event.gatewayContactId };
  if (!(await noteTold(tx, ref, { at: event.at, isDeleted: false }))) return;
  const contactIds: Uuid[] = [];
  // In one order, so that two people with two numbers in common cannot wait for each other.
  for (const phone of [...new Set(event.phones.flatMap(ours))].toSorted()) {
    const contactId = await lockNumber(tx, phone);
    if (contactId === null) continue;
    contactIds.push(contactId);
    const contact = await lockContactRow(tx, contactId);
    if (contact !== undefined)
      await updateContact(tx, deps, { id: contactId, change: decideFill(contact, event), by: BY });
  }
  await setGatewayRefs(tx, ref, contactIds);
}

function ours(text: string): readonly string[] {
  const phone = parsePhone(text);
  return phone.ok ? [phone.value] : [];
}

/** They left the gateway's address book; nothing of ours is deleted. */
export async function forgetGatewayContact(
  tx: Tx,
  deps: Deps,
  accountId: Uuid,
  event: Extract<GatewayEvent, { readonly type: 'contact_deleted' }>,
): Promise<void> {
  const { gatewayContactId } = event;
  const ref = { accountId, gatewayContactId };
  if (!(await noteTold(tx, ref, { at: event.at, isDeleted: true }))) return;
  for (const { contactId, phone } of await deleteGatewayRefs(tx, ref))
    await recordAudit(tx, {
      id: deps.newUuid(),
      at: deps.clock.now(),
      actor: BY.actor,
      action: 'contact.left_gateway',
      subject: showId('contact', contactId),
      phone,
      detail: { by: BY.name, gatewayContactId },
    });
}
