import { Text } from '@mantine/core';
import type { WebhookEvent } from '../api/webhook-events.ts';
import { formatPhone } from '../patterns/format.ts';
import type { TableColumn } from '../patterns/table-columns.tsx';
import { TimeText } from '../patterns/time-text.tsx';
import { TwoLines } from '../patterns/two-lines.tsx';
import { EventState } from './event-state.tsx';
import { lagWords, tookMs, typeWords } from './event-words.ts';

export const EVENT_COLUMNS: readonly TableColumn<WebhookEvent>[] = [
  { id: 'state', header: 'State', width: 112, cell: ({ state }) => <EventState state={state} plain /> },
  { id: 'what', header: 'What', required: true, width: 184, cell: (event) => <What event={event} /> },
  { id: 'who', header: 'About', width: 200, cell: (event) => <Who event={event} /> },
  {
    id: 'error',
    header: 'Error',
    hideBelow: 'md',
    cell: ({ error }) =>
      error === null ? null : (
        <Text span inherit c="dimmed" title={error}>
          {error}
        </Text>
      ),
  },
  {
    id: 'account',
    header: 'Account',
    width: 152,
    optional: true,
    cell: ({ accountName }) => <span title={accountName}>{accountName}</span>,
  },
  {
    id: 'took',
    header: 'Took',
    meaning: 'From its receipt until it was applied; of events that were tried again or replayed that says nothing',
    width: 88,
    align: 'end',
    hideBelow: 'lg',
    cell: (event) => <Took event={event} />,
  },
  {
    id: 'received',
    header: 'Received',
    width: 120,
    align: 'end',
    cell: ({ receivedAt }) => <TimeText at={receivedAt} look="relative" />,
  },
];

/** Columns that make room while an event is open beside the list. */
export const WIDE_EVENT_COLUMNS: readonly string[] = ['error', 'took', 'account'];

const What = ({ event: { type } }: { readonly event: WebhookEvent }) => (
  <Text span inherit fw={550} title={type}>
    {typeWords(type)}
  </Text>
);

function Who({ event: { name, phone } }: { readonly event: WebhookEvent }) {
  if (phone === null) return null;
  const number = formatPhone(phone);
  return name === null ? (
    <span data-tabular>{number}</span>
  ) : (
    <span dir="auto" title={`${name}, ${number}`}>
      {name}
    </span>
  );
}

function Took({ event }: { readonly event: WebhookEvent }) {
  const took = tookMs(event);
  return took === undefined ? null : lagWords(took);
}

export function EventPhoneRow({ event }: { readonly event: WebhookEvent }) {
  const who = event.name ?? (event.phone === null ? undefined : formatPhone(event.phone));
  return (
    <TwoLines
      first={typeWords(event.type)}
      aside={<EventState state={event.state} plain />}
      second={
        <>
          <TimeText at={event.receivedAt} look="relative" />
          {who === undefined ? null : (
            <>
              {' · '}
              <bdi>{who}</bdi>
            </>
          )}
          {event.error === null ? null : ` · ${event.error}`}
        </>
      }
    />
  );
}
