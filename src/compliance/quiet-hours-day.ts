import { startOfDay } from '../platform/calendar.ts';
import { addMs, type Instant, isBefore, MINUTE_MS, Temporal } from '../platform/time.ts';
import {
  decideQuietHours,
  nextOpening,
  type Places,
  type QuietHoursPolicy,
  type QuietHoursRule,
} from './quiet-hours.ts';

export interface OpenSpan {
  readonly from: Instant;
  /** Exclusive; the midnight that ends the day at the latest. */
  readonly to: Instant;
  /** The last rule to open; absent when the day begins open. */
  readonly opensBy: QuietHoursRule | undefined;
  readonly closesBy: QuietHoursRule;
}

/** What the rules leave of one day. */
export interface DayHours {
  readonly spans: readonly OpenSpan[];
  /** Without a span: a rule that is closed at noon. */
  readonly closedBy: QuietHoursRule | undefined;
  /** The first open instant from the day's beginning on; `undefined` when none comes within DAYS_AHEAD_MAX days. */
  readonly opensAt: Instant | undefined;
}

/** A day opens and closes once or twice; a blackout or business hours in another zone can split it further. */
const SPANS_MAX = 24;

/** The open hours of the day that `zone` calls `day`, each with the rule that opens and the one that closes it. */
export function hoursOfDay(
  places: Places,
  policy: QuietHoursPolicy,
  { zone, day }: { readonly zone: string; readonly day: string },
): DayHours {
  const start = startOfDay(zone, day);
  const end = startOfDay(zone, Temporal.PlainDate.from(day).add({ days: 1 }).toString());
  const opensAt = nextOpening(places, policy, start);
  const spans: OpenSpan[] = [];
  let from = opensAt;
  while (from !== undefined && isBefore(from, end) && spans.length < SPANS_MAX) {
    const { closesAt, rule } = decideQuietHours(places, policy, from);
    if (closesAt === undefined) throw new Error(`quiet hours: ${from} was said to open, but is closed`);
    const opensBy = isBefore(start, from) ? decideQuietHours(places, policy, addMs(from, -MINUTE_MS)).rule : undefined;
    spans.push({ from, to: isBefore(end, closesAt) ? end : closesAt, opensBy, closesBy: rule });
    from = isBefore(closesAt, end) ? nextOpening(places, policy, closesAt) : undefined;
  }
  const noon = Temporal.PlainDate.from(day).toZonedDateTime({ timeZone: zone, plainTime: '12:00' }).toInstant();
  const closedBy = spans.length === 0 ? decideQuietHours(places, policy, noon).rule : undefined;
  return { spans, closedBy, opensAt };
}
