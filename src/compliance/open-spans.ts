import { DAY_MS, type Instant, type Temporal } from '../platform/time.ts';
import { instantAtMinute, type Places, type QuietHoursPolicy, rulesByZone } from './quiet-hours.ts';
import { QUIET_HOURS, type SendWindow } from './quiet-hours-table.ts';

/** Hours without a break in which people may be texted, `[opensMs, closesMs)` in milliseconds of the epoch. */
export interface OpenSpan {
  readonly opensMs: number;
  readonly closesMs: number;
}

/** The open hours of people, for as far ahead as they are asked for. */
export interface OpenSpans {
  /** The span that is open at `atMs`, or else the first after it; `undefined` when there is none in `AHEAD_DAYS`. */
  from(atMs: number): OpenSpan | undefined;
}

/** Longer than any run of holidays, Sundays and blackouts after which hours that open at all open again. */
const AHEAD_DAYS = 62;
const CHUNK_DAYS = 7;

/**
 * The same rules as `decideQuietHours`, whole days at a time: where the question is months, deciding instant by instant costs
 * thirty times as much. `startsAt` is the earliest instant that will be asked about. One of these serves many groups of people:
 * a minute of a day of a zone is converted once.
 */
export function hoursAhead(startsAt: Instant): (places: Places, policy: QuietHoursPolicy) => OpenSpans {
  const minutes = new Map<string, number>();
  const atMinute = (zone: string, date: Temporal.PlainDate, day: string, minute: number): number => {
    const key = `${zone} ${day} ${minute}`;
    const known = minutes.get(key) ?? instantAtMinute(zone, date, minute).epochMilliseconds;
    minutes.set(key, known);
    return known;
  };
  // A day of a zone may begin fourteen hours before that of UTC.
  const firstDay = startsAt.toZonedDateTimeISO('UTC').toPlainDate().subtract({ days: 1 });
  return (places, policy) => {
    const spans: OpenSpan[] = [];
    let cursor = 0;
    let daysKnown = 0;
    const extend = (): void => {
      const from = firstDay.add({ days: daysKnown });
      daysKnown += CHUNK_DAYS;
      const fromMs = startOfUtcDay(from);
      spans.push(
        ...spansOfDays(places, policy, from, atMinute).filter(
          ({ opensMs }) => opensMs >= fromMs && opensMs < fromMs + CHUNK_DAYS * DAY_MS,
        ),
      );
    };
    const knownUntilMs = (): number => startOfUtcDay(firstDay) + daysKnown * DAY_MS;
    return {
      from(atMs) {
        if (places.zones.length === 0) return undefined;
        if ((spans[cursor - 1]?.closesMs ?? Number.NEGATIVE_INFINITY) > atMs) cursor = 0;
        for (;;) {
          for (let span = spans[cursor]; span !== undefined; span = spans[cursor]) {
            if (span.closesMs > atMs) return span;
            cursor += 1;
          }
          if (knownUntilMs() > atMs + AHEAD_DAYS * DAY_MS) return undefined;
          extend();
        }
      },
    };
  };
}

type AtMinute = (zone: string, date: Temporal.PlainDate, day: string, minute: number) => number;

/** The hours that all zones have in common around `CHUNK_DAYS` days. */
function spansOfDays(
  places: Places,
  policy: QuietHoursPolicy,
  from: Temporal.PlainDate,
  atMinute: AtMinute,
): readonly OpenSpan[] {
  const dates = Array.from({ length: CHUNK_DAYS + 3 }, (_, index) => from.add({ days: index - 1 }));
  return rulesByZone(QUIET_HOURS.versions, places, policy)
    .map(({ zone, rules }): readonly OpenSpan[] =>
      dates.flatMap((date): OpenSpan[] => {
        const window = commonWindow(rules(date).map((rule) => rule.window));
        if (window === undefined) return [];
        const day = date.toString();
        return [
          {
            opensMs: atMinute(zone, date, day, window.startMinute),
            closesMs: atMinute(zone, date, day, window.endMinute),
          },
        ];
      }),
    )
    .reduce(inBoth);
}

function commonWindow(windows: readonly (SendWindow | null)[]): SendWindow | undefined {
  let startMinute = 0;
  let endMinute = 1440;
  for (const window of windows) {
    if (window === null) return undefined;
    startMinute = Math.max(startMinute, window.startMinute);
    endMinute = Math.min(endMinute, window.endMinute);
  }
  return startMinute < endMinute ? { startMinute, endMinute } : undefined;
}

/** Both are in order and none of their spans overlap. */
function inBoth(some: readonly OpenSpan[], others: readonly OpenSpan[]): readonly OpenSpan[] {
  return some.flatMap((span) =>
    others.flatMap((other): OpenSpan[] => {
      const opensMs = Math.max(span.opensMs, other.opensMs);
      const closesMs = Math.min(span.closesMs, other.closesMs);
      return opensMs < closesMs ? [{ opensMs, closesMs }] : [];
    }),
  );
}

const startOfUtcDay = (date: Temporal.PlainDate): number => date.toZonedDateTime('UTC').epochMilliseconds;

/** Milliseconds of `[fromMs, untilMs)` in which at least one of these groups of people may be texted. */
export function openMsOfAny(groups: readonly OpenSpans[], fromMs: number, untilMs: number): number {
  const parts = groups.flatMap((spans) => {
    const found: OpenSpan[] = [];
    for (let atMs = fromMs; atMs < untilMs; ) {
      const span = spans.from(atMs);
      if (span === undefined || span.opensMs >= untilMs) break;
      found.push({ opensMs: Math.max(fromMs, span.opensMs), closesMs: Math.min(untilMs, span.closesMs) });
      atMs = span.closesMs;
    }
    return found;
  });
  let openMs = 0;
  let countedUntilMs = fromMs;
  for (const { opensMs, closesMs } of parts.sort((a, b) => a.opensMs - b.opensMs)) {
    openMs += Math.max(0, closesMs - Math.max(opensMs, countedUntilMs));
    countedUntilMs = Math.max(countedUntilMs, closesMs);
  }
  return openMs;
}
