import { Temporal } from 'temporal-polyfill';

export { Temporal };
export type Instant = Temporal.Instant;

/** Parses ISO 8601 with an offset or `Z`; throws `RangeError` for anything else. */
export const instant = (iso: string): Instant => Temporal.Instant.from(iso);
export const instantFromMs = (epochMs: number): Instant => Temporal.Instant.fromEpochMilliseconds(epochMs);
export const addMs = (at: Instant, ms: number): Instant => instantFromMs(at.epochMilliseconds + ms);
export const msBetween = (from: Instant, to: Instant): number => to.epochMilliseconds - from.epochMilliseconds;
export const isBefore = (a: Instant, b: Instant): boolean => Temporal.Instant.compare(a, b) < 0;

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;
