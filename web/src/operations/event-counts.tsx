import { Table } from '@mantine/core';
import type { ReplayPreview } from '../api/webhook-events.ts';
import { formatCount } from '../patterns/format.ts';
import { EventState } from './event-state.tsx';
import { typeWords } from './event-words.ts';
import classes from './operations.module.css';

/** What a dry run has counted. */
export const EventCounts = ({ counts }: { readonly counts: ReplayPreview['counts'] }) => (
  <div className={classes.counts}>
    <Table>
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">What</Table.Th>
          <Table.Th scope="col">State</Table.Th>
          <Table.Th scope="col" ta="end">
            Events
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {counts.map(({ type, state, count }) => (
          <Table.Tr key={`${type} ${state}`}>
            <Table.Td>{typeWords(type)}</Table.Td>
            <Table.Td>
              <EventState state={state} plain />
            </Table.Td>
            <Table.Td ta="end" data-align="end">
              {formatCount(count)}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  </div>
);
