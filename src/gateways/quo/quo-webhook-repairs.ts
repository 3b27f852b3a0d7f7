import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { DAY_MS, type Instant, instant, MINUTE_MS, msBetween } from '../../platform/time.ts';

/**
 * An event that cannot be stored cannot be heard, and it may be a STOP. What a signed body holds beyond what a database takes or a
 * clock can have shown is therefore put right before it is read, and what no schema can read is left out.
 */
export interface Reading {
  readonly receivedAt: Instant;
  /** In words, for the log and as evidence; empty when the body was fine. */
  readonly repairs: Set<string>;
}

/** Of a body that is garbage all over, the first things say enough. */
const REPAIRS_MAX = 20;

export function note(reading: Reading, repair: string): void {
  if (reading.repairs.size < REPAIRS_MAX) reading.repairs.add(repair);
}

/** Throws `SyntaxError` for what is no JSON. */
export function parseStorable(text: string, reading: Reading): unknown {
  const value: unknown = JSON.parse(text);
  return isStorable('body', value, 0) ? value : storable({ key: 'body', value, depth: 0 }, reading);
}

/** Nearly all are: then nothing needs to be copied. */
function isStorable(key: string, value: unknown, depth: number): boolean {
  if (typeof value === 'string')
    return value.isWellFormed() && !value.includes('\u0000') && (value.length <= ID_LENGTH_MAX || !ID_KEY.test(key));
  if (typeof value !== 'object' || value === null) return true;
  if (depth === DEPTH_MAX) return false;
  if (Array.isArray(value)) return value.every((item) => isStorable(key, item, depth + 1));
  // What JSON.parse made has no other properties than its own; a list of them would be made for each of thousands a second.
  for (const name in value)
    if (!isStorable(name, (value as Readonly<Record<string, unknown>>)[name], depth + 1)) return false;
  return true;
}

/** Real bodies have six levels. */
const DEPTH_MAX = 40;

function storable(
  node: { readonly key: string; readonly value: unknown; readonly depth: number },
  reading: Reading,
): unknown {
  const { key, value, depth } = node;
  if (typeof value === 'string') return storableText(key, value, reading);
  if (typeof value !== 'object' || value === null) return value;
  if (depth === DEPTH_MAX) {
    note(reading, `${key}: left out, nested more than ${DEPTH_MAX} levels deep`);
    return null;
  }
  if (Array.isArray(value)) return value.map((item) => storable({ key, value: item, depth: depth + 1 }, reading));
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name,
      storable({ key: name, value: item, depth: depth + 1 }, reading),
    ]),
  );
}

/** Real ones have 34 characters; an index entry of PostgreSQL has room for some 2,700 bytes. */
const ID_LENGTH_MAX = 200;
const ID_KEY = /^id$|Id$/;

function storableText(key: string, value: string, reading: Reading): string {
  const text = value.toWellFormed().replaceAll('\u0000', '');
  if (text !== value) note(reading, `${key}: dropped what cannot be stored`);
  if (text.length <= ID_LENGTH_MAX || !ID_KEY.test(key)) return text;
  note(reading, `${key}: ${text.length} characters replaced by their SHA-256`);
  return shortened(text);
}

/** Stays the same for the same text, and fits into an index. */
export const shortened = (text: string): string =>
  text.length <= ID_LENGTH_MAX ? text : `sha256:${createHash('sha256').update(text).digest('hex')}`;

/** The provider tries for three days; whoever restores a backlog may need months. */
const AGE_MS_MAX = 365 * DAY_MS;
/** Nothing is heard before it was said, but two clocks never agree wholly. */
const CLOCK_SKEW_MS_MAX = 5 * MINUTE_MS;
const SHOWN_LENGTH_MAX = 40;

/** The instant that `text` names; undefined where there is none, or none that a clock can have shown, which is noted. */
export function plausibleTime(field: string, text: string | null | undefined, reading: Reading): Instant | undefined {
  if (text === null || text === undefined) return undefined;
  const at = instantOf(text);
  const ageMs = at === undefined ? Number.NaN : msBetween(at, reading.receivedAt);
  if (ageMs >= -CLOCK_SKEW_MS_MAX && ageMs <= AGE_MS_MAX) return at;
  note(reading, `${field}: left out, no time that can be: ${JSON.stringify(text.slice(0, SHOWN_LENGTH_MAX))}`);
  return undefined;
}

function instantOf(text: string): Instant | undefined {
  try {
    return instant(text);
  } catch {
    return undefined;
  }
}

/** Each round leaves something out; what is still wrong after these is wrong all over. */
const ROUNDS_MAX = 20;

/**
 * What the schema makes of `json`, without the fields that it cannot read: they are taken out of `json` itself, and noted. Undefined
 * when something is missing that must be there.
 */
export function readLeniently<T>(
  schema: z.ZodType<T>,
  input: { readonly json: unknown; readonly path: string },
  reading: Reading,
): T | undefined {
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const parsed = schema.safeParse(input.json);
    if (parsed.success) return parsed.data;
    const removed = new Set<string>();
    for (const { path, message } of parsed.error.issues.flatMap(innermost)) {
      const names = path.map(String);
      const readable = removeDeepest(input.json, names, removed);
      note(reading, `${[input.path, ...names].join('.')}: ${message}; ${readable ? 'left out' : 'so without effect'}`);
      if (!readable) return undefined;
    }
    closeGaps(input.json);
  }
  return undefined;
}

type Issue = Pick<z.core.$ZodIssue, 'path' | 'message'>;

/** Of a field that may be one thing or another: what is wrong inside of the one that it is, so that the rest of it stays. */
function innermost(issue: z.core.$ZodIssue): readonly Issue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const inside = issue.errors.find((issues) => issues.every(({ path }) => path.length > 0));
  if (inside === undefined || inside.length === 0) return [issue];
  return inside.flatMap(innermost).map(({ path, message }) => ({ message, path: [...issue.path, ...path] }));
}

/** Takes the value at `path` out, or the nearest one around it that is there; false when that would be everything. */
function removeDeepest(json: unknown, path: readonly string[], removed: Set<string>): boolean {
  for (let length = path.length; length > 0; length -= 1) {
    const name = path.slice(0, length).join('\n');
    if (removed.has(name)) return true;
    const parent = path.slice(0, length - 1).reduce<unknown>(childOf, json);
    const key = path[length - 1] ?? '';
    if (childOf(parent, key) === undefined || !isContainer(parent)) continue;
    parent[key] = undefined;
    removed.add(name);
    return true;
  }
  return false;
}

type Container = Record<string, unknown>;
const isContainer = (value: unknown): value is Container => typeof value === 'object' && value !== null;
const childOf = (value: unknown, key: string): unknown =>
  isContainer(value) && Object.hasOwn(value, key) ? value[key] : undefined;

/** Elements that were taken out of lists leave no holes; JSON has no `undefined` of its own. */
function closeGaps(json: unknown): void {
  if (!isContainer(json)) return;
  if (Array.isArray(json)) {
    const kept = json.filter((item) => item !== undefined);
    json.length = 0;
    for (const item of kept) json.push(item);
  }
  for (const item of Object.values(json)) closeGaps(item);
}
