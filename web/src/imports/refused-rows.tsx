import { Table, Text } from '@mantine/core';
import type { ImportRefusal } from '../api/imports.ts';
import { formatCount, plural } from '../patterns/format.ts';
import classes from './imports.module.css';
import { refusalWords } from './refusal-words.ts';

/** Why rows stay out, the most frequent reason first, and what makes them importable. */
export function RefusedByReason({ byReason }: { readonly byReason: Readonly<Record<string, number>> }) {
  const reasons = Object.entries(byReason).sort(([, a], [, b]) => b - a);
  return (
    <ul className={classes.reasons}>
      {reasons.map(([reason, count]) => {
        const { what, remedy } = refusalWords(reason);
        return (
          <li key={reason}>
            <b data-tabular>{plural(count, 'row', 'rows')}</b>
            <span>
              {what}.{' '}
              <Text span inherit c="dimmed">
                {remedy}
              </Text>
            </span>
          </li>
        );
      })}
    </ul>
  );
}

/** Each refused row with its line in the file and what was wrong in it. */
export function RefusalTable({ rows }: { readonly rows: readonly ImportRefusal[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard.
    <section className={classes.scroll} data-tall tabIndex={0} aria-label="Refused rows">
      <Table className={classes.table ?? ''} verticalSpacing={6} stickyHeader>
        <Table.Thead>
          <Table.Tr>
            <Table.Th className={classes.lineCell ?? ''}>Line</Table.Th>
            <Table.Th>Value</Table.Th>
            <Table.Th>Why</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={row.line}>
              <Table.Td className={classes.lineCell ?? ''} data-tabular>
                {formatCount(row.line)}
              </Table.Td>
              <Table.Td>
                {row.value === '' ? (
                  <Text span inherit c="dimmed">
                    nothing
                  </Text>
                ) : (
                  <bdi>{row.value}</bdi>
                )}
              </Table.Td>
              <Table.Td>{refusalWords(row.reason).what}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}
