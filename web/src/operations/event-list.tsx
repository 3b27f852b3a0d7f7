import { Button } from '@mantine/core';
import { IconChecks, IconSearchOff, IconWebhook } from '@tabler/icons-react';
import { EmptyState } from '../patterns/empty-state.tsx';
import { LiveList } from '../patterns/live-list.tsx';
import { Loaded } from '../patterns/loaded.tsx';
import { TimeText } from '../patterns/time-text.tsx';
import { moreOf, VirtualTable } from '../patterns/virtual-table.tsx';
import { EVENT_COLUMNS, EventPhoneRow } from './event-columns.tsx';
import type { useEventList } from './use-event-list.ts';

interface EventListProps {
  readonly events: ReturnType<typeof useEventList>;
  readonly filtered: boolean;
  /** Nothing is asked for but what has failed. */
  readonly onlyFailed: boolean;
  readonly openId: string | undefined;
  readonly onOpen: (id: string) => void;
  readonly onClear: () => void;
}

export function EventList({ events, filtered, onlyFailed, openId, onOpen, onClear }: EventListProps) {
  const { query, rows, changes, visibility, setScrolled } = events;
  return (
    <Loaded query={query} what="The events could not be loaded">
      {() =>
        rows.length > 0 ? (
          <LiveList
            news={changes.held > 0 ? 'Newer events' : undefined}
            onShow={changes.release}
            onScrolled={setScrolled}
          >
            <VirtualTable
              label="Events"
              rows={rows}
              rowId={(event) => event.id}
              columns={EVENT_COLUMNS}
              visibility={visibility}
              phoneRow={(event) => <EventPhoneRow event={event} />}
              activeId={openId}
              onOpen={(event) => onOpen(event.id)}
              more={moreOf(query)}
            />
          </LiveList>
        ) : (
          <NoEvents events={events} filtered={filtered} onlyFailed={onlyFailed} onClear={onClear} />
        )
      }
    </Loaded>
  );
}

function NoEvents({
  events: { query, searchedTo },
  filtered,
  onlyFailed,
  onClear,
}: Pick<EventListProps, 'events' | 'filtered' | 'onlyFailed' | 'onClear'>) {
  if (!filtered)
    return (
      <EmptyState icon={IconWebhook} title="No event yet">
        Whatever your provider reports is listed here as it comes in: texts, delivery receipts, calls and contacts, each
        with its payload and with what became of it.
      </EmptyState>
    );
  const further = query.hasNextPage && searchedTo !== null;
  if (onlyFailed && !further)
    return (
      <EmptyState icon={IconChecks} title="Nothing has failed">
        An event that cannot be applied is tried again three times. If that does not help it rests here with its error,
        until you replay it.
      </EmptyState>
    );
  return (
    <EmptyState
      icon={IconSearchOff}
      title={further ? 'None so far' : 'No event matches'}
      actions={
        <>
          {further ? (
            <Button loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
              Look further back
            </Button>
          ) : null}
          <Button variant="default" onClick={onClear}>
            Show all events
          </Button>
        </>
      }
    >
      {further ? (
        <>
          Looked back to <TimeText at={searchedTo} />. There are older events.
        </>
      ) : (
        'No stored event has all of this. Take a filter off, or search for less.'
      )}
    </EmptyState>
  );
}
