import { Badge, Table } from '@mantine/core';
import type { ReactNode } from 'react';
import type { ImportPreview } from '../api/imports.ts';
import { PhoneNumber } from '../patterns/phone-number.tsx';
import classes from './imports.module.css';

type Stored = ImportPreview['sample'][number];

const COLUMNS: readonly (readonly [field: keyof Stored, label: string])[] = [
  ['firstName', 'First name'],
  ['lastName', 'Last name'],
  ['company', 'Company'],
  ['email', 'E-mail'],
  ['street', 'Street'],
  ['city', 'City'],
  ['state', 'State'],
  ['postalCode', 'ZIP'],
  ['tags', 'Tags'],
];

/** The contacts that the first rows become; columns that hold nothing are left out. */
export function StoredSample({ contacts, stale }: { readonly contacts: readonly Stored[]; readonly stale: boolean }) {
  const filled = COLUMNS.filter(([field]) => contacts.some((contact) => (contact[field]?.length ?? 0) > 0));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard.
    <section className={classes.scroll} data-stale={stale || undefined} tabIndex={0} aria-label="The first contacts">
      <Table className={classes.table ?? ''} withRowBorders verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Number</Table.Th>
            {filled.map(([field, label]) => (
              <Table.Th key={field}>{label}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {contacts.map((contact) => (
            <Table.Tr key={contact.phone}>
              <Table.Td>
                <PhoneNumber phone={contact.phone} />
              </Table.Td>
              {filled.map(([field]) => (
                <Table.Td key={field}>{cell(contact[field])}</Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}

function cell(value: Stored[keyof Stored]): ReactNode {
  if (value === null || typeof value === 'string') return <bdi>{value}</bdi>;
  return (
    <span className={classes.tagCells}>
      {value.map((tag) => (
        <Badge key={tag} color="gray" size="sm">
          {tag}
        </Badge>
      ))}
    </span>
  );
}
