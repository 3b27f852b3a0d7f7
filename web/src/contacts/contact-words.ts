import type { Contact } from '../api/contacts.ts';
import { formatCount } from '../patterns/format.ts';

/** "Boston, MA"; what is known of it. */
export const placeOf = ({ city, state }: Pick<Contact, 'city' | 'state'>): string =>
  [city, state].filter(Boolean).join(', ');

/** "12 Elm Street, Boston, MA 02118"; what is known of it. */
export function addressOf({
  street,
  city,
  state,
  postalCode,
}: Pick<Contact, 'street' | 'city' | 'state' | 'postalCode'>): string {
  const region = [state, postalCode].filter(Boolean).join(' ');
  return [street, city, region].filter(Boolean).join(', ');
}

/** Under the name: the company, when it is not the name itself, else the place. */
export function underName(contact: Contact): string {
  const named = contact.firstName !== null || contact.lastName !== null;
  return (named ? contact.company : null) ?? placeOf(contact);
}

/** "roof_age" as people read it. */
export const attributeLabel = (name: string): string => {
  const words = name.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
};

/** The server finds words of fewer characters only where they begin. */
const FOUND_ANYWHERE_FROM = 3;

/** Why the list is empty; `narrowed` when more than the search was asked for. */
export function nobodyWords(search: string | undefined, narrowed: boolean): string {
  const asked = search?.trim() ?? '';
  if (asked === '') return 'No contact has all of these together.';
  const among = narrowed ? ', among those with the other filters' : '';
  if (asked.length < FOUND_ANYWHERE_FROM)
    return `No name, company or e-mail begins with “${asked}”${among}. From three characters on, search finds them anywhere, also in numbers.`;
  return `No name, company, e-mail or number holds “${asked}”${among}.`;
}

/** The server counts up to a limit: "400", "31 of 400", "100,000+". */
export function countWords(total: Count, matching?: Count): string {
  return matching === undefined ? counted(total) : `${counted(matching)} of ${counted(total)}`;
}
interface Count {
  readonly count: number;
  readonly atLeast: boolean;
}
const counted = ({ count, atLeast }: Count): string => `${formatCount(count)}${atLeast ? '+' : ''}`;
