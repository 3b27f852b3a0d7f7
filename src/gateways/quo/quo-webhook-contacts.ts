import { z } from 'zod';
import { type EventReader, idField, partyField } from './quo-webhook-event.ts';
import { readLeniently } from './quo-webhook-repairs.ts';

const EMAIL_LENGTH_MAX = 320;

/** A value of a field, or several. */
const valuesField = z.union([z.array(z.string()), z.string().transform((value) => [value])]).nullish();
const entrySchema = z.object({ name: z.string().nullish(), type: z.string().nullish(), value: valuesField });

const contactSchema = z.object({
  id: idField,
  firstName: z.string().nullish(),
  lastName: z.string().nullish(),
  company: z.string().nullish(),
  /** v3. Sources disagree: an object by name as captured, a list in older docs. */
  fields: z.union([z.array(entrySchema), z.record(z.string(), z.unknown()).transform(entriesOf)]).nullish(),
  /** 2026-03-30. */
  phoneNumbers: z.array(entrySchema).nullish(),
  emails: z.array(entrySchema).nullish(),
});

type Entry = z.output<typeof entrySchema>;

/** Fields of the business's own may hold anything; what is no text is none of ours. */
function entriesOf(fields: Readonly<Record<string, unknown>>): readonly Entry[] {
  return Object.entries(fields).flatMap(([name, value]) => {
    const values = valuesField.safeParse(value);
    return values.success ? [{ name, value: values.data }] : [];
  });
}

const readUpdated: EventReader = (event, reading) => {
  const contact = readLeniently(contactSchema, { json: event.subject, path: event.path }, reading);
  if (contact === undefined) return undefined;
  const { id, fields, phoneNumbers, emails } = contact;
  return {
    type: 'contact_updated',
    gatewayContactId: id,
    firstName: wordsOf(contact.firstName),
    lastName: wordsOf(contact.lastName),
    company: wordsOf(contact.company),
    phones: distinct([...(phoneNumbers ?? []), ...(fields ?? []).filter(isPhone)], (text) => isParty(text)),
    emails: distinct([...(emails ?? []), ...(fields ?? []).filter(isEmail)], (text) => text.length <= EMAIL_LENGTH_MAX),
    at: event.at,
  };
};

const deletedSchema = z.object({ id: idField });

const readDeleted: EventReader = (event, reading) => {
  const contact = readLeniently(deletedSchema, { json: event.subject, path: event.path }, reading);
  return contact === undefined ? undefined : { type: 'contact_deleted', gatewayContactId: contact.id, at: event.at };
};

export const CONTACT_READERS: readonly (readonly [type: string, reader: EventReader])[] = [
  ['contact.updated', readUpdated],
  ['contact.deleted', readDeleted],
];

const wordsOf = (text: string | null | undefined): string | undefined =>
  text === null || text === undefined || text.trim() === '' ? undefined : text.trim();

/** A list says of what type its fields are; of an object, only the names tell. */
const isPhone = ({ type, name }: Entry): boolean => /phone|mobile|cell/i.test(type ?? name ?? '');
const isEmail = ({ type, name }: Entry): boolean => /e-?mail/i.test(type ?? name ?? '');
const isParty = (text: string): boolean => partyField.safeParse(text).success;

const distinct = (entries: readonly Entry[], keep: (text: string) => boolean): readonly string[] => [
  ...new Set(
    entries
      .flatMap(({ value }) => value ?? [])
      .map((text) => text.trim())
      .filter((text) => text !== '' && keep(text)),
  ),
];
