import type { HoursRule, PlaceHours } from '../api/sending-policy.ts';

/** Places with the same local hours: one row of "What this means". */
export interface PlaceGroup {
  readonly hours: string;
  /** Every kind of rule that opens or closes one of them, the most frequent first: "Your preset, state law". */
  readonly decidedBy: string;
  readonly places: readonly PlaceHours[];
}

/** The biggest group first, those without an open hour last. */
export function groupPlaces(places: readonly PlaceHours[]): readonly PlaceGroup[] {
  return [...Map.groupBy(places, hoursWords)]
    .map(([hours, members]): PlaceGroup => ({ hours, decidedBy: rulesOfAll(members), places: members }))
    .sort((a, b) => Number(a.hours === CLOSED) - Number(b.hours === CLOSED) || b.places.length - a.places.length);
}

function rulesOfAll(places: readonly PlaceHours[]): string {
  const rules = places.flatMap(({ open, closedBy }) => [
    ...open.flatMap(({ opensBy, closesBy }) => (opensBy === null ? [closesBy] : [opensBy, closesBy])),
    ...(closedBy === null ? [] : [closedBy]),
  ]);
  const uses = [...Map.groupBy(rules, ruleWords)].sort(([, first], [, second]) => second.length - first.length);
  return sentence(uses.map(([words]) => words).join(', '));
}

const CLOSED = 'Closed';

/** "09:00–20:00", in the place's own time. */
export const hoursWords = ({ open, zone }: PlaceHours): string =>
  open.length === 0
    ? CLOSED
    : open.map(({ from, to }) => `${timeIn(zone, from)}–${timeIn(zone, to)}`.replace(/–00:00$/, '–24:00')).join(', ');

/** "Opened by state law, closed by the preset". */
export function decidedBy(place: PlaceHours): string {
  const [first] = place.open;
  if (first === undefined)
    return place.closedBy === null ? 'No rules leave an hour' : sentence(ruleWords(place.closedBy));
  const opens = first.opensBy === null ? undefined : ruleWords(first.opensBy);
  const closes = ruleWords(place.open.at(-1)?.closesBy ?? first.closesBy);
  if (opens === undefined || opens === closes) return sentence(closes);
  return `Opens by ${opens}, closes by ${closes}`;
}

export function ruleWords({ code, because }: HoursRule): string {
  const holiday = because === null || code === 'blackout' ? '' : `, ${because}`;
  return `${WORDS[code] ?? 'state law'}${code === 'blackout' ? `: ${because}` : ''}${holiday}`;
}

const WORDS: Readonly<Record<string, string>> = {
  federal: 'federal law',
  standard: 'your preset',
  strict: 'your preset',
  federal_state: 'your preset',
  'business hours': 'your business hours',
  blackout: 'a blackout',
  'unknown place': 'the strictest states',
};

const sentence = (words: string): string => `${words.charAt(0).toUpperCase()}${words.slice(1)}`;

const timeIn = (zone: string, iso: string): string =>
  new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(
    Date.parse(iso),
  );
