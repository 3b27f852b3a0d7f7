import { Text } from '@mantine/core';
import type { Recipient } from '../api/campaigns.ts';
import { formatPhone } from '../patterns/format.ts';
import { PhoneNumber } from '../patterns/phone-number.tsx';
import { StateBadge } from '../patterns/state-badge.tsx';
import type { StateName } from '../patterns/states.ts';
import type { TableColumn } from '../patterns/table-columns.tsx';
import { TimeText } from '../patterns/time-text.tsx';
import { TwoLines } from '../patterns/two-lines.tsx';

/** What the person did weighs more than what became of the text. */
export function shownState(recipient: Pick<Recipient, 'state' | 'optedOutAt' | 'repliedAt'>): StateName {
  if (recipient.optedOutAt !== null) return 'opted_out';
  return recipient.repliedAt === null ? recipient.state : 'replied';
}

export const recipientName = ({ name, phone }: Recipient): string => (name === phone ? formatPhone(phone) : name);

/** The reason, or for texts that went their way the last thing that happened. */
export function Why({ recipient }: { readonly recipient: Recipient }) {
  const { why, optedOutAt, repliedAt, deliveredAt, sentAt } = recipient;
  if (why !== null) return <span title={why}>{why}</span>;
  const last = [
    [optedOutAt, 'Opted out'],
    [repliedAt, 'Replied'],
    [deliveredAt, 'Delivered'],
    [sentAt, 'Sent'],
  ] as const;
  const [at, word] = last.find(([moment]) => moment !== null) ?? [null, ''];
  if (at === null) return null;
  return (
    <Text span inherit c="dimmed">
      {word} <TimeText at={at} look="when" />
    </Text>
  );
}

const timeColumn = (id: 'deliveredAt' | 'repliedAt' | 'optedOutAt', header: string): TableColumn<Recipient> => ({
  id,
  header,
  width: 188,
  optional: true,
  cell: (row) => (row[id] === null ? null : <TimeText at={row[id]} look="when" />),
});

export const recipientColumns: readonly TableColumn<Recipient>[] = [
  { id: 'name', header: 'Person', width: 220, required: true, cell: recipientName },
  { id: 'phone', header: 'Number', width: 132, hideBelow: 'md', cell: (row) => <PhoneNumber phone={row.phone} /> },
  {
    id: 'state',
    header: 'State',
    width: 120,
    required: true,
    cell: (row) => <StateBadge state={shownState(row)} look="plain" />,
  },
  { id: 'why', header: 'Why', cell: (row) => <Why recipient={row} /> },
  { id: 'variant', header: 'Variant', width: 76, hideBelow: 'md', cell: (row) => row.variant },
  { id: 'lane', header: 'From', width: 128, hideBelow: 'lg', cell: (row) => row.laneName },
  {
    id: 'sentAt',
    header: 'Sent',
    width: 188,
    hideBelow: 'lg',
    cell: (row) => (row.sentAt === null ? null : <TimeText at={row.sentAt} look="when" />),
  },
  timeColumn('deliveredAt', 'Delivered'),
  timeColumn('repliedAt', 'Replied'),
  timeColumn('optedOutAt', 'Opted out'),
  { id: 'parts', header: 'Parts', width: 64, align: 'end', optional: true, cell: (row) => row.parts },
];

export function RecipientPhoneRow({ recipient }: { readonly recipient: Recipient }) {
  return (
    <TwoLines
      first={recipientName(recipient)}
      aside={<StateBadge state={shownState(recipient)} look="plain" />}
      second={<Why recipient={recipient} />}
    />
  );
}
