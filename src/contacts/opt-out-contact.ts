import { optOutPerson } from '../conversations/opt-out-person.ts';
import type { Clock } from '../platform/clock.ts';
import type { Tx } from '../platform/database.ts';
import type { NewUuid, Uuid } from '../platform/ids.ts';
import { notifyLive } from '../platform/live.ts';
import type { Outcome } from '../platform/refusal.ts';
import type { Contact } from './contact.ts';
import { getContact } from './list-contacts.ts';

/** Staff record that this person asked not to be texted. */
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
  const { id, ...asked } = input;
  const contact = await getContact(tx, id);
  if (!contact.ok) return contact;
  await optOutPerson(tx, deps, { ...asked, phone: contact.value.phone });
  await notifyLive(tx, [`contact:${id}`]);
  return getContact(tx, id);
}
