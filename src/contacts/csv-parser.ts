import { CsvError, parse } from 'csv-parse';
import { CsvFileError } from './csv-file-error.ts';

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
 * csv-parse with the tolerance that real exports need: any line ending, mixed ones too, stray quotes inside of cells, rows of unequal
 * length, blanks before a quote. Lines without any content are skipped.
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
  const startOfOpenRow = (): number => nextLine + parser.info.empty_lines - blankLines;
  parser.on('error', (error) => {
    failure ??= explain(error, startOfOpenRow());
  });
  const closed = new Promise((resolve) => parser.once('close', resolve));
  parser.resume();
  const check = (): void => {
    if (failure !== undefined) throw failure;
  };
  return {
    write: (bytes) => {
      check();
      if (bytes.length > 0) parser.write(bytes);
    },
    end: async () => {
      if (!parser.destroyed) parser.end();
      await closed;
      check();
    },
    close: () => parser.destroy(),
  };
}

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
  if (error.code === 'CSV_MAX_RECORD_SIZE')
    return new CsvFileError(
      'row_too_long',
      `the row that begins on line ${line} is longer than ${ROW_CHARACTERS_MAX / 1_000_000} million characters: most often a quote (") on that line is never closed`,
    );
  return error;
}

const tooManyColumns = (line: number, columns: number): CsvFileError =>
  new CsvFileError(
    'too_many_columns',
    `the row on line ${line} has ${columns} columns, at most ${COLUMNS_MAX} can be read: remove the columns that are not needed`,
  );
