import { createContact } from '../contacts/create-contact.ts';
import type { Clock } from '../platform/clock.ts';
import type { Tx } from '../platform/database.ts';
import type { NewUuid } from '../platform/ids.ts';
import { newestOfStranger } from './opt-in-form-store.ts';

/**
 * Whoever agreed by a form, and confirmed it where that was asked, becomes a contact by the names that they gave. Not before: strangers whose
 * numbers others have typed are no contacts. The number is locked.
 */
export async function addSubscriber(
  tx: Tx,
  deps: { readonly clock: Clock; readonly newUuid: NewUuid },
  phone: string,
): Promise<void> {
  const sent = await newestOfStranger(tx, phone);
  if (sent === undefined) return;
  const { firstName, lastName, formName } = sent;
  const by = { actor: 'contact', name: `Form ${formName}` };
  const made = await createContact(tx, deps, { phone, firstName, lastName, by });
  if (!made.ok) throw new Error(`${phone} agreed by a form and is no contact: ${made.error.message}`);
}
