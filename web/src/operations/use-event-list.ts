import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { useLive } from '../api/live.ts';
import { rowsOf } from '../api/pages.ts';
import { type EventFilters, type EventPage, eventKeys, webhookEventsQuery } from '../api/webhook-events.ts';
import { useColumnChooser } from '../patterns/table-columns.tsx';
import { EVENT_COLUMNS, WIDE_EVENT_COLUMNS } from './event-columns.tsx';

/** Being applied says nothing by itself: whatever waits is looked at again after so long. */
const WAITING_EVERY_MS = 3_000;

/** The events that match. Whoever has scrolled down reads in a list that stands still. */
export function useEventList(given: {
  readonly filters: EventFilters;
  /** An event is open beside the list. */
  readonly narrow: boolean;
}) {
  const { filters, narrow } = given;
  const [scrolled, setScrolled] = useState(false);
  const query = useInfiniteQuery({
    ...webhookEventsQuery(filters),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) =>
      !scrolled && rowsOf(state.data).some(({ state: one }) => one === 'received' || one === 'retrying')
        ? WAITING_EVERY_MS
        : false,
  });
  const rows = useMemo(() => rowsOf(query.data), [query.data]);
  useLive('events', [eventKeys.stats]);
  const changes = useLive('events', [eventKeys.list(filters)], { hold: scrolled });
  useEffect(() => {
    if (!scrolled && changes.held > 0) changes.release();
  }, [scrolled, changes]);
  const { visibility, chooser } = useColumnChooser('events', EVENT_COLUMNS);
  const shown = useMemo(
    () => (narrow ? { ...visibility, ...Object.fromEntries(WIDE_EVENT_COLUMNS.map((id) => [id, false])) } : visibility),
    [narrow, visibility],
  );
  // A page says how far back it has looked: more than `pages` promises of every list.
  const lastPage = query.data?.pages.at(-1) as EventPage | undefined;
  return { query, rows, changes, visibility: shown, chooser, setScrolled, searchedTo: lastPage?.searchedTo ?? null };
}
