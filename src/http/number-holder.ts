import { contactName, type NumberHolder } from '../contacts/contact.ts';
import { showId } from '../platform/ids.ts';

/** `numberHolder` of the contract. */
export const showHolder = ({ contactId, ...named }: NumberHolder & { readonly phone: string }) =>
  contactId === null ? null : { id: showId('contact', contactId), name: contactName(named) };
