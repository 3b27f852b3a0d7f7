import { invalid, type Outcome } from './refusal.ts';
import { ok } from './result.ts';
import { instant } from './time.ts';

/**
 * Keyset pages: a cursor is the sort key of the last row of a page, opaque to its reader, so that the next page begins behind that
 * row whatever was added meanwhile.
 */
export interface Page<T> {
  readonly data: readonly T[];
  readonly nextCursor: string | null;
}

type PartKind = 'instant' | 'uuid' | 'number' | 'text';
type Parts<K extends readonly PartKind[]> = { readonly [I in keyof K]: string };

export const makeCursor = (...parts: readonly string[]): string =>
  Buffer.from(JSON.stringify(parts)).toString('base64url');

/** The parts of a cursor in the order of `kinds`; `undefined` without a cursor, a refusal for one of another list. */
export function readCursor<const K extends readonly PartKind[]>(
  cursor: string | undefined,
  kinds: K,
): Outcome<Parts<K> | undefined> {
  if (cursor === undefined) return ok(undefined);
  const parts = parsedParts(cursor);
  if (parts?.length === kinds.length && parts.every((part, index) => isOfKind(part, kinds[index])))
    return ok(parts as Parts<K>);
  return invalid(`cursor "${cursor}" is not one of this list: pass nextCursor of the page before, or leave it out`, {
    errors: [{ pointer: '/query/cursor', message: 'not a cursor of this list' }],
  });
}

/** One page out of up to `limit + 1` rows: the row too many says only that there is a next page. */
export function toPage<T>(rows: readonly T[], limit: number, cursorOf: (last: T) => string): Page<T> {
  const data = rows.slice(0, limit);
  const last = data.at(-1);
  return { data, nextCursor: rows.length > limit && last !== undefined ? cursorOf(last) : null };
}

function parsedParts(cursor: string): readonly string[] | undefined {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    return Array.isArray(parts) && parts.every((part) => typeof part === 'string') ? parts : undefined;
  } catch {
    return undefined;
  }
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function isOfKind(part: string, kind: PartKind | undefined): boolean {
  if (kind === 'uuid') return UUID.test(part);
  if (kind === 'number') return /^\d{1,9}$/.test(part);
  // PostgreSQL text cannot hold a NUL.
  if (kind === 'text') return !part.includes('\0');
  try {
    instant(part);
    return true;
  } catch {
    return false;
  }
}
