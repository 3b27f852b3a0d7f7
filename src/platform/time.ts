import { Temporal } from 'temporal-polyfill';

export { Temporal };
export type Instant = Temporal.Instant;

/** Parses ISO 8601 with an offset or `Z`; throws `RangeError` for anything else. */
export const instant = (iso: string): Instant =>
  PLAIN_UTC.test(iso) ? instantFromMs(Date.parse(iso)) : Temporal.Instant.from(iso);

/**
 * What nearly all instants look like, in JSON of PostgreSQL too, and the machine parses several times as fast as the rules of ISO 8601 take. Days that not every
 * month has are left to those.
 */
const PLAIN_UTC =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,3})?(?:Z|\+00:00)$/;
export const instantFromMs = (epochMs: number): Instant => Temporal.Instant.fromEpochMilliseconds(epochMs);
/** ISO 8601 with `Z`, as exact as the instant: half the time of `toString` for whole milliseconds, for what comes by the thousand. */
export const isoOf = (at: Instant): string =>
  at.epochNanoseconds % 1_000_000n === 0n ? new Date(at.epochMilliseconds).toISOString() : at.toString();
export const addMs = (at: Instant, ms: number): Instant => instantFromMs(at.epochMilliseconds + ms);
export const msBetween = (from: Instant, to: Instant): number => to.epochMilliseconds - from.epochMilliseconds;
export const isBefore = (a: Instant, b: Instant): boolean => Temporal.Instant.compare(a, b) < 0;

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;
