import { nextOpening, type SendWindow } from '../compliance/quiet-hours.ts';
import { dayIn, nextMidnight } from '../platform/calendar.ts';
import { addMs, type Instant, isBefore } from '../platform/time.ts';

export interface ForecastInput {
  readonly now: Instant;
  /** The business zone: its midnight starts a new day of the caps. */
  readonly zone: string;
  readonly window: SendWindow;
  readonly lanes: readonly { readonly dailyCap: number; readonly leftToday: number }[];
  /** Texts per second over all lanes. */
  readonly ratePerSecond: number;
  readonly groups: readonly { readonly zones: readonly string[]; readonly people: number }[];
}

export interface Forecast {
  /** When the last text is handed over; null when that cannot happen (no lane, zones that never overlap, over a year). */
  readonly finishAt: Instant | null;
  readonly perDay: readonly { readonly day: string; readonly count: number }[];
}

const DAYS_MAX = 366;

/**
 * Plays the days ahead with the rules of the engine: each day the caps of the lanes, spent on the groups whose window opens
 * first. Pure, so that the same function speaks before launch and while running.
 */
export function forecast(input: ForecastInput): Forecast {
  const waiting = input.groups.filter((group) => group.people > 0).map((group) => ({ ...group }));
  const perDay: { day: string; count: number }[] = [];
  let from = input.now;
  for (let dayNumber = 0; dayNumber < DAYS_MAX; dayNumber += 1) {
    const midnight = nextMidnight(input.zone, from);
    const capacity = input.lanes.reduce((sum, lane) => sum + (dayNumber === 0 ? lane.leftToday : lane.dailyCap), 0);
    const day = playDay({ ...input, from, midnight, capacity, waiting });
    if (day.count > 0 || perDay.length > 0) perDay.push({ day: dayIn(input.zone, from), count: day.count });
    if (waiting.every((group) => group.people === 0)) return { finishAt: day.lastAt ?? input.now, perDay };
    from = midnight;
  }
  return { finishAt: null, perDay: perDay.filter((day) => day.count > 0) };
}

function playDay(day: {
  readonly from: Instant;
  readonly midnight: Instant;
  readonly capacity: number;
  readonly window: SendWindow;
  readonly ratePerSecond: number;
  readonly waiting: { readonly zones: readonly string[]; people: number }[];
}): { readonly count: number; readonly lastAt: Instant | undefined } {
  const openings = day.waiting
    .filter((group) => group.people > 0)
    .map((group) => ({ group, opensAt: nextOpening(group.zones, day.window, day.from) }))
    .filter(
      (entry): entry is { group: typeof entry.group; opensAt: Instant } =>
        entry.opensAt !== undefined && isBefore(entry.opensAt, day.midnight),
    )
    .sort((a, b) => a.opensAt.epochMilliseconds - b.opensAt.epochMilliseconds);
  let left = day.capacity;
  let clock = day.from;
  let count = 0;
  for (const { group, opensAt } of openings) {
    const take = Math.min(left, group.people);
    if (take === 0) continue;
    const begins = isBefore(clock, opensAt) ? opensAt : clock;
    clock = addMs(begins, Math.ceil((take / day.ratePerSecond) * 1000));
    group.people -= take;
    left -= take;
    count += take;
  }
  return { count, lastAt: count > 0 ? clock : undefined };
}
