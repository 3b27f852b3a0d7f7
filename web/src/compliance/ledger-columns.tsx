import { Text } from '@mantine/core';
import type { LedgerEntry } from '../api/consent-ledger.ts';
import { PhoneNumber } from '../patterns/phone-number.tsx';
import type { TableColumn } from '../patterns/table-columns.tsx';
import { TimeText } from '../patterns/time-text.tsx';
import { TwoLines } from '../patterns/two-lines.tsx';
import { actWords, purposeWords, sourceWords } from './ledger-words.ts';

const Who = ({ entry: { contact, phone } }: { readonly entry: LedgerEntry }) =>
  contact === null || contact.name === phone ? <PhoneNumber phone={phone} /> : <bdi>{contact.name}</bdi>;

export const LEDGER_COLUMNS: readonly TableColumn<LedgerEntry>[] = [
  {
    id: 'recordedAt',
    header: 'Recorded',
    width: 176,
    cell: ({ recordedAt }) => <TimeText at={recordedAt} look="when" />,
  },
  {
    id: 'what',
    header: 'What',
    required: true,
    cell: (entry) => (
      <Text span inherit fw={550} title={entry.sentence}>
        {actWords(entry)}
      </Text>
    ),
  },
  { id: 'who', header: 'Who', cell: (entry) => <Who entry={entry} /> },
  { id: 'phone', header: 'Number', width: 152, hideBelow: 'lg', cell: ({ phone }) => <PhoneNumber phone={phone} /> },
  { id: 'purpose', header: 'Purpose', width: 128, hideBelow: 'md', cell: ({ purpose }) => purposeWords(purpose) },
  { id: 'source', header: 'Source', hideBelow: 'md', cell: (entry) => sourceWords(entry) },
];

/** Columns that make room while an event is open beside the list. */
export const WIDE_LEDGER_COLUMNS: readonly string[] = ['phone', 'purpose', 'source'];

export const LedgerPhoneRow = ({ entry }: { readonly entry: LedgerEntry }) => (
  <TwoLines
    first={<Who entry={entry} />}
    aside={<TimeText at={entry.recordedAt} look="relative" />}
    second={`${actWords(entry)} · ${purposeWords(entry.purpose)} · ${sourceWords(entry)}`}
  />
);
