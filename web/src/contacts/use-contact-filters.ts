import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { type ContactFilters, contactFacetsQuery } from '../api/contacts.ts';
import type { Filter } from '../patterns/filter-chips.tsx';

const route = getRouteApi('/shell/contacts');

/** The filters of the list: as the address has them, as the API takes them, and as chips. */
export function useContactFilters() {
  const { search, tag, state, city, suppressed } = route.useSearch();
  const facets = useQuery(contactFacetsQuery).data;
  const filters: ContactFilters = {
    ...(search === undefined ? {} : { search }),
    ...(tag === undefined ? {} : { tag }),
    ...(state === undefined ? {} : { state }),
    ...(city === undefined ? {} : { city }),
    ...(suppressed === 'yes' || suppressed === 'no' ? { suppressed } : {}),
  };
  const chips: readonly Filter[] = [
    { name: 'tag', label: 'Tag', value: tag, options: (facets?.tags ?? []).map(optionOf) },
    { name: 'state', label: 'State', value: state, options: (facets?.states ?? []).map(optionOf) },
    { name: 'city', label: 'City', value: city, options: citiesIn(facets?.cities ?? [], state) },
    {
      name: 'suppressed',
      label: 'Texting',
      value: suppressed,
      options: [
        { value: 'yes', label: 'Opted out or unreachable' },
        { value: 'no', label: 'No opt-out' },
      ],
    },
  ];
  return { filters, chips, attributes: facets?.attributes ?? NO_NAMES, filtered: Object.keys(filters).length > 0 };
}

const NO_NAMES: readonly string[] = [];

const optionOf = ({ value, count }: { readonly value: string; readonly count: number }) => ({
  value,
  label: value,
  count,
});

/** A city of several states is one choice; with a state chosen only its cities are offered. */
function citiesIn(
  cities: readonly { readonly value: string; readonly state: string | null; readonly count: number }[],
  state: string | undefined,
) {
  const counts = new Map<string, number>();
  for (const city of cities)
    if (state === undefined || city.state === state) counts.set(city.value, (counts.get(city.value) ?? 0) + city.count);
  return [...counts].sort(([, a], [, b]) => b - a).map(([value, count]) => ({ value, label: value, count }));
}
