import { createHash } from 'node:crypto';
import type { z } from 'zod';
import type { Instant } from '../platform/time.ts';
import { firstIssue } from './exchange-answer.ts';
import type { UnreadableEntry } from './gateway.ts';

/** How entries of one gateway are read. */
export interface EntryReader<T> {
  readonly schema: z.ZodType<T>;
  /** Names of the fields that hold the id of an entry and when it was made. */
  readonly ref: string;
  readonly time: string;
  readonly timeField: z.ZodType<Instant>;
}

export interface ReadEntry<T> {
  readonly entry: T;
  /** As it came. */
  readonly raw: Readonly<Record<string, unknown>>;
}

/**
 * Each entry of a list by itself: one that cannot be read is named, and takes no other with it. Nor may what a database refuses get
 * into a comparison.
 */
export function readEntries<T extends object>(
  raws: readonly unknown[],
  reader: EntryReader<T>,
): { readonly readable: readonly ReadEntry<T>[]; readonly unreadable: readonly UnreadableEntry[] } {
  const readable: ReadEntry<T>[] = [];
  const unreadable: UnreadableEntry[] = [];
  for (const raw of raws) {
    const parsed = reader.schema.safeParse(raw);
    const problem = parsed.success ? unstorableIn(parsed.data) : firstIssue(parsed.error);
    if (parsed.success && problem === undefined) readable.push({ entry: parsed.data, raw: fieldsOf(raw) });
    else unreadable.push(nameOf(raw, { reader, problem: problem ?? 'malformed' }));
  }
  return { readable, unreadable };
}

const fieldsOf = (raw: unknown): Readonly<Record<string, unknown>> =>
  typeof raw === 'object' && raw !== null && !Array.isArray(raw) ? { ...raw } : {};

/** Real ids and numbers have some 40 characters. */
const LENGTH_MAX = 200;
/** What people write goes on as an event, and the edge puts it right. */
const WORDS: ReadonlySet<string> = new Set(['text', 'body']);

function unstorableIn(entry: object): string | undefined {
  for (const [name, value] of Object.entries(entry)) {
    const texts = Array.isArray(value) ? value : [value];
    if (!WORDS.has(name) && texts.some((text) => typeof text === 'string' && !isStorable(text)))
      return `${name}: cannot be stored`;
  }
  return undefined;
}

const isStorable = (text: string): boolean =>
  text.isWellFormed() && !text.includes('\u0000') && text.length <= LENGTH_MAX;

/** Without a usable id, by a digest: the same thing must not be found twice. */
function nameOf<T>(
  raw: unknown,
  { reader, problem }: { readonly reader: EntryReader<T>; readonly problem: string },
): UnreadableEntry {
  const fields = fieldsOf(raw);
  const id = fields[reader.ref];
  const at = reader.timeField.safeParse(fields[reader.time]);
  return {
    ref: typeof id === 'string' && id !== '' && isStorable(id) ? id : `sha256:${digestOf(raw)}`,
    at: at.success ? at.data : undefined,
    problem: problem.toWellFormed().replaceAll('\u0000', '').slice(0, LENGTH_MAX),
  };
}

const digestOf = (raw: unknown): string => createHash('sha256').update(JSON.stringify(raw)).digest('hex');
