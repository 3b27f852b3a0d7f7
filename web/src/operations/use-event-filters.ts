import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { accountsQuery } from '../api/operations.ts';
import { useProductClock } from '../api/product-clock.ts';
import { mayAct, meQuery } from '../api/session.ts';
import { type EventFilters, webhookStatsQuery } from '../api/webhook-events.ts';
import type { Filter } from '../patterns/filter-chips.tsx';
import { STATES } from '../patterns/states.ts';
import { timeFilter } from '../patterns/time-filter.ts';
import { EVENT_TYPES, searchFilters, typeWords } from './event-words.ts';

const route = getRouteApi('/shell/operations/events');

const MINUTE_MS = 60_000;

/** The filters of the list: as the API takes them, and as chips. Numbers and errors are no filter for whom numbers are masked. */
export function useEventFilters() {
  const maySearch = mayAct(useSuspenseQuery(meQuery).data.user.role, 'agent');
  const asked = route.useSearch();
  // An address may come from somebody who sees whole numbers.
  const search = maySearch ? asked : { ...asked, search: undefined };
  const clock = useProductClock(MINUTE_MS);
  const accounts = useQuery(accountsQuery).data?.data ?? [];
  const seen = useQuery(webhookStatsQuery).data?.types.map(({ type }) => type) ?? [];
  const { state, type, account } = search;
  const time = timeFilter(search, clock);
  const filters: EventFilters = {
    ...searchFilters(search.search ?? ''),
    ...(state === undefined || state === '' ? {} : { state }),
    ...(type === undefined ? {} : { type }),
    ...(account === undefined ? {} : { accountId: account }),
    ...time.filter,
  };
  const chips: readonly Filter[] = [
    {
      name: 'state',
      label: 'State',
      value: state,
      options: [
        { value: 'received', label: 'Received' },
        { value: 'retrying', label: STATES.retrying.word },
        { value: 'applied', label: STATES.applied.word },
        { value: 'failed', label: STATES.failed.word },
        { value: 'discarded', label: STATES.discarded.word },
      ],
    },
    {
      name: 'type',
      label: 'Type',
      value: type,
      options: [...new Set([...EVENT_TYPES, ...seen])].map((one) => ({ value: one, label: typeWords(one) })),
    },
    ...(accounts.length > 1 || account !== undefined
      ? [
          {
            name: 'account',
            label: 'Account',
            value: account,
            options: accounts.map(({ id, name }) => ({ value: id, label: name })),
          },
        ]
      : []),
    ...time.chips,
  ];
  return { search, maySearch, filters, chips, filtered: Object.keys(filters).length > 0 };
}
