import { StringDecoder } from 'node:string_decoder';
import { CsvError, parse } from 'csv-parse';
import { CsvFileError } from './csv-file-error.ts';
import { quoteMender } from './csv-quotes.ts';

export const CSV_DELIMITERS = [',', ';', '\t', '|'] as const;
export type CsvDelimiter = (typeof CSV_DELIMITERS)[number];

export interface CsvRecord {
  /** Line of the file on which the record begins, from 1. */
  readonly line: number;
  /** Unquoted; blanks around unquoted cells are cut. */
  readonly cells: readonly string[];
}

export interface CsvParser {
  /** Gives the records that are complete so far to `onRecord`, before it returns. */
  write(bytes: Buffer | string): void;
  /** Gives the last record; throws `CsvFileError` for what cannot be read. */
  end(): Promise<void>;
  close(): void;
}

export const ROW_CHARACTERS_MAX = 1_000_000;
export const COLUMNS_MAX = 500;

/**
 * csv-parse with the tolerance that real exports need: any line ending, mixed ones too, stray quotes (see csv-quotes.ts), rows of
 * unequal length, blanks before a quote. Lines without any content are skipped.
 *
 * Line numbers are counted here: csv-parse 7.0.3 counts a CRLF inside quotes as two lines, and names the end of an unclosed quote.
 */
export function csvParser(options: {
  readonly delimiter: CsvDelimiter;
  readonly onRecord: (record: CsvRecord) => void;
}): CsvParser {
  let nextLine = 1;
  let blankLines = 0;
  let failure: Error | undefined;
  const parser = parse({
    delimiter: options.delimiter,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    ltrim: true,
    rtrim: true,
    max_record_size: ROW_CHARACTERS_MAX,
    on_record: (cells: string[], info) => {
      const line = nextLine + info.empty_lines - blankLines;
      nextLine = line + 1 + lineBreaksIn(cells);
      blankLines = info.empty_lines;
      if (cells.length > COLUMNS_MAX) throw tooManyColumns(line, cells.length);
      if (cells.some((cell) => cell !== '')) options.onRecord({ line, cells });
      return undefined;
    },
  });
  const decoder = new StringDecoder();
  const mender = quoteMender(options.delimiter);
  const startOfOpenRow = (): number => nextLine + parser.info.empty_lines - blankLines;
  // `errored` is set at once, which the event is not; without a listener the event would end the process.
  parser.on('error', () => undefined);
  const closed = new Promise((resolve) => parser.once('close', resolve));
  parser.resume();
  const check = (): void => {
    if (failure === undefined && parser.errored) failure = explain(parser.errored, startOfOpenRow());
    if (failure !== undefined) throw failure;
  };
  const feed = (bytes: Buffer | string, last: boolean): void => {
    check();
    const mended = mender.mend(typeof bytes === 'string' ? bytes : decoder.write(bytes), { last });
    if (mended !== '') parser.write(mended);
    const { unclear } = mender;
    if (unclear === undefined && mender.charactersHeld <= ROW_CHARACTERS_MAX) {
      check();
      return;
    }
    // csv-parse looks ahead: this makes it take the end of the row before.
    if (!parser.errored) parser.write(`"${'x'.repeat(LOOK_AHEAD)}`);
    const line = startOfOpenRow();
    failure = unclear === undefined ? rowTooLong(line) : strayQuote(line, unclear);
    throw failure;
  };
  return {
    write: (bytes) => {
      if (bytes.length > 0) feed(bytes, false);
    },
    end: async () => {
      feed('', true);
      if (!parser.destroyed) parser.end();
      await closed;
      check();
    },
    close: () => parser.destroy(),
  };
}

/** More characters than csv-parse wants to see before it decides about one. */
const LOOK_AHEAD = 8;

function lineBreaksIn(cells: readonly string[]): number {
  let count = 0;
  for (const cell of cells)
    if (cell.includes('\n') || cell.includes('\r')) count += cell.match(/\r\n|\n|\r/g)?.length ?? 0;
  return count;
}

function explain(error: Error, line: number): Error {
  if (!(error instanceof CsvError)) return error;
  if (error.code === 'CSV_QUOTE_NOT_CLOSED')
    return new CsvFileError(
      'unclosed_quote',
      `the row that begins on line ${line} opens a quote (") that is never closed: add the missing quote, or remove the one that is too much`,
    );
  if (error.code === 'CSV_MAX_RECORD_SIZE') return rowTooLong(line);
  return new CsvFileError(
    'unreadable_row',
    `the row that begins on line ${line} cannot be taken apart into cells: look at its quotes and separators, or save the file anew as "CSV UTF-8" and import that`,
  );
}

const strayQuote = (line: number, around: string): CsvFileError =>
  new CsvFileError(
    'stray_quote',
    `the row that begins on line ${line} has a quote (") too much or too few, near \u201c${around.replace(/\s+/g, ' ')}\u201d: write a quote that belongs to the text twice (""), close each cell that a quote opens, and import the file again`,
  );

const rowTooLong = (line: number): CsvFileError =>
  new CsvFileError(
    'row_too_long',
    `the row that begins on line ${line} is longer than ${ROW_CHARACTERS_MAX / 1_000_000} million characters: most often a quote (") on that line is never closed, or the lines of the file do not end`,
  );

const tooManyColumns = (line: number, columns: number): CsvFileError =>
  new CsvFileError(
    'too_many_columns',
    `the row on line ${line} has ${columns.toLocaleString('en-US')} columns, at most ${COLUMNS_MAX} can be read: remove the columns that are not needed`,
  );
