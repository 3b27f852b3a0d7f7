import type { SourcesAnswer, WebhookStats } from '../api/webhook-events.ts';
import { formatCount, plural } from '../patterns/format.ts';
import { lagWords } from './event-words.ts';

export type Minute = WebhookStats['minutes'][number];

const MINUTE_MS = 60_000;

/** Every minute of the span, those without an event too: a gap must look like one. */
export function everyMinute({ from, until, minutes }: WebhookStats): readonly Minute[] {
  const known = new Map(minutes.map((minute) => [Date.parse(minute.at), minute]));
  const first = Math.floor(Date.parse(from) / MINUTE_MS) * MINUTE_MS;
  const count = Math.floor((Date.parse(until) - first) / MINUTE_MS) + 1;
  return Array.from({ length: Math.max(0, count) }, (_, index) => {
    const atMs = first + index * MINUTE_MS;
    return known.get(atMs) ?? { ...NOTHING, at: new Date(atMs).toISOString() };
  });
}

const NOTHING = { received: 0, applied: 0, failed: 0, lagP50Ms: null, lagP95Ms: null } as const;

export const sumOf = (minutes: readonly Minute[], figure: 'received' | 'applied' | 'failed'): number =>
  minutes.reduce((sum, minute) => sum + minute[figure], 0);

/** The greatest 95th percentile of any minute; undefined when nothing was applied. */
export function worstLag(minutes: readonly Minute[]): number | undefined {
  const lags = minutes.flatMap(({ lagP95Ms }) => (lagP95Ms === null ? [] : [lagP95Ms]));
  return lags.length === 0 ? undefined : Math.max(...lags);
}

/** "1,204 events in the last hour, applied within 240 ms, 3 failed". */
export function hourWords({ minutes }: WebhookStats): string {
  const received = sumOf(minutes, 'received');
  if (received === 0) return 'No event in the last hour';
  const failed = sumOf(minutes, 'failed');
  const lag = worstLag(minutes);
  return [
    `${plural(received, 'event', 'events')} in the last hour`,
    ...(lag === undefined ? [] : [`95% applied within ${lagWords(lag)} in every minute`]),
    ...(failed === 0 ? [] : [`${formatCount(failed)} failed`]),
  ].join(', ');
}

export const figuresCsv = (minutes: readonly Minute[]): string =>
  [
    'minute,received,applied,failed,lag_p50_ms,lag_p95_ms',
    ...minutes.map(({ at, received, applied, failed, lagP50Ms, lagP95Ms }) =>
      [at, received, applied, failed, lagP50Ms ?? '', lagP95Ms ?? ''].join(','),
    ),
    '',
  ].join('\r\n');

export const hoursCsv = (hours: readonly Hour[]): string =>
  [
    'from,accepted,repeated,refused',
    ...hours.map(({ at, accepted, repeated, refused }) => [at, accepted, repeated, refused].join(',')),
    '',
  ].join('\r\n');

type Hour = SourcesAnswer['hours'][number];

const HOUR_MS = 3_600_000;
const HOURS_SHOWN_MAX = 48;

/** The whole span as bars of an hour, or of a day where they would be too many; those without a webhook too. */
export function everyHour(
  hours: readonly Hour[],
  span: { readonly hours: number; readonly nowMs: number },
): readonly Hour[] {
  const stepMs = span.hours > HOURS_SHOWN_MAX ? 24 * HOUR_MS : HOUR_MS;
  const count = Math.ceil((span.hours * HOUR_MS) / stepMs);
  const endMs = (Math.floor(span.nowMs / HOUR_MS) + 1) * HOUR_MS;
  return Array.from({ length: count }, (_, index) => {
    const fromMs = endMs - (count - index) * stepMs;
    const within = hours.filter(({ at }) => Date.parse(at) >= fromMs && Date.parse(at) < fromMs + stepMs);
    const sum = (figure: 'accepted' | 'repeated' | 'refused') =>
      within.reduce((total, hour) => total + hour[figure], 0);
    return {
      at: new Date(fromMs).toISOString(),
      accepted: sum('accepted'),
      repeated: sum('repeated'),
      refused: sum('refused'),
    };
  });
}
