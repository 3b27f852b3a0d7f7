import { ScrollArea, Table, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { formatCount } from '../patterns/format.ts';
import classes from './operations.module.css';

interface FigureTableProps {
  /** Name of the table for screen readers. */
  readonly label: string;
  readonly columns: readonly {
    readonly head: ReactNode;
    readonly id: string;
    readonly align?: 'end';
    /** A share of the width ("15%"), so that tables below each other stand in line. */
    readonly width?: string;
  }[];
  /** A cell for each column; the first one names its row. */
  readonly rows: readonly { readonly id: string; readonly cells: readonly ReactNode[] }[];
}

/** A table of figures in line with the page; a long or wide one scrolls by itself. */
export const FigureTable = ({ label, columns, rows }: FigureTableProps) => (
  <ScrollArea.Autosize mah="30rem" viewportProps={{ tabIndex: 0, role: 'group', 'aria-label': label }}>
    <Table stickyHeader className={classes.table}>
      <Table.Thead>
        <Table.Tr>
          {columns.map(({ id, head, align, width }) => (
            <Table.Th key={id} scope="col" ta={align} w={width}>
              {head}
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map(({ id, cells }) => (
          <Table.Tr key={id}>
            {columns.map((column, index) =>
              index === 0 ? (
                <Table.Th key={column.id} scope="row" fw={400}>
                  {cells[index]}
                </Table.Th>
              ) : (
                <Table.Td key={column.id} ta={column.align} data-align={column.align}>
                  {cells[index]}
                </Table.Td>
              ),
            )}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  </ScrollArea.Autosize>
);

/** A number of a table; nothing at all stands back, so that the others are seen. */
export const Count = ({ of }: { readonly of: number }) =>
  of === 0 ? (
    <Text span c="dimmed" inherit>
      0
    </Text>
  ) : (
    formatCount(of)
  );
