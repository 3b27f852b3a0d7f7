import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { type ContactFilters, contactCountQuery, contactKeys, contactsQuery } from '../api/contacts.ts';
import { useLive } from '../api/live.ts';
import { rowsOf } from '../api/pages.ts';
import { useColumnChooser } from '../patterns/table-columns.tsx';
import { contactColumns, WIDE_COLUMNS } from './contact-columns.tsx';

/** The contacts that match, with their counts and columns. Whoever has scrolled down reads in a list that stands still. */
export function useContactList(given: {
  readonly filters: ContactFilters;
  readonly filtered: boolean;
  readonly attributes: readonly string[];
  /** A contact is open beside the list. */
  readonly narrow: boolean;
}) {
  const { filters, filtered, attributes, narrow } = given;
  const [scrolled, setScrolled] = useState(false);
  const total = useQuery(contactCountQuery()).data;
  const matching = useQuery({
    ...contactCountQuery(filters),
    enabled: filtered,
    placeholderData: keepPreviousData,
  }).data;
  const query = useInfiniteQuery({ ...contactsQuery(filters), placeholderData: keepPreviousData });
  const rows = useMemo(() => rowsOf(query.data), [query.data]);

  useLive('contacts', [contactKeys.facets, [...contactKeys.all, 'count']]);
  const changes = useLive('contacts', [contactKeys.list(filters)], { hold: scrolled });
  useEffect(() => {
    if (!scrolled && changes.held > 0) changes.release();
  }, [scrolled, changes]);

  const columns = useMemo(() => contactColumns(attributes), [attributes]);
  const { visibility, chooser } = useColumnChooser('contacts', columns);
  const shown = useMemo(
    () => (narrow ? { ...visibility, ...Object.fromEntries(WIDE_COLUMNS.map((id) => [id, false])) } : visibility),
    [narrow, visibility],
  );
  return { total, matching, query, rows, changes, columns, visibility: shown, chooser, setScrolled };
}
