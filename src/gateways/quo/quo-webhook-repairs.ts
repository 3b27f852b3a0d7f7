import { createHash } from 'node:crypto';
import { DAY_MS, type Instant, instant, MINUTE_MS, msBetween } from '../../platform/time.ts';

/**
 * An event that cannot be stored cannot be heard, and it may be a STOP. What a signed body holds beyond what a database takes or a
 * clock can have shown is therefore put right before it is read.
 */
export interface RepairedJson {
  readonly json: unknown;
  /** In words, for the log and as evidence; empty when the body was fine. */
  readonly repairs: readonly string[];
}

/** Throws `SyntaxError` for what is no JSON, `RangeError` for what is nested thousands of levels deep. */
export function parseRepaired(text: string, receivedAt: Instant): RepairedJson {
  const repairs = new Set<string>();
  const json: unknown = JSON.parse(text, (key: string, value: unknown) => {
    if (typeof value === 'string') return repairString(key, value, { receivedAt, repairs });
    if (key !== 'createdAt' || value === null) return value;
    repairs.add(`${key}: ${typeof value} replaced by the time of receipt`);
    return receivedAt.toString();
  });
  return { json, repairs: [...repairs] };
}

function repairString(
  key: string,
  value: string,
  by: { readonly receivedAt: Instant; readonly repairs: Set<string> },
): string {
  const storable = value.toWellFormed().replaceAll('\u0000', '');
  if (storable !== value) by.repairs.add(`${key}: dropped what cannot be stored`);
  if (key === 'id' && storable.length > ID_LENGTH_MAX) {
    by.repairs.add(`${key}: ${storable.length} characters replaced by their SHA-256`);
    return `sha256:${createHash('sha256').update(storable).digest('hex')}`;
  }
  if (key === 'createdAt' && !isPlausible(storable, by.receivedAt)) {
    by.repairs.add(`${key}: ${JSON.stringify(storable.slice(0, SHOWN_LENGTH_MAX))} replaced by the time of receipt`);
    return by.receivedAt.toString();
  }
  return storable;
}

/** Real ones have 34 characters; an index entry of PostgreSQL has room for some 2,700 bytes. */
const ID_LENGTH_MAX = 200;
const SHOWN_LENGTH_MAX = 40;

/** The provider tries for three days; whoever restores a backlog may need months. */
const AGE_MS_MAX = 365 * DAY_MS;
/** Nothing is heard before it was said, but two clocks never agree wholly. */
const CLOCK_SKEW_MS_MAX = 5 * MINUTE_MS;

function isPlausible(text: string, receivedAt: Instant): boolean {
  try {
    const ageMs = msBetween(instant(text), receivedAt);
    return ageMs >= -CLOCK_SKEW_MS_MAX && ageMs <= AGE_MS_MAX;
  } catch {
    return false;
  }
}
