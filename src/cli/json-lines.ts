import { StringDecoder } from 'node:string_decoder';
import type { ZodError } from 'zod';
import { err, ok, type Result } from '../platform/result.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/** A text of 10 message parts in JSON escapes needs 20,000 characters; whoever sends this much sends something else. */
const LINE_LENGTH_MAX = 1_000_000;

/**
 * The lines of a stream of UTF-8, in batches of what one chunk ended; `undefined` stands for a line that is too long to be kept. Only
 * LF ends a line: `node:readline` would also break at U+2028, which JSON text may hold.
 */
export async function* readLines(
  chunks: AsyncIterable<Uint8Array>,
  lengthMax = LINE_LENGTH_MAX,
): AsyncGenerator<readonly (string | undefined)[]> {
  const decoder = new StringDecoder('utf8');
  let begun: string | undefined = '';
  let first = true;
  for await (const chunk of chunks) {
    const pieces = decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)).split('\n');
    const rest = pieces.pop() ?? '';
    const lines: (string | undefined)[] = [];
    for (const piece of pieces) {
      lines.push(joined(begun, piece, lengthMax));
      begun = '';
    }
    begun = joined(begun, rest, lengthMax);
    if (first && lines.length > 0) {
      lines[0] = lines[0]?.replace(/^\uFEFF/, '');
      first = false;
    }
    if (lines.length > 0) yield lines;
  }
  const last = joined(begun, decoder.end(), lengthMax);
  if (last !== '') yield [first ? last?.replace(/^\uFEFF/, '') : last];
}

const joined = (begun: string | undefined, more: string, lengthMax: number): string | undefined =>
  begun === undefined || begun.length + more.length > lengthMax ? undefined : begun + more;

/** The object on one line, or what is wrong with it. */
export function parseJsonLine(line: string | undefined): Result<JsonObject, string> {
  if (line === undefined)
    return err(`the line has more than ${LINE_LENGTH_MAX} characters: expected one JSON object per line`);
  if (line.trim() === '') return err('the line is empty: expected one JSON object per line');
  try {
    const value: unknown = JSON.parse(line);
    if (isJsonObject(value)) return ok(value);
    return err(`expected a JSON object, got ${Array.isArray(value) ? 'an array' : JSON.stringify(value).slice(0, 40)}`);
  } catch (error) {
    return err(`not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** What is wrong with which field of an object. */
export const issueWords = ({ issues }: ZodError): string =>
  issues.map(({ path, message }) => (path.length === 0 ? message : `"${path.join('.')}": ${message}`)).join('; ');

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
