/**
 * Whom the simulated campaigns text, and when the law lets them: written down here by hand, apart from the product's rules, so that
 * a mistake there cannot hide itself.
 */
export interface Place {
  readonly areaCode: string;
  readonly zone: string;
  /** Local hours [from, to) on weekdays and Saturdays; the preset is the law alone. */
  readonly from: number;
  readonly to: number;
  readonly sunday: 'same' | 'never';
}

export const PLACES: readonly [Place, ...Place[]] = [
  // Massachusetts 8 to 20, no other zone.
  { areaCode: '617', zone: 'America/New_York', from: 8, to: 20, sunday: 'same' },
  { areaCode: '310', zone: 'America/Los_Angeles', from: 8, to: 21, sunday: 'same' },
  // Western Florida: Eastern and Central, 8 to 20 in both, which is 9 to 20 Eastern.
  { areaCode: '850', zone: 'America/New_York', from: 9, to: 20, sunday: 'same' },
  // Alabama: no Sunday.
  { areaCode: '205', zone: 'America/Chicago', from: 8, to: 20, sunday: 'never' },
  { areaCode: '808', zone: 'Pacific/Honolulu', from: 8, to: 21, sunday: 'same' },
  // Kentucky's Louisville: from 10.
  { areaCode: '502', zone: 'America/New_York', from: 10, to: 21, sunday: 'same' },
];

export const phoneOf = (place: Place, index: number): string =>
  `+1${place.areaCode}55${String(50_000 + index).slice(-5)}`;

export const placeOf = (phone: string): Place => {
  const place = PLACES.find((candidate) => phone.startsWith(`+1${candidate.areaCode}`));
  if (place === undefined) throw new Error(`${phone}: no such place in the simulation`);
  return place;
};
