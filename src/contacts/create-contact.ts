import { recordAudit } from '../compliance/audit-store.ts';
import type { Clock } from '../platform/clock.ts';
import type { Tx } from '../platform/database.ts';
import { type NewUuid, showId } from '../platform/ids.ts';
import { notifyLive } from '../platform/live.ts';
import { conflict, invalid, type Outcome } from '../platform/refusal.ts';
import { unreachable } from '../platform/result.ts';
import {
  type Contact,
  type ContactChange,
  changedFields,
  contactName,
  NO_FIELDS,
  tidyTags,
  zoneGroupOf,
} from './contact.ts';
import { findContactByPhone, insertContactRow } from './contact-store.ts';
import { getContact } from './list-contacts.ts';
import { type PhoneRefusal, parsePhone } from './phone.ts';

export interface CreateContactInput extends ContactChange {
  /** As typed. */
  readonly phone: string;
  readonly by: { readonly actor: string; readonly name: string };
}

/** Adds one person. A number that is known already is a conflict which names the contact that has it. */
export async function createContact(
  tx: Tx,
  deps: { readonly clock: Clock; readonly newUuid: NewUuid },
  input: CreateContactInput,
): Promise<Outcome<Contact>> {
  const phone = parsePhone(input.phone);
  if (!phone.ok) return refusedPhone(phone.error);
  const id = deps.newUuid();
  const now = deps.clock.now();
  const fields = changedFields(NO_FIELDS, input);
  const inserted = await insertContactRow(tx, {
    id,
    phone: phone.value,
    fields,
    tags: tidyTags(input.tags ?? []),
    zoneGroup: zoneGroupOf(phone.value, fields),
    now,
  });
  if (!inserted) return alreadyKnown(tx, phone.value);
  await recordAudit(tx, {
    id: deps.newUuid(),
    at: now,
    actor: input.by.actor,
    action: 'contact.created',
    subject: showId('contact', id),
    phone: phone.value,
    detail: { by: input.by.name },
  });
  await notifyLive(tx, ['contacts', `contact:${id}`]);
  return getContact(tx, id);
}

async function alreadyKnown(tx: Tx, phone: string): Promise<Outcome<Contact>> {
  const known = await findContactByPhone(tx, phone);
  if (known === undefined) return conflict(`${phone} was a contact until a moment ago: try again`);
  const id = showId('contact', known.id);
  return conflict(`${phone} is already the number of ${contactName(known)} (${id}); change that contact instead`, {
    errors: [{ pointer: '/phone', message: `already the number of ${contactName(known)} (${id})` }],
  });
}

function refusedPhone(refusal: PhoneRefusal): Outcome<Contact> {
  const message = phoneSentence(refusal);
  return invalid(message, { errors: [{ pointer: '/phone', message }] });
}

function phoneSentence({ reason, value }: PhoneRefusal): string {
  switch (reason) {
    case 'missing_phone':
      return 'phone: expected a number, got nothing';
    case 'invalid_phone':
      return `phone: "${value}" is not a number that can exist; expected a US number such as (617) 555-0123`;
    case 'unsupported_country':
      return `phone: "${value}" belongs to a country outside +1; expected a US number such as (617) 555-0123`;
    default:
      return unreachable(reason);
  }
}
