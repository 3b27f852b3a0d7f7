import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { type AuditFilters, auditChainQuery } from '../api/audit.ts';
import { useProductClock } from '../api/product-clock.ts';
import { usersQuery } from '../api/session.ts';
import type { Filter } from '../patterns/filter-chips.tsx';
import { timeFilter } from '../patterns/time-filter.ts';
import { actionWords, actorWords, auditSearch } from './audit-words.ts';

const route = getRouteApi('/shell/compliance/audit-log');

const MINUTE_MS = 60_000;
const NOT_MEMBERS = ['contact', 'system'];

/** The filters of the log: as the API takes them, and as chips. Not for those who may not see it. */
export function useAuditFilters() {
  const search = route.useSearch();
  const clock = useProductClock(MINUTE_MS);
  const actions = useQuery(auditChainQuery).data?.actions ?? [];
  const members = useQuery(usersQuery).data?.data ?? [];
  const time = timeFilter(search, clock);
  const filters: AuditFilters = {
    ...auditSearch(search.search ?? ''),
    ...(search.action === undefined ? {} : { action: search.action }),
    ...(search.actor === undefined ? {} : { actor: search.actor }),
    ...time.filter,
  };
  const chips: readonly Filter[] = [
    {
      name: 'action',
      label: 'What',
      value: search.action,
      options: actions.map((action) => ({ value: action, label: actionWords(action) })),
    },
    {
      name: 'actor',
      label: 'Who',
      value: search.actor,
      options: [
        ...members.map(({ id, name }) => ({ value: `user:${id}`, label: name })),
        ...NOT_MEMBERS.map((actor) => ({ value: actor, label: actorWords({ actor, actorName: null }) })),
      ],
    },
    ...time.chips,
  ];
  return { search, filters, chips, filtered: Object.keys(filters).length > 0 };
}
