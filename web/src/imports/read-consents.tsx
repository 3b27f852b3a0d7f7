import { Table } from '@mantine/core';
import type { ImportPreview } from '../api/imports.ts';
import { Figure, Figures } from '../patterns/figure.tsx';
import { formatCount } from '../patterns/format.ts';
import { Section } from '../patterns/page.tsx';
import classes from './imports.module.css';

type Read = NonNullable<ImportPreview['consents']>;
type Reading = Read['cells'][number]['reading'];

const READ_AS: Readonly<Record<Reading, string>> = {
  refused: 'Asked to be left alone: opted out',
  not_given: 'No consent',
  unclear: 'Neither yes nor no: no consent',
  agreed: 'Agreed',
};

interface ReadConsentsProps {
  readonly consents: Omit<Read, 'cells'>;
  readonly cells?: Read['cells'];
}

/** As what the rows of a file were read where it speaks of consents: a yes that is none is told before it is imported. */
export function ReadConsents({ consents, cells = [] }: ReadConsentsProps) {
  const { agreed, unproven, unclear, notGiven, refused, silent } = consents;
  return (
    <Section
      title="Consents"
      note="Only words that are known to be a yes are one, with when, how and to which words the person agreed."
    >
      <Figures>
        <Figure label="Agreed" count={agreed} tone="teal" note="with proof" />
        {unproven === 0 ? null : <Figure label="Yes without proof" count={unproven} tone="amber" note="no consent" />}
        {unclear === 0 ? null : <Figure label="Unclear" count={unclear} tone="amber" note="no consent" />}
        {notGiven === 0 ? null : <Figure label="No" count={notGiven} tone="grey" note="no consent" />}
        {silent === 0 ? null : <Figure label="Says nothing" count={silent} tone="grey" note="no consent" />}
        <Figure label="Refused" count={refused} tone={refused === 0 ? 'grey' : 'red'} note="opted out by the import" />
      </Figures>
      {cells.length === 0 ? null : <Cells cells={cells} />}
    </Section>
  );
}

function Cells({ cells }: { readonly cells: Read['cells'] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard.
    <section className={classes.scroll} tabIndex={0} aria-label="How the consent column is read">
      <Table className={classes.table ?? ''} verticalSpacing={6} data-wraps>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>The file says</Table.Th>
            <Table.Th>Read as</Table.Th>
            <Table.Th className={classes.lineCell ?? ''}>Rows</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {cells.map(({ said, reading, rows }) => (
            <Table.Tr key={`${reading} ${said}`}>
              <Table.Td>
                <bdi>{said}</bdi>
              </Table.Td>
              <Table.Td>{READ_AS[reading]}</Table.Td>
              <Table.Td className={classes.lineCell ?? ''} data-tabular>
                {formatCount(rows)}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}
