import { suppressNumber } from '../compliance/suppress.ts';
import { settleReviews } from '../conversations/conversation-store.ts';
import type { Clock } from '../platform/clock.ts';
import type { Tx } from '../platform/database.ts';
import type { NewUuid, Uuid } from '../platform/ids.ts';
import { notifyLive } from '../platform/live.ts';
import type { Outcome } from '../platform/refusal.ts';
import type { Contact } from './contact.ts';
import { getContact } from './list-contacts.ts';

/**
 * Staff record that this person asked, by whatever way, not to be texted. Effective when the transaction commits. Only the person
 * can undo it (by texting START). A text of theirs that waited to be read as an opt-out or not is decided by this.
 */
export async function optOutContact(
  tx: Tx,
  deps: { readonly clock: Clock; readonly newUuid: NewUuid },
  input: {
    readonly id: Uuid;
    /** How the person asked. */
    readonly note: string;
    readonly by: { readonly actor: string; readonly name: string };
  },
): Promise<Outcome<Contact>> {
  const contact = await getContact(tx, input.id);
  if (!contact.ok) return contact;
  await suppressNumber(tx, deps, {
    phone: contact.value.phone,
    reason: 'opt_out',
    channel: 'staff',
    evidence: { note: input.note, by: input.by.name, saidAt: deps.clock.now().toString() },
    actor: input.by.actor,
    recordedBy: input.by.name,
  });
  await settleReviews(tx, contact.value.phone);
  await notifyLive(tx, ['contacts', 'inbox', `contact:${input.id}`]);
  return getContact(tx, input.id);
}
