import { CsvFileError } from './csv-file-error.ts';
import { COLUMNS_MAX, CSV_DELIMITERS, type CsvDelimiter, type CsvRecord, csvParser } from './csv-parser.ts';

const RECORDS_LOOKED_AT = 100;

/**
 * The separator under which the first records have the most columns, equally many in each. Quotes are honoured, so that commas in a
 * quoted company name do not count. A file with one column has none: then it is the comma.
 */
export function detectDelimiter(head: Buffer | string): CsvDelimiter {
  const rated = CSV_DELIMITERS.map((delimiter) => ({ delimiter, rating: rate(headRecords(head, delimiter)) }));
  return rated.reduce((best, next) => (next.rating > best.rating ? next : best)).delimiter;
}

export interface HeadRecords {
  readonly records: readonly CsvRecord[];
  /** Why there are no more of them, besides the end of the head. */
  readonly problem: CsvFileError | undefined;
}

/** The complete records of the beginning of a file. */
export function headRecords(head: Buffer | string, delimiter: CsvDelimiter): HeadRecords {
  const records: CsvRecord[] = [];
  const parser = csvParser({ delimiter, onRecord: (record) => records.push(record) });
  let problem: CsvFileError | undefined;
  try {
    parser.write(head);
  } catch (error) {
    if (!(error instanceof CsvFileError)) throw error;
    problem = error;
  } finally {
    parser.close();
  }
  return { records: records.slice(0, RECORDS_LOOKED_AT), problem };
}

/** Zero for a single column; consistency weighs more than width. A first row with too many columns says enough. */
function rate({ records, problem }: HeadRecords): number {
  if (records.length === 0) return problem?.problem === 'too_many_columns' ? Math.log2(COLUMNS_MAX) : 0;
  const rowsByWidth = new Map<number, number>();
  for (const { cells } of records) rowsByWidth.set(cells.length, (rowsByWidth.get(cells.length) ?? 0) + 1);
  const ratings = [...rowsByWidth].map(([width, rows]) => (rows / records.length) ** 2 * Math.log2(width));
  return Math.max(0, ...ratings);
}
