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
  for (const [sentName, value] of entries) {
    const name = clean(sentName);
    if (name !== sentName) repairs.add(`${name.slice(0, SHOWN_LENGTH_MAX)}: a name without what cannot be stored`);
    if (!values.has(name)) values.set(name, storable(name, value, repairs));
  }
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
  const shown = name.slice(0, SHOWN_LENGTH_MAX);
  const text = clean(value);
  if (text !== value) repairs.add(`${shown}: dropped what cannot be stored`);
  if (!name.endsWith('Sid') || text.length <= ID_LENGTH_MAX) return text;
  repairs.add(`${shown}: ${text.length} characters replaced by their SHA-256`);
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

const SHOWN_LENGTH_MAX = 40;
const clean = (text: string): string => text.toWellFormed().replaceAll('\u0000', '');

/** A number has 16 characters at most, a SIP address that somebody made seldom more; more fits into no index, and nobody is called that. */
const ADDRESS_LENGTH_MAX = 64;

/** Who wrote, called, or was meant; absent where it is too long to be anybody. */
export function addressIn({ get }: Fields, name: 'From' | 'To'): string | undefined {
  const address = get(name);
  return address !== undefined && address.length <= ADDRESS_LENGTH_MAX ? address : undefined;
}

/** Codes have five digits; more is none, and fits into no index. */
const CODE_LENGTH_MAX = 64;

/** Why a text failed; absent where nothing is said. */
export function codeIn({ get }: Fields): string | undefined {
  const code = get('ErrorCode');
  return code === undefined || code === '0' || code.length > CODE_LENGTH_MAX ? undefined : code;
}

/** The time that a field says; nothing that is still to come has happened. */
export function timeIn(text: string | undefined, receivedAt: Instant): Instant | undefined {
  const at = text === undefined ? undefined : parseRfc2822(text);
  return at === undefined || isBefore(receivedAt, at) ? undefined : at;
}

/** The time that a field says, never later than the receipt, and that of the receipt without one. */
export function saidAt(timestamp: string | undefined, receivedAt: Instant): Instant {
  const at = timestamp === undefined ? undefined : parseRfc2822(timestamp);
  return at !== undefined && isBefore(at, receivedAt) ? at : receivedAt;
}
