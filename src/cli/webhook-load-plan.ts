import type { Random } from '../platform/random.ts';
import { SECOND_MS } from '../platform/time.ts';

export const LOAD_PROFILES = ['steady', 'burst', 'ramp'] as const;
export type LoadProfile = (typeof LOAD_PROFILES)[number];

/** Which event goes out when. */
export interface LoadPlan {
  readonly events: number;
  /** Numbers of events, from 0, in the order of their posts; those that are repeated come twice. */
  readonly posts: readonly number[];
  /** Since the start, of the post at this place; undefined: as soon as one before it is answered. */
  readonly dueMs: ((place: number) => number) | undefined;
}

/** A copy of a repeated event comes up to so many posts after it. */
const REPEAT_DISTANCE_MAX = 20;
const BURST_SECONDS = 5;

export type LoadAmount =
  | { readonly kind: 'count'; readonly count: number; readonly rate: number | undefined }
  | { readonly kind: 'profile'; readonly profile: LoadProfile; readonly rate: number; readonly seconds: number };

export function planLoad(
  load: { readonly amount: LoadAmount; readonly repeatShare: number; readonly shuffle: boolean },
  random: Random,
): LoadPlan {
  const { amount, repeatShare } = load;
  const events = amount.kind === 'count' ? amount.count : Math.max(1, Math.round(postsOf(amount) / (1 + repeatShare)));
  return { events, posts: orderOf(events, load, random), dueMs: dueOf(amount) };
}

/** A ramp has half as many as its highest rate would make. */
const postsOf = ({ profile, rate, seconds }: Extract<LoadAmount, { readonly kind: 'profile' }>): number =>
  (rate * seconds) / (profile === 'ramp' ? 2 : 1);

function orderOf(
  events: number,
  { repeatShare, shuffle }: { readonly repeatShare: number; readonly shuffle: boolean },
  random: Random,
): readonly number[] {
  const placed = Array.from({ length: events }, (_, event) => ({ event, place: shuffle ? random.next() : event }));
  const copies = repeated(events, repeatShare, random).map((event) => ({
    event,
    place: shuffle ? random.next() : event + random.next() * REPEAT_DISTANCE_MAX,
  }));
  return [...placed, ...copies].sort((a, b) => a.place - b.place).map(({ event }) => event);
}

/** So many different events, each as likely as the others: every one is taken with the chance that is left. */
function repeated(events: number, share: number, random: Random): readonly number[] {
  let wanted = Math.round(events * share);
  const chosen: number[] = [];
  for (let event = 0; event < events && wanted > 0; event += 1) {
    if (random.next() * (events - event) >= wanted) continue;
    chosen.push(event);
    wanted -= 1;
  }
  return chosen;
}

function dueOf(amount: LoadAmount): LoadPlan['dueMs'] {
  const { rate } = amount;
  if (rate === undefined) return undefined;
  if (amount.kind === 'count' || amount.profile === 'steady') return (place) => (place / rate) * SECOND_MS;
  if (amount.profile === 'burst')
    return (place) => Math.floor(place / (rate * BURST_SECONDS)) * BURST_SECONDS * SECOND_MS;
  // By then, rate * t * t / (2 * seconds) posts are out.
  const { seconds } = amount;
  return (place) => Math.sqrt((2 * seconds * place) / rate) * SECOND_MS;
}
