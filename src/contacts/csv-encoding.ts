import { isAscii, isUtf8 } from 'node:buffer';
import iconv from 'iconv-lite';
import { CsvFileError } from './csv-file-error.ts';

export const CSV_ENCODINGS = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252'] as const;
export type CsvEncoding = (typeof CSV_ENCODINGS)[number];

/** Turns the bytes of a file, chunk by chunk, into UTF-8 bytes or text without its byte order mark. */
export interface CsvDecoder {
  /** May change from `utf-8` to `windows-1252` when the first byte outside of ASCII comes. */
  readonly encoding: CsvEncoding;
  write(chunk: Buffer): Buffer | string;
  end(): Buffer | string;
}

/**
 * Chooses by the first bytes: a byte order mark; else the pattern of NULs that UTF-16 leaves in western text; else UTF-8 that may
 * turn out to be Windows-1252 (see `Utf8Decoder`).
 */
export function csvDecoder(head: Buffer, encoding: CsvEncoding = detectEncoding(head)): CsvDecoder {
  if (encoding === 'utf-8') return new Utf8Decoder();
  if (encoding === 'windows-1252')
    return { encoding, write: (chunk) => iconv.decode(chunk, 'windows-1252'), end: () => '' };
  // iconv-lite 0.7.3 breaks a surrogate pair that lies across two chunks.
  const decoder = new TextDecoder(encoding);
  return { encoding, write: (chunk) => decoder.decode(chunk, { stream: true }), end: () => decoder.decode() };
}

function detectEncoding(head: Buffer): CsvEncoding {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  const zeros = [0, 0];
  const pairs = Math.floor(head.length / 2);
  for (let at = 0; at < pairs * 2; at += 1) if (head[at] === 0) zeros[at % 2] = (zeros[at % 2] ?? 0) + 1;
  const [even = 0, odd = 0] = zeros;
  if (odd > pairs * 0.4 && even < pairs * 0.05) return 'utf-16le';
  if (even > pairs * 0.4 && odd < pairs * 0.05) return 'utf-16be';
  return 'utf-8';
}

const NUL = 0;
const LINE_FEED = 10;

/**
 * ASCII is the same in UTF-8 and Windows-1252, so the first chunk with anything else decides, wherever in the file it comes (for most
 * files the first 64 KiB): mostly valid UTF-8 is UTF-8, anything else is Windows-1252 from there to the end. Once UTF-8 is proven
 * (or a byte order mark said so), an invalid byte is damage: guessing would store a broken name, so that reading stops with the
 * place of the byte.
 */
class Utf8Decoder implements CsvDecoder {
  #proven: CsvEncoding | undefined;
  #carry: Buffer = Buffer.alloc(0);
  #offset = 0;
  #line = 1;
  #started = false;

  get encoding(): CsvEncoding {
    return this.#proven ?? 'utf-8';
  }

  write(chunk: Buffer): Buffer | string {
    return this.#decode(this.#carry.length === 0 ? chunk : Buffer.concat([this.#carry, chunk]), false);
  }

  end(): Buffer | string {
    return this.#decode(this.#carry, true);
  }

  #decode(given: Buffer, last: boolean): Buffer | string {
    const bytes = this.#withoutMark(given, last);
    const complete = last ? bytes.length : completeLength(bytes);
    this.#carry = bytes.subarray(complete);
    const body = bytes.subarray(0, complete);
    const decoded = this.#checked(body);
    this.#offset += body.length;
    this.#line += countLines(body);
    return decoded;
  }

  #withoutMark(bytes: Buffer, last: boolean): Buffer {
    if (this.#started || (bytes.length < 3 && !last)) return bytes;
    this.#started = true;
    if (bytes[0] !== 0xef || bytes[1] !== 0xbb || bytes[2] !== 0xbf) return bytes;
    this.#proven = 'utf-8';
    this.#offset = 3;
    return bytes.subarray(3);
  }

  #checked(body: Buffer): Buffer | string {
    const nul = body.indexOf(NUL);
    if (nul >= 0)
      throw this.#refusal('not_text', nul, body, 'a NUL byte is no text: save the file as "CSV UTF-8" and import that');
    if (isAscii(body)) return body;
    this.#proven ??= isMostlyUtf8(body) ? 'utf-8' : 'windows-1252';
    if (this.#proven === 'windows-1252') return iconv.decode(body, 'windows-1252');
    if (isUtf8(body)) return body;
    const at = firstInvalid(body);
    const value = `0x${(body[at] ?? 0).toString(16)}`;
    throw this.#refusal(
      'bad_encoding',
      at,
      body,
      `the text is UTF-8, but ${value} is not: open the file in the program it comes from, save it as "CSV UTF-8" and import that`,
    );
  }

  #refusal(code: 'not_text' | 'bad_encoding', at: number, body: Buffer, problem: string): CsvFileError {
    const line = this.#line + countLines(body.subarray(0, at));
    return new CsvFileError(code, `this file cannot be read at byte ${this.#offset + at} (line ${line}): ${problem}`);
  }
}

/** How many bytes are left when a UTF-8 sequence that has only begun is cut off the end. */
function completeLength(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return bytes.length;
    if (byte >= 0xc0) return back < sequenceLength(byte) ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

/** At least half of what is not ASCII is valid UTF-8, which other text is only by accident: one damaged name in a UTF-8 file must not turn all others into mojibake. */
function isMostlyUtf8(body: Buffer): boolean {
  let valid = 0;
  let invalid = 0;
  for (let at = 0; at < body.length; ) {
    const length = sequenceLength(body[at] ?? 0);
    const isValid = isUtf8(body.subarray(at, at + length));
    if (length > 1 && isValid) valid += 1;
    if (!isValid) invalid += 1;
    at += isValid ? length : 1;
  }
  return valid > 0 && valid >= invalid;
}

function firstInvalid(body: Buffer): number {
  for (let at = 0; at < body.length; ) {
    const end = at + sequenceLength(body[at] ?? 0);
    if (!isUtf8(body.subarray(at, end))) return at;
    at = end;
  }
  return body.length;
}

/** Of the UTF-8 sequence that a byte begins. */
const sequenceLength = (lead: number): number => (lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0x80 ? 2 : 1);

function countLines(bytes: Buffer): number {
  let lines = 0;
  for (let at = bytes.indexOf(LINE_FEED); at >= 0; at = bytes.indexOf(LINE_FEED, at + 1)) lines += 1;
  return lines;
}
