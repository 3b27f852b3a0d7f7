import { getRouteApi } from '@tanstack/react-router';
import type { LedgerFilters } from '../api/consent-ledger.ts';
import { useProductClock } from '../api/product-clock.ts';
import type { Filter } from '../patterns/filter-chips.tsx';
import { timeFilter } from '../patterns/time-filter.ts';
import { ACTIONS, KINDS, PURPOSES, SOURCES, STATES_NOW } from './ledger-words.ts';

const route = getRouteApi('/shell/compliance/consents');

const MINUTE_MS = 60_000;
const CHOICES = [
  { name: 'state', label: 'Stands now', options: STATES_NOW },
  { name: 'action', label: 'What', options: ACTIONS },
  { name: 'kind', label: 'Kind', options: KINDS },
  { name: 'purpose', label: 'Purpose', options: PURPOSES },
  { name: 'source', label: 'Source', options: SOURCES },
] as const;

/** The filters of the ledger: as the API takes them, and as chips. */
export function useLedgerFilters() {
  const search = route.useSearch();
  const clock = useProductClock(MINUTE_MS);
  const time = timeFilter(search, clock);
  const chips: readonly Filter[] = [
    ...CHOICES.map(({ name, label, options }) => ({ name, label, options, value: search[name] })),
    ...time.chips,
  ];
  const chosen = CHOICES.flatMap(({ name }) => (search[name] === undefined ? [] : [[name, search[name]]]));
  const phone = search.search?.trim() ?? '';
  // What is not among the choices, the server refuses by name.
  const filters: LedgerFilters = {
    ...(phone === '' ? {} : { phone }),
    ...Object.fromEntries(chosen),
    ...time.filter,
  };
  return { search, filters, chips, filtered: Object.keys(filters).length > 0 };
}
