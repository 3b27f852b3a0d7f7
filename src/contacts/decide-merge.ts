import { type Contact, type ContactFields, NO_FIELDS, tidyTags } from './contact.ts';

type Mergeable = ContactFields & Pick<Contact, 'tags' | 'attributes'>;

/** What a contact is after another one of the same person was merged into it: what is written in it stays, what is empty is filled. */
export interface MergedContact extends Pick<Contact, 'tags' | 'attributes'> {
  readonly fields: ContactFields;
  /** Names of fields and attributes that were empty. */
  readonly filled: readonly string[];
  readonly addedTags: readonly string[];
}

const FIELDS = Object.keys(NO_FIELDS) as readonly (keyof ContactFields)[];
/** Half of one address and half of another are no address; the same goes for a name. */
const WHOLES: readonly (readonly (keyof ContactFields)[])[] = [
  ['firstName', 'lastName'],
  ['street', 'city', 'state', 'postalCode'],
];

export function decideMerge(into: Mergeable, from: Mergeable): MergedContact {
  const fillable = FIELDS.filter((field) => into[field] === null && from[field] !== null && isFree(field, into, from));
  const fields = { ...NO_FIELDS };
  for (const field of FIELDS) Object.assign(fields, { [field]: fillable.includes(field) ? from[field] : into[field] });
  const attributes = Object.keys(from.attributes).filter((name) => into.attributes[name] === undefined);
  const tags = tidyTags([...into.tags, ...from.tags]);
  return {
    fields,
    tags,
    attributes: { ...from.attributes, ...into.attributes },
    filled: [...fillable, ...attributes],
    addedTags: tags.filter((tag) => !into.tags.includes(tag)),
  };
}

/** Nothing of the same whole says something else. */
const isFree = (field: keyof ContactFields, into: ContactFields, from: ContactFields): boolean =>
  WHOLES.filter((whole) => whole.includes(field)).every((whole) =>
    whole.every((part) => into[part] === null || into[part]?.toLowerCase() === from[part]?.toLowerCase()),
  );
