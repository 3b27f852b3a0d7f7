import type { GatewayEvent } from '../gateways/gateway.ts';
import type { ContactChange, ContactFields } from './contact.ts';

export type GatewayContact = Extract<GatewayEvent, { readonly type: 'contact_updated' }>;

/**
 * What the gateway's address book adds to a contact: only what is empty here, for what the business wrote is right. A name is one
 * thing: the other half is taken only when the half that is here is the same person's.
 */
export function decideFill(contact: ContactFields, from: GatewayContact): ContactChange {
  const firstName = usable(from.firstName, NAME_LENGTH_MAX);
  const lastName = usable(from.lastName, NAME_LENGTH_MAX);
  const sameFirst = contact.firstName === null || isSame(contact.firstName, firstName);
  const sameLast = contact.lastName === null || isSame(contact.lastName, lastName);
  const company = usable(from.company, NAME_LENGTH_MAX);
  const email = from.emails.map((one) => usable(one, EMAIL_LENGTH_MAX)).find((one) => EMAIL.test(one ?? ''));
  return {
    ...(contact.firstName === null && firstName !== undefined && sameLast ? { firstName } : {}),
    ...(contact.lastName === null && lastName !== undefined && sameFirst ? { lastName } : {}),
    ...(contact.company === null && company !== undefined ? { company } : {}),
    ...(contact.email === null && email !== undefined ? { email } : {}),
  };
}

const NAME_LENGTH_MAX = 200;
const EMAIL_LENGTH_MAX = 320;
const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
/** Address books name a stranger by the number. */
const ONLY_A_NUMBER = /^[+\d\s().-]*$/;

function usable(text: string | undefined, lengthMax: number): string | undefined {
  const trimmed = text?.trim() ?? '';
  return ONLY_A_NUMBER.test(trimmed) || trimmed.length > lengthMax ? undefined : trimmed;
}

const isSame = (ours: string, theirs: string | undefined): boolean => ours.toLowerCase() === theirs?.toLowerCase();
