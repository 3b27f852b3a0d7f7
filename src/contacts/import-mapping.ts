import { err, ok, type Result } from '../platform/result.ts';
import { CsvFileError } from './csv-file-error.ts';
import type { CsvRecord } from './csv-parser.ts';
import { guessTargets } from './import-guess.ts';
import { headerMeaning, isNotes, isPlainName, normaliseHeader } from './import-headers.ts';
import type { ImportField, ImportTarget } from './import-target.ts';
import { parsePhone } from './phone.ts';

/** What a person decided: by column index (`"3"`, from 0) or by header. */
export type ImportMapping = Readonly<Record<string, ImportTarget>>;

export interface ImportColumn {
  readonly index: number;
  /** `Column 3` in a file without headers. */
  readonly header: string;
  readonly target: ImportTarget;
  /** The first values that are not empty, at most three. */
  readonly samples: readonly string[];
}

export interface ImportColumns {
  /** Without one, the first record is a contact as well. */
  readonly hasHeader: boolean;
  readonly columns: readonly ImportColumn[];
  /** In the order in which they are asked for a number. Empty: nothing can be imported, see `problems`. */
  readonly phoneColumns: readonly number[];
  readonly problems: readonly string[];
}

const ATTRIBUTE_COLUMNS_MAX = 50;
const ATTRIBUTE_NAME_MAX = 60;
const SAMPLES = 3;

/**
 * Finds out what the columns of a file are, from the header or, without one, from the values; `given` overrides that, column by
 * column, and a field that it claims is not looked for elsewhere. Several columns may have one field: see `import-rows.ts`.
 */
export function detectColumns(
  head: readonly CsvRecord[],
  given: ImportMapping = {},
): Result<ImportColumns, CsvFileError> {
  const first = head[0];
  if (first === undefined)
    return err(new CsvFileError('empty_file', 'this file holds no row with content: export the contacts again'));
  const hasHeader = !looksLikeContact(first.cells);
  const rows = hasHeader ? head.slice(1) : head;
  const width = hasHeader ? first.cells.length : Math.max(...head.map((record) => record.cells.length));
  const headers = Array.from(
    { length: width },
    (_, index) => (hasHeader && first.cells[index]?.trim()) || `Column ${index + 1}`,
  );
  const chosen = resolveMapping(headers, given);
  if (!chosen.ok) return chosen;
  const detected = hasHeader ? targetsByHeader(first.cells) : guessTargets(rows, width);
  const { targets, problems } = limitAttributes(applyChoice(detected, chosen.value), headers);
  const phoneColumns = phoneOrder(targets, headers);
  return ok({
    hasHeader,
    columns: headers.map((header, index) => ({
      index,
      header,
      target: targets[index] ?? 'ignore',
      samples: samplesOf(rows, index),
    })),
    phoneColumns,
    problems: phoneColumns.length > 0 ? problems : [noPhoneColumn(headers), ...problems],
  });
}

export const tellsOfConsent = ({ columns }: Pick<ImportColumns, 'columns'>): boolean =>
  columns.some(({ target }) => target === 'optOut' || target.startsWith('consent'));

/** A number or an e-mail address where a header should be: the first row is a person. */
const looksLikeContact = (cells: readonly string[]): boolean =>
  cells.some((cell) => parsePhone(cell).ok || /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(cell)) &&
  !cells.some((cell) => headerMeaning(cell)?.field === 'phone');

function targetsByHeader(headers: readonly string[]): readonly ImportTarget[] {
  const hasLastName = headers.some((header) => headerMeaning(header)?.field === 'lastName');
  const taken = new Set<string>();
  return headers.map((header) => {
    if (isNotes(header)) return attributeTarget('notes', taken);
    if (hasLastName && isPlainName(header) && !taken.has('firstName')) return take('firstName', taken);
    const field = headerMeaning(header)?.field;
    if (field === undefined) return attributeTarget(header, taken);
    if (SHARED_FIELDS.has(field) || !taken.has(field)) return take(field, taken);
    return attributeTarget(header, taken);
  });
}

/** Fields that several columns may fill without a person having said so. */
const SHARED_FIELDS: ReadonlySet<string> = new Set(['phone', 'street', 'tags', 'consentKind', 'optOut']);

function take(field: ImportField, taken: Set<string>): ImportField {
  taken.add(field);
  return field;
}

