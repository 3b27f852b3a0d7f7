import { detectDelimiter, headRecords } from './csv-delimiter.ts';
import { type CsvDecoder, type CsvEncoding, csvDecoder } from './csv-encoding.ts';
import { CsvFileError } from './csv-file-error.ts';
import { foreignFile } from './csv-file-kind.ts';
import { type CsvDelimiter, type CsvRecord, csvParser, ROW_CHARACTERS_MAX } from './csv-parser.ts';

export interface CsvSource {
  /** The bytes of the file, for one reading: a `Readable` will do. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** When it is known, a file that is too large is refused before it is read. */
  readonly sizeBytes?: number;
}

export interface CsvOptions {
  readonly bytesMax?: number;
  /** What a person said; otherwise both are detected. */
  readonly encoding?: CsvEncoding;
  readonly delimiter?: CsvDelimiter;
  /** Aborting ends the reading with the signal's reason. */
  readonly signal?: AbortSignal;
}

export interface CsvFile {
  /** Final once everything is read: a file can stay pure ASCII for long. */
  readonly encoding: CsvEncoding;
  readonly delimiter: CsvDelimiter;
  readonly bytesRead: number;
  /** The first records (at most 100, of the first 64 KiB unless the first one alone is longer), for detecting the columns. */
  readonly head: readonly CsvRecord[];
  /** All records from the first on, in batches of what one chunk held. For one reading. Throws `CsvFileError`. */
  readonly batches: AsyncGenerator<readonly CsvRecord[]>;
  /** For a file whose batches are not read: lets go of the source. */
  close(): Promise<void>;
}

export const FILE_BYTES_MAX = 2 * 1024 ** 3;
const HEAD_BYTES = 64 * 1024;
/** In any encoding, more than the longest row that can be read. */
const FIRST_ROW_BYTES_MAX = 4 * ROW_CHARACTERS_MAX + HEAD_BYTES;

/**
 * Opens a file of comma-separated values as spreadsheets, CRMs and phones export them. Memory stays at a few chunks, whatever the
 * size. Throws `CsvFileError` for a file that is empty, too large, or no text.
 */
export async function openCsv(source: CsvSource, options: CsvOptions = {}): Promise<CsvFile> {
  const bytesMax = options.bytesMax ?? FILE_BYTES_MAX;
  if (source.sizeBytes !== undefined && source.sizeBytes > bytesMax) throw tooLarge(source.sizeBytes, bytesMax);
  const chunks = new ChunkReader(source.chunks, { bytesMax, signal: options.signal });
  try {
    const { head, delimiter, announced, records } = await readHead(chunks, options);
    const decoder = csvDecoder(head, options.encoding);
    return {
      get encoding() {
        return decoder.encoding;
      },
      get bytesRead() {
        return chunks.bytesRead;
      },
      delimiter,
      head: records,
      batches: readRecords({ chunks, decoder, delimiter, skipFirst: announced }),
      close: () => chunks.close(),
    };
  } catch (error) {
    await chunks.close();
    throw error;
  }
}

interface Head {
  readonly head: Buffer;
  readonly delimiter: CsvDelimiter;
  readonly announced: boolean;
  readonly records: readonly CsvRecord[];
}

/** Looks at as much of the file as its first record needs. Throws the reason when that cannot be read. */
async function readHead(chunks: ChunkReader, options: CsvOptions): Promise<Head> {
  const head = await chunks.readHead(HEAD_BYTES);
  refuseForeign(head);
  const first = parseHead(head, options, chunks.ended);
  if (first.records.length > 0) return first;
  const whole = parseHead(await chunks.readHead(FIRST_ROW_BYTES_MAX), options, chunks.ended);
  if (whole.records.length > 0) return whole;
  await requireReadable(whole.decoded, { delimiter: whole.delimiter, wholeFile: chunks.ended });
  return whole;
}

function parseHead(
  head: Buffer,
  options: CsvOptions,
  wholeFile: boolean,
): Head & { readonly decoded: Buffer | string } {
  const decoded = decodeHead(head, { encoding: options.encoding, wholeFile });
  const { delimiter, announced } = chooseDelimiter(decoded, options.delimiter);
  const { records } = headRecords(decoded, delimiter);
  return { head, decoded, delimiter, announced, records: records.slice(announced ? 1 : 0) };
}

/** Text without a record: because nothing is in it, or because of what this throws. */
async function requireReadable(
  text: Buffer | string,
  options: { readonly delimiter: CsvDelimiter; readonly wholeFile: boolean },
): Promise<void> {
  const parser = csvParser({ delimiter: options.delimiter, onRecord: () => undefined });
  try {
    parser.write(text);
    if (options.wholeFile) return await parser.end();
  } finally {
    parser.close();
  }
  throw new CsvFileError(
    'empty_file',
    `the first ${mebibytes(FIRST_ROW_BYTES_MAX)} MiB of this file hold no row with content: remove the empty lines at its beginning`,
  );
}

interface RecordReading {
  readonly chunks: ChunkReader;
  readonly decoder: CsvDecoder;
  readonly delimiter: CsvDelimiter;
  readonly skipFirst: boolean;
}

