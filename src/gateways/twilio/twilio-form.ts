import { createHash } from 'node:crypto';
import { type Instant, isBefore } from '../../platform/time.ts';
import { parseRfc2822 } from './twilio-schemas.ts';

/**
 * The fields of a request of Twilio by name. An event that cannot be stored cannot be heard, and it may be a STOP: what a database
 * would refuse is put right, and `repairs` says so.
 */
export interface Fields {
  /** Empty values are absent ones. */
  readonly get: (name: string) => string | undefined;
  readonly names: readonly string[];
  readonly repairs: readonly string[];
}

/** Undefined for what is neither a form nor a JSON object, in UTF-8. */
export function readFields(rawBody: Uint8Array): Fields | undefined {
  const entries = entriesOf(rawBody);
  if (entries === undefined) return undefined;
  const values = new Map<string, string>();
  const repairs = new Set<string>();
  for (const [name, value] of entries) if (!values.has(name)) values.set(name, storable(name, value, repairs));
  return {
    get: (name) => (values.get(name) === '' ? undefined : values.get(name)),
    names: [...values.keys()],
    repairs: [...repairs],
  };
}

function entriesOf(rawBody: Uint8Array): readonly (readonly [string, string])[] | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(rawBody);
    // A form writes a brace as %7B.
    return /^\s*\{/.test(text) ? jsonEntries(JSON.parse(text)) : [...new URLSearchParams(text)];
  } catch {
    return undefined;
  }
}

/** Of an object, what could be fields of a form. */
const jsonEntries = (json: unknown): readonly (readonly [string, string])[] =>
  Object.entries(Object(json)).flatMap(([name, value]) =>
    typeof value === 'string' || typeof value === 'number' ? [[name, String(value)] as const] : [],
  );

/** Real ones have 34 characters; an index entry of PostgreSQL has room for some 2,700 bytes. */
const ID_LENGTH_MAX = 200;

function storable(name: string, value: string, repairs: Set<string>): string {
  const shown = name.slice(0, 40);
  const clean = value.toWellFormed().replaceAll('\u0000', '');
  if (clean !== value) repairs.add(`${shown}: dropped what cannot be stored`);
  if (!name.endsWith('Sid') || clean.length <= ID_LENGTH_MAX) return clean;
  repairs.add(`${shown}: ${clean.length} characters replaced by their SHA-256`);
  return `sha256:${createHash('sha256').update(clean).digest('hex')}`;
}

/** The time that a field says, never later than the receipt, and that of the receipt without one. */
export function saidAt(timestamp: string | undefined, receivedAt: Instant): Instant {
  const at = timestamp === undefined ? undefined : parseRfc2822(timestamp);
  return at !== undefined && isBefore(at, receivedAt) ? at : receivedAt;
}
