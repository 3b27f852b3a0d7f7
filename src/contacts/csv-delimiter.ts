import { CSV_DELIMITERS, type CsvDelimiter, type CsvRecord, csvParser } from './csv-parser.ts';

const RECORDS_LOOKED_AT = 100;

/**
 * The separator under which the first records have the most columns, equally many in each. Quotes are honoured, so that commas in a
 * quoted company name do not count. A file with one column has none: then it is the comma.
 */
export function detectDelimiter(head: Buffer | string): CsvDelimiter {
  const rated = CSV_DELIMITERS.map((delimiter) => ({ delimiter, rating: rate(headRecords(head, delimiter)) }));
  return rated.reduce((best, next) => (next.rating > best.rating ? next : best)).delimiter;
}

/** The complete records of the beginning of a file. What a wrong delimiter breaks is left out. */
export function headRecords(head: Buffer | string, delimiter: CsvDelimiter): readonly CsvRecord[] {
  const records: CsvRecord[] = [];
  const parser = csvParser({ delimiter, onRecord: (record) => records.push(record) });
  parser.write(head);
  parser.close();
  return records.slice(0, RECORDS_LOOKED_AT);
}

/** Zero for a single column; consistency weighs more than width. */
function rate(records: readonly CsvRecord[]): number {
  const rowsByWidth = new Map<number, number>();
  for (const { cells } of records) rowsByWidth.set(cells.length, (rowsByWidth.get(cells.length) ?? 0) + 1);
  const ratings = [...rowsByWidth].map(([width, rows]) => (rows / records.length) ** 2 * Math.log2(width));
  return Math.max(0, ...ratings);
}