async function* readRecords({
  chunks,
  decoder,
  delimiter,
  skipFirst,
}: RecordReading): AsyncGenerator<readonly CsvRecord[]> {
  let batch: CsvRecord[] = [];
  const parser = csvParser({
    delimiter,
    onRecord: (record) => {
      if (!(skipFirst && record.line === 1)) batch.push(record);
    },
  });
  try {
    for (let chunk = await chunks.next(); chunk !== undefined; chunk = await chunks.next()) {
      parser.write(decoder.write(chunk));
      if (batch.length > 0) yield batch;
      batch = [];
    }
    parser.write(decoder.end());
    await parser.end();
    if (batch.length > 0) yield batch;
  } finally {
    parser.close();
    await chunks.close();
  }
}

interface ReadingLimits {
  readonly bytesMax: number;
  readonly signal: AbortSignal | undefined;
}

/** The source in chunks of at most 64 KiB, with the first one read ahead and the size watched. */
class ChunkReader {
  bytesRead = 0;
  ended = false;
  readonly #source: AsyncIterator<Uint8Array>;
  readonly #limits: ReadingLimits;
  #bytesPulled = 0;
  /** Read from the source, not yet given out. */
  #pending: Buffer = Buffer.alloc(0);

  constructor(chunks: AsyncIterable<Uint8Array>, limits: ReadingLimits) {
    this.#source = chunks[Symbol.asyncIterator]();
    this.#limits = limits;
  }

  /** Looks at the first `bytes`, or at the whole file when it is shorter (`ended`). The bytes stay to be read. */
  async readHead(bytes: number): Promise<Buffer> {
    const parts = [this.#pending];
    for (let size = this.#pending.length; size <= bytes; ) {
      const chunk = await this.#pull();
      if (chunk === undefined) break;
      parts.push(chunk);
      size += chunk.length;
    }
    this.#pending = Buffer.concat(parts);
    return this.#pending.subarray(0, bytes);
  }

  async next(): Promise<Buffer | undefined> {
    this.#limits.signal?.throwIfAborted();
    if (this.#pending.length === 0) this.#pending = (await this.#pull()) ?? this.#pending;
    if (this.#pending.length === 0) return undefined;
    const chunk = this.#pending.subarray(0, HEAD_BYTES);
    this.#pending = this.#pending.subarray(HEAD_BYTES);
    this.bytesRead += chunk.length;
    return chunk;
  }

  async close(): Promise<void> {
    await this.#source.return?.();
  }

  /** The next bytes of the source; never an empty chunk. */
  async #pull(): Promise<Buffer | undefined> {
    while (!this.ended) {
      const { done, value } = await this.#source.next();
      this.ended = done === true;
      if (done === true || value.length === 0) continue;
      this.#bytesPulled += value.length;
      if (this.#bytesPulled > this.#limits.bytesMax) throw tooLarge(this.#bytesPulled, this.#limits.bytesMax);
      return Buffer.from(value.buffer, value.byteOffset, value.length);
    }
    return undefined;
  }
}

function refuseForeign(head: Buffer): void {
  if (head.length === 0)
    throw new CsvFileError('empty_file', 'this file is empty (0 bytes): export the contacts again');
  const kind = foreignFile(head);
  if (kind !== undefined) throw new CsvFileError('not_text', kind);
}

/** csv-parse looks a few characters ahead before it gives a record out. */
const LINES_TO_FLUSH = '\n'.repeat(8);

/** A decoder of its own: the one of the whole reading must see the head only once. */
function decodeHead(
  head: Buffer,
  options: { readonly encoding: CsvEncoding | undefined; readonly wholeFile: boolean },
): Buffer | string {
  const decoder = csvDecoder(head, options.encoding);
  const decoded = decoder.write(head);
  if (!options.wholeFile) return decoded;
  return `${decoded.toString()}${decoder.end().toString()}${LINES_TO_FLUSH}`;
}

/** Spreadsheets write `sep=;` on the first line as a hint to each other. */
function chooseDelimiter(
  head: Buffer | string,
  given: CsvDelimiter | undefined,
): { delimiter: CsvDelimiter; announced: boolean } {
  const hint = /^sep=([,;\t|])\r?\n/i.exec(typeof head === 'string' ? head : head.toString('latin1', 0, 16));
  const announced = hint?.[1];
  if (isDelimiter(announced)) return { delimiter: given ?? announced, announced: true };
  return { delimiter: given ?? detectDelimiter(head), announced: false };
}

const isDelimiter = (text: string | undefined): text is CsvDelimiter =>
  text === ',' || text === ';' || text === '\t' || text === '|';

const tooLarge = (bytes: number, bytesMax: number): CsvFileError =>
  new CsvFileError(
    'file_too_large',
    `this file has ${mebibytes(bytes)} MiB or more, at most ${mebibytes(bytesMax)} MiB can be imported at once: split it into parts`,
  );

const mebibytes = (bytes: number): string => (Math.ceil((bytes / 1024 ** 2) * 10) / 10).toLocaleString('en-US');
