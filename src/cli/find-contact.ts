import type { Contact } from '../contacts/contact.ts';
import { findContactByPhone } from '../contacts/contact-store.ts';
import { getContact } from '../contacts/list-contacts.ts';
import { parsePhone } from '../contacts/phone.ts';
import type { Db } from '../platform/database.ts';
import { parseId } from '../platform/ids.ts';
import { granted } from './open-services.ts';
import { CliError } from './shell.ts';

/** The contact with this id, or with this number in any spelling. */
export async function findContact(db: Db, reference: string): Promise<Contact> {
  const id = parseId('contact', reference);
  if (id !== undefined) return granted(await getContact(db, id));
  const phone = parsePhone(reference);
  if (!phone.ok)
    throw new CliError(`"${reference}" is neither a phone number nor an id like con_0193f6c2a1b47c3d8e5f60718293a4b5`);
  const contact = await findContactByPhone(db, phone.value);
  if (contact === undefined) throw new CliError(`no contact has the number ${phone.value}`);
  return contact;
}
