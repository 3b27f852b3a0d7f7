import { Badge, Text } from '@mantine/core';
import { type Contact, contactName } from '../api/contacts.ts';
import { formatPhone } from '../patterns/format.ts';
import { PhoneNumber } from '../patterns/phone-number.tsx';
import { StateBadge } from '../patterns/state-badge.tsx';
import type { TableColumn } from '../patterns/table-columns.tsx';
import { TimeText } from '../patterns/time-text.tsx';
import { TwoLines } from '../patterns/two-lines.tsx';
import { attributeLabel, placeOf, underName } from './contact-words.ts';
import classes from './contacts.module.css';

/** More would make the list of columns longer than the screen. */
const ATTRIBUTE_COLUMNS_MAX = 12;

/** The columns of the list; `attributes` are the names that imports brought. Keep the answer in a memo. */
export const contactColumns = (attributes: readonly string[]): readonly TableColumn<Contact>[] => [
  ...COLUMNS,
  ...attributes.slice(0, ATTRIBUTE_COLUMNS_MAX).map((name) => ({
    id: `attribute:${name}`,
    header: attributeLabel(name),
    optional: true,
    width: 140,
    cell: (contact: Contact) => contact.attributes[name] ?? '',
  })),
];

const COLUMNS: readonly TableColumn<Contact>[] = [
  { id: 'name', header: 'Name', required: true, cell: (contact) => <Name contact={contact} /> },
  { id: 'phone', header: 'Number', width: 136, cell: (contact) => <PhoneNumber phone={contact.phone} /> },
  { id: 'texting', header: 'Texting', width: 128, cell: (contact) => <Texting contact={contact} /> },
  { id: 'company', header: 'Company', hideBelow: 'lg', cell: (contact) => <Plain value={contact.company} /> },
  { id: 'place', header: 'Place', width: 176, hideBelow: 'md', cell: (contact) => <Plain value={placeOf(contact)} /> },
  { id: 'tags', header: 'Tags', hideBelow: 'lg', cell: (contact) => <Tags tags={contact.tags} /> },
  {
    id: 'lastText',
    header: 'Last text',
    width: 112,
    hideBelow: 'lg',
    cell: ({ lastCampaignTextAt: at }) => (at === null ? null : <TimeText at={at} look="relative" />),
  },
  { id: 'email', header: 'E-mail', optional: true, cell: (contact) => <Plain value={contact.email} /> },
  { id: 'street', header: 'Street', optional: true, cell: (contact) => <Plain value={contact.street} /> },
  { id: 'postalCode', header: 'Postal code', optional: true, width: 104, cell: (contact) => contact.postalCode },
  {
    id: 'added',
    header: 'Added',
    optional: true,
    width: 112,
    cell: (contact) => <TimeText at={contact.createdAt} look="relative" />,
  },
];

/** Columns that make room while a contact is open beside the list. */
export const WIDE_COLUMNS: readonly string[] = ['place', 'tags', 'lastText'];

function Name({ contact }: { readonly contact: Contact }) {
  const name = contactName(contact);
  return name === '' ? (
    <Text span inherit c="dimmed">
      No name
    </Text>
  ) : (
    <Text span inherit fw={550} dir="auto" title={name}>
      {name}
    </Text>
  );
}

const Plain = ({ value }: { readonly value: string | null }) =>
  value === null ? null : (
    <span dir="auto" title={value}>
      {value}
    </span>
  );

/** Says something only where texting is not as usual. */
function Texting({ contact: { suppressed, numberState } }: { readonly contact: Contact }) {
  if (suppressed?.reason.includes('opt_out')) return <StateBadge state="opted_out" look="plain" />;
  if (suppressed !== null)
    return (
      <StateBadge state="skipped" look="plain">
        {suppressed.reason === 'wrong_number' ? 'Wrong number' : 'Not reachable'}
      </StateBadge>
    );
  return numberState === 'invalid' ? (
    <StateBadge state="skipped" look="plain">
      Not reachable
    </StateBadge>
  ) : null;
}

const TAGS_SHOWN = 2;
function Tags({ tags }: { readonly tags: readonly string[] }) {
  const more = tags.length - TAGS_SHOWN;
  return (
    <span className={classes.tags} title={tags.join(', ')}>
      {tags.slice(0, TAGS_SHOWN).map((tag) => (
        <Badge key={tag} color="gray" size="sm">
          {tag}
        </Badge>
      ))}
      {more > 0 ? (
        <Text span size="xs" c="dimmed">
          +{more}
        </Text>
      ) : null}
    </span>
  );
}

export function ContactPhoneRow({ contact }: { readonly contact: Contact }) {
  const name = contactName(contact);
  const second = [name === '' ? 'No name' : formatPhone(contact.phone), underName(contact)].filter(Boolean).join(' · ');
  return (
    <TwoLines
      first={<bdi>{name || formatPhone(contact.phone)}</bdi>}
      aside={<Texting contact={contact} />}
      second={<bdi>{second}</bdi>}
    />
  );
}
