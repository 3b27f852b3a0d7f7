import type { Filter } from './filter-chips.tsx';
import { formatInstant, type Moment } from './format.ts';

const RANGES = [
  { value: '1h', label: 'Last hour', hours: 1 },
  { value: '24h', label: 'Last 24 hours', hours: 24 },
  { value: '7d', label: 'Last 7 days', hours: 168 },
  { value: '30d', label: 'Last 30 days', hours: 720 },
];
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** The instant so far back, to the minute, so that a list does not begin anew with every second. */
export function withinFrom(within: string | undefined, nowMs: number): string | undefined {
  const range = RANGES.find(({ value }) => value === within);
  if (range === undefined) return undefined;
  return new Date(Math.floor((nowMs - range.hours * HOUR_MS) / MINUTE_MS) * MINUTE_MS).toISOString();
}

interface TimeSearch {
  readonly within?: string;
  readonly from?: string;
  readonly until?: string;
}

/** As the API takes it, and as chips. */
export function timeFilter({ within, from, until }: TimeSearch, clock: Moment) {
  const begins = from ?? withinFrom(within, clock.nowMs);
  const chips: readonly Filter[] = [
    { name: 'within', label: 'Time', value: within, options: RANGES },
    ...instantChip('from', 'From', from, clock),
    ...instantChip('until', 'Until', until, clock),
  ];
  return {
    filter: { ...(begins === undefined ? {} : { from: begins }), ...(until === undefined ? {} : { until }) },
    chips,
  };
}

const instantChip = (name: string, label: string, value: string | undefined, clock: Moment): readonly Filter[] =>
  value === undefined ? [] : [{ name, label, value, options: [{ value, label: instantWords(value, clock) }] }];

/** An address is typed by people: what is no instant is shown as it is, and the server says what is wrong. */
const instantWords = (iso: string, clock: Moment): string =>
  Number.isNaN(Date.parse(iso)) ? iso : formatInstant(iso, clock);
