import { ConsentCounter } from './consent-readings.ts';
import { CsvFileError } from './csv-file-error.ts';
import { type CsvFile, type CsvOptions, type CsvSource, openCsv } from './csv-reader.ts';
import { contactCopyLine, refusalCopyLine } from './import-copy.ts';
import { detectColumns, type ImportColumns, type ImportMapping } from './import-mapping.ts';
import { type ImportedContact, rowReader } from './import-rows.ts';
import { areaCodeOf, type CountryCode } from './phone.ts';
import { plausibleZones, zipPrefix, zoneGroupKey } from './zones.ts';

export interface ReadRequest extends Pick<CsvOptions, 'encoding' | 'delimiter' | 'bytesMax' | 'signal'> {
  /** Opens the file from its beginning; called again when the transaction has to be run again. */
  readonly open: () => CsvSource;
  readonly mapping?: ImportMapping;
  readonly defaultCountry?: CountryCode;
  /** Given to every contact of the file. */
  readonly addTags?: readonly string[];
  /** Called after every 64 KiB of the file. */
  readonly onProgress?: (progress: { readonly rows: number; readonly bytes: number }) => void;
}

export interface OpenImport {
  readonly file: CsvFile;
  readonly columns: ImportColumns;
}

/** Throws `CsvFileError` for a file that cannot be read, or not with this mapping. */
export async function openImport(request: ReadRequest): Promise<OpenImport> {
  const file = await openCsv(request.open(), request);
  const columns = detectColumns(file.head, request.mapping);
  if (columns.ok) return { file, columns: columns.value };
  await file.close();
  throw columns.error;
}

export interface ReadCounts {
  rows: number;
  refused: number;
  emailsDropped: number;
  /** What the rows that are taken say of consents. */
  readonly consents: ConsentCounter;
}

export const noCounts = (): ReadCounts => ({ rows: 0, refused: 0, emailsDropped: 0, consents: new ConsentCounter() });

/** Rows that go to the database at once: large enough for its statements to be cheap, small enough for memory. */
const PORTION_ROWS = 20_000;

/** The checked rows of a file as COPY text, portion by portion; counts what it reads. Throws `CsvFileError`. */
export async function* readPortions(
  { file, columns }: OpenImport,
  request: ReadRequest,
  counts: ReadCounts,
): AsyncGenerator<readonly Buffer[]> {
  const readRow = rowReader(columns, request);
  const zoneGroupOf = zoneGroups();
  const headerLine = columns.hasHeader ? file.head[0]?.line : undefined;
  let pieces: Buffer[] = [];
  let sentRows = 0;
  for await (const batch of file.batches) {
    let lines = '';
    for (const record of batch) {
      if (record.line === headerLine) continue;
      const row = readRow(record);
      counts.rows += 1;
      if (!row.ok) counts.refused += 1;
      else countRow(row.value, counts);
      lines += row.ok ? contactCopyLine(row.value, zoneGroupOf(row.value)) : refusalCopyLine(row.error);
    }
    pieces.push(Buffer.from(lines));
    request.onProgress?.({ rows: counts.rows, bytes: file.bytesRead });
    if (counts.rows - sentRows < PORTION_ROWS) continue;
    yield pieces;
    pieces = [];
    sentRows = counts.rows;
  }
  if (counts.rows === 0) throw noRows(headerLine);
  if (counts.rows > sentRows) yield pieces;
}

function countRow({ emailDropped, consent }: ImportedContact, counts: ReadCounts): void {
  if (emailDropped) counts.emailsDropped += 1;
  counts.consents.add(consent);
}

const noRows = (headerLine: number | undefined): CsvFileError =>
  new CsvFileError(
    'no_rows',
    `this file has a header on line ${headerLine} and no row below it: export the contacts again`,
  );

const ZONE_GROUPS_KEPT = 50_000;

/** Zone groups by what they depend on: there are few of those, and a million rows. */
function zoneGroups(): (contact: ImportedContact) => string {
  const known = new Map<string, string>();
  return ({ phone, fields: { state, postalCode } }) => {
    const key = `${areaCodeOf(phone)} ${postalCode === null ? '' : zipPrefix(postalCode)} ${state}`;
    const group = known.get(key) ?? zoneGroupKey(plausibleZones({ phone, state, postalCode }));
    if (known.size < ZONE_GROUPS_KEPT) known.set(key, group);
    return group;
  };
}