/** `Lead Source` becomes `attribute:lead_source`; a name that is taken, or is that of a field, gets a number. */
function attributeTarget(header: string, taken: Set<string>): ImportTarget {
  const name = attributeName(header);
  if (name === '') return 'ignore';
  let unique = name;
  for (let number = 2; taken.has(`attribute:${unique}`) || headerMeaning(unique) !== undefined; number += 1)
    unique = `${name}_${number}`;
  taken.add(`attribute:${unique}`);
  return `attribute:${unique}`;
}

export const attributeName = (header: string): string =>
  header
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, '_')
    .slice(0, ATTRIBUTE_NAME_MAX)
    .replace(/^_+|_+$/g, '');

function resolveMapping(
  headers: readonly string[],
  given: ImportMapping,
): Result<ReadonlyMap<number, ImportTarget>, CsvFileError> {
  const chosen = new Map<number, ImportTarget>();
  for (const [key, target] of Object.entries(given)) {
    const [index, ...others] = /^\d{1,3}$/.test(key) ? [Number(key)] : placesOf(headers, key);
    if (others.length > 0)
      return err(
        new CsvFileError(
          'ambiguous_column',
          `column ${JSON.stringify(key)} stands ${others.length + 1} times in this file; choose one by its place, which is ${[index, ...others].join(' or ')}`,
        ),
      );
    if (index === undefined || index >= headers.length)
      return err(
        new CsvFileError(
          'unknown_column',
          `column ${JSON.stringify(key)} is not in this file; it has ${listColumns(headers)}`,
        ),
      );
    chosen.set(index, target);
  }
  return ok(chosen);
}

const placesOf = (headers: readonly string[], key: string): readonly number[] =>
  headers.flatMap((header, index) => (normaliseHeader(header) === normaliseHeader(key) ? [index] : []));

function applyChoice(
  detected: readonly ImportTarget[],
  chosen: ReadonlyMap<number, ImportTarget>,
): readonly ImportTarget[] {
  const claimed = new Set(chosen.values());
  return detected.map((target, index) => chosen.get(index) ?? (claimed.has(target) ? 'ignore' : target));
}

function limitAttributes(
  targets: readonly ImportTarget[],
  headers: readonly string[],
): { targets: readonly ImportTarget[]; problems: readonly string[] } {
  const attributes = targets.flatMap((target, index) => (target.startsWith('attribute:') ? [index] : []));
  const left = new Set(attributes.slice(ATTRIBUTE_COLUMNS_MAX));
  if (left.size === 0) return { targets, problems: [] };
  return {
    targets: targets.map((target, index) => (left.has(index) ? 'ignore' : target)),
    problems: [
      `only the first ${ATTRIBUTE_COLUMNS_MAX} of ${attributes.length} extra columns are kept; left out: ${listColumns([...left].map((index) => headers[index] ?? ''))}`,
    ],
  };
}

/** Mobile before cell before plain phone before home and work; columns without such a header in the order of the file. */
function phoneOrder(targets: readonly ImportTarget[], headers: readonly string[]): readonly number[] {
  const rank = (index: number): number => {
    const meaning = headerMeaning(headers[index] ?? '');
    return meaning?.field === 'phone' ? meaning.rank : 3;
  };
  return targets
    .flatMap((target, index) => (target === 'phone' ? [index] : []))
    .sort((a, b) => rank(a) - rank(b) || a - b);
}

const noPhoneColumn = (headers: readonly string[]): string =>
  `no column holds phone numbers; the file has ${listColumns(headers)}. Name the column "Phone" or "Mobile", or choose it`;

const COLUMNS_LISTED = 30;

function listColumns(headers: readonly string[]): string {
  const named = headers.slice(0, COLUMNS_LISTED).map((header) => JSON.stringify(shortened(header)));
  return headers.length > COLUMNS_LISTED
    ? `${named.join(', ')} and ${headers.length - COLUMNS_LISTED} more`
    : named.join(', ');
}

const HEADER_SHOWN = 60;

const shortened = (header: string): string =>
  header.length > HEADER_SHOWN ? `${header.slice(0, HEADER_SHOWN).trimEnd()}…` : header;

const samplesOf = (rows: readonly CsvRecord[], index: number): readonly string[] =>
  rows
    .map((record) => record.cells[index]?.trim() ?? '')
    .filter((cell) => cell !== '')
    .slice(0, SAMPLES);
