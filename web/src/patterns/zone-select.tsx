import { Select, type SelectProps } from '@mantine/core';
import { zoneCity } from './format.ts';

/** The zones of the United States, where the product's rules are at home, come first. */
const FIRST_ZONES: readonly (readonly [zone: string, label: string])[] = [
  ['America/New_York', 'Eastern (New York)'],
  ['America/Chicago', 'Central (Chicago)'],
  ['America/Denver', 'Mountain (Denver)'],
  ['America/Phoenix', 'Arizona (Phoenix)'],
  ['America/Los_Angeles', 'Pacific (Los Angeles)'],
  ['America/Anchorage', 'Alaska (Anchorage)'],
  ['Pacific/Honolulu', 'Hawaii (Honolulu)'],
];
const first = new Set(FIRST_ZONES.map(([zone]) => zone));

const zoneLabel = (zone: string): string => (zone.includes('/') ? `${zoneCity(zone)} (${zone.split('/')[0]})` : zone);

const others = (current: string | null | undefined) =>
  [...new Set([...Intl.supportedValuesOf('timeZone'), ...(current ? [current] : [])])]
    .filter((zone) => !first.has(zone))
    .map((zone) => ({ value: zone, label: zoneLabel(zone) }));

/** Choice of a time zone; a field like any other of a form. */
export function ZoneSelect(props: Omit<SelectProps, 'data' | 'searchable' | 'allowDeselect'>) {
  return (
    <Select
      {...props}
      searchable
      allowDeselect={false}
      limit={60}
      nothingFoundMessage="No such zone"
      data={[
        { group: 'United States', items: FIRST_ZONES.map(([value, label]) => ({ value, label })) },
        { group: 'Elsewhere', items: others(props.value) },
      ]}
    />
  );
}
