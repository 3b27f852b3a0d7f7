import { type Instant, instantFromMs } from '../platform/time.ts';

/** The first instant not before `from` at which people may be texted; undefined when there is none. */
export type OpeningFrom = (from: Instant) => Instant | undefined;

export interface ForecastGroup {
  readonly people: number;
  readonly opening: OpeningFrom;
}

/** A day of the business, whose midnight starts a new day of the caps. */
export interface ForecastDay {
  readonly day: string;
  readonly midnight: Instant;
}

export interface ForecastInput {
  readonly now: Instant;
  readonly dayOf: (at: Instant) => ForecastDay;
  readonly lanes: readonly { readonly dailyCap: number; readonly leftToday: number }[];
  /** Texts per second over all lanes. */
  readonly ratePerSecond: number;
  /** In the order in which they get their turn on a day on which all of them may be texted. */
  readonly groups: readonly ForecastGroup[];
}

export interface Forecast {
  /** When the last text is handed over; null when that cannot happen (no lane, zones that never overlap, over a year). */
  readonly finishAt: Instant | null;
  readonly perDay: readonly { readonly day: string; readonly count: number }[];
}

const DAYS_MAX = 366;

interface Waiting {
  readonly opening: OpeningFrom;
  people: number;
  /** The newest answer of `opening`. */
  opensMs: number;
}

/**
 * Plays the days ahead: each day the caps of the lanes are spent on the groups whose hours open on it. Pure, so that the same
 * function speaks before launch and while running. An opening takes half a millisecond to work out; it is asked for only when a
 * group's turn comes, so that a year of 200 groups takes some hundred questions instead of 73,000.
 */
export function forecast(input: ForecastInput): Forecast {
  let waiting = input.groups
    .filter(({ people }) => people > 0)
    .map(({ people, opening }): Waiting => ({ people, opening, opensMs: Number.NEGATIVE_INFINITY }));
  const perDay: { day: string; count: number }[] = [];
  const capPerDay = input.lanes.reduce((sum, lane) => sum + lane.dailyCap, 0);
  if (capPerDay === 0 && waiting.length > 0) return { finishAt: null, perDay };
  let from = input.now;
  for (let dayNumber = 0; dayNumber < DAYS_MAX; dayNumber += 1) {
    const { day, midnight } = input.dayOf(from);
    const capacity = dayNumber === 0 ? input.lanes.reduce((sum, lane) => sum + lane.leftToday, 0) : capPerDay;
    const { count, lastAt } = playDay({ from, midnight, capacity, ratePerSecond: input.ratePerSecond, waiting });
    if (count > 0 || perDay.length > 0) perDay.push({ day, count });
    waiting = waiting.filter(({ people }) => people > 0);
    if (waiting.length === 0) return { finishAt: lastAt, perDay };
    from = midnight;
  }
  return { finishAt: null, perDay: perDay.filter((played) => played.count > 0) };
}

function playDay(play: {
  readonly from: Instant;
  readonly midnight: Instant;
  readonly capacity: number;
  readonly ratePerSecond: number;
  readonly waiting: readonly Waiting[];
}): { readonly count: number; readonly lastAt: Instant } {
  const turns: { readonly opensMs: number; readonly count: number }[] = [];
  let left = play.capacity;
  for (const group of play.waiting) {
    if (left === 0) break;
    const opensMs = openingSince(group, play.from);
    if (opensMs >= play.midnight.epochMilliseconds) continue;
    const count = Math.min(left, group.people);
    group.people -= count;
    left -= count;
    turns.push({ opensMs, count });
  }
  let clockMs = play.from.epochMilliseconds;
  for (const { opensMs, count } of turns.sort((a, b) => a.opensMs - b.opensMs))
    clockMs = Math.max(clockMs, opensMs) + Math.ceil((count / play.ratePerSecond) * 1000);
  return { count: play.capacity - left, lastAt: instantFromMs(clockMs) };
}

/** An opening that is still ahead stays the next one. */
function openingSince(group: Waiting, from: Instant): number {
  if (group.opensMs < from.epochMilliseconds)
    group.opensMs = group.opening(from)?.epochMilliseconds ?? Number.POSITIVE_INFINITY;
  return group.opensMs;
}
