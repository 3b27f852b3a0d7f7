import { Text } from '@mantine/core';
import type { AuditEntry } from '../api/audit.ts';
import { formatCount } from '../patterns/format.ts';
import type { TableColumn } from '../patterns/table-columns.tsx';
import { TimeText } from '../patterns/time-text.tsx';
import { TwoLines } from '../patterns/two-lines.tsx';
import { aboutWords, actionWords, actorWords } from './audit-words.ts';

export const AUDIT_COLUMNS: readonly TableColumn<AuditEntry>[] = [
  { id: 'at', header: 'When', width: 176, cell: ({ at }) => <TimeText at={at} look="when" /> },
  {
    id: 'what',
    header: 'What',
    required: true,
    cell: ({ action }) => (
      <Text span inherit fw={550} title={action}>
        {actionWords(action)}
      </Text>
    ),
  },
  { id: 'who', header: 'Who', cell: (entry) => <span dir="auto">{actorWords(entry)}</span> },
  {
    id: 'about',
    header: 'About',
    hideBelow: 'md',
    cell: (entry) => (
      <span dir="auto" data-tabular title={entry.subject}>
        {aboutWords(entry)}
      </span>
    ),
  },
  {
    id: 'place',
    header: 'Place',
    meaning: 'In the chain; an entry is sealed within a second',
    width: 104,
    align: 'end',
    hideBelow: 'lg',
    cell: ({ seal }) => (seal === null ? 'not yet' : formatCount(seal.seq)),
  },
];

/** Columns that make room while an entry is open beside the list. */
export const WIDE_AUDIT_COLUMNS: readonly string[] = ['about', 'place'];

export const AuditPhoneRow = ({ entry }: { readonly entry: AuditEntry }) => (
  <TwoLines
    first={actionWords(entry.action)}
    aside={<TimeText at={entry.at} look="relative" />}
    second={
      <>
        <bdi>{actorWords(entry)}</bdi> · <bdi>{aboutWords(entry)}</bdi>
      </>
    }
  />
);
