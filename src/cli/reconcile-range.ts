import { addMs, DAY_MS, HOUR_MS, type Instant, instant, MINUTE_MS, Temporal } from '../platform/time.ts';
import { UsageError } from './shell.ts';

const UNITS: Readonly<Record<string, number>> = { m: MINUTE_MS, h: HOUR_MS, d: DAY_MS };

/** `3d`, `12h` and `30m` before now; a day, which begins at midnight in the business zone; or an instant with its offset. */
export function parseWhen(text: string, context: { readonly now: Instant; readonly zone: string }): Instant {
  const [, amount, unit] = /^(\d{1,4})([mhd])$/.exec(text) ?? [];
  if (amount !== undefined && unit !== undefined) return addMs(context.now, -Number(amount) * (UNITS[unit] ?? 0));
  try {
    return /^\d{4}-\d{2}-\d{2}$/.test(text)
      ? Temporal.PlainDate.from(text).toZonedDateTime(context.zone).toInstant()
      : instant(text);
  } catch {
    throw new UsageError(`"${text}" is no time: give 3d, 12h or 30m, a day like 2026-11-17, or 2026-11-17T15:00:00Z`);
  }
}
