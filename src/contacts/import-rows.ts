import { err, ok, type Result } from '../platform/result.ts';
import { type ContactFields, NO_FIELDS, tidyTags } from './contact.ts';
import type { CsvRecord } from './csv-parser.ts';
import { type ImportedConsent, readImportedConsent } from './import-consent.ts';
import { type ImportColumns, tellsOfConsent } from './import-mapping.ts';
import type { ImportField, ImportTarget } from './import-target.ts';
import { cleanText, clip, isBrokenQuote, meaningful, oneLine, repairZip } from './import-values.ts';
import { splitName } from './person-name.ts';
import { type CountryCode, type E164, type PhoneRefusal, parsePhone } from './phone.ts';
import { stateCode } from './states.ts';

/** One row of a file as it will be stored. */
export interface ImportedContact {
  readonly line: number;
  readonly phone: E164;
  readonly fields: ContactFields;
  /** Sorted; each once, whatever its case. */
  readonly tags: readonly string[];
  readonly attributes: Readonly<Record<string, string>>;
  /** The row had an e-mail address that is none. The contact is taken without it. */
  readonly emailDropped: boolean;
  /** Absent when the row says nothing of one. */
  readonly consent?: ImportedConsent;
}

export type ImportRefusalReason = PhoneRefusal['reason'] | 'too_many_columns' | 'value_too_long' | 'broken_quotes';

export interface ImportRefusal {
  /** On which the row begins; the header is line 1. */
  readonly line: number;
  /** What was wrong, as the file has it; for `value_too_long` the column and the length. */
  readonly value: string;
  readonly reason: ImportRefusalReason;
}

/** The most characters that a field holds; longer values are refused, because half of a value is a wrong value. */
const LENGTHS_MAX: Readonly<Record<keyof ContactFields, number>> = {
  firstName: 200,
  lastName: 200,
  email: 320,
  company: 200,
  street: 300,
  city: 100,
  state: 50,
  postalCode: 20,
};
const TAG_LENGTH_MAX = 100;
const TAGS_MAX = 100;
const ATTRIBUTE_LENGTH_MAX = 2_000;

export type ReadRow = (record: CsvRecord) => Result<ImportedContact, ImportRefusal>;

/** Makes the function that reads one row, for the columns of one file. */
export function rowReader(
  columns: ImportColumns,
  options: { readonly defaultCountry?: CountryCode; readonly addTags?: readonly string[] } = {},
): ReadRow {
  const plan = readingPlan(columns);
  const { defaultCountry = 'US', addTags = [] } = options;
  return (record) => {
    const refuse = (reason: ImportRefusalReason, value: string): Result<never, ImportRefusal> =>
      err({ line: record.line, value: clip(cleanText(value)), reason });
    const surplus =
      record.cells.length > plan.width ? record.cells.slice(plan.width).find((cell) => cell.trim() !== '') : undefined;
    if (surplus !== undefined) return refuse('too_many_columns', surplus);
    const broken = record.cells.find(isBrokenQuote);
    if (broken !== undefined) return refuse('broken_quotes', broken);
    const phone = readPhone(record.cells, columns.phoneColumns, defaultCountry);
    if (!phone.ok) return refuse(phone.error.reason, phone.error.value);
    const { fields, emailDropped } = readFields(record.cells, plan);
    const tags = tidyTags([
      ...addTags,
      ...plan.columnsOf.tags.flatMap((index) => splitTags(record.cells[index] ?? '')),
    ]);
    const attributes = readAttributes(record.cells, plan);
    const tooLong = findTooLong({ fields, tags, attributes }, plan);
    if (tooLong !== undefined) return refuse('value_too_long', tooLong);
    const contact = { line: record.line, phone: phone.value, fields, tags: sortTags(tags), attributes, emailDropped };
    const consent = plan.hasConsent ? readConsent(record.cells, plan) : null;
    return ok(consent === null ? contact : { ...contact, consent });
  };
}

/**
 * The rule for rows with one number: the first value of a field that is not empty stays, later rows fill gaps, tags are united. The
 * import does the same in SQL.
 */
export function mergeImported(first: ImportedContact, later: ImportedContact): ImportedContact {
  const fields = { ...first.fields };
  for (const field of FIELD_NAMES) fields[field] ??= later.fields[field];
  return {
    ...first,
    fields,
    tags: sortTags(tidyTags([...first.tags, ...later.tags])),
    attributes: { ...later.attributes, ...first.attributes },
  };
}

const FIELD_NAMES = ['firstName', 'lastName', 'email', 'company', 'street', 'city', 'state', 'postalCode'] as const;

/** By code points, as PostgreSQL sorts with the C collation. */
const sortTags = (tags: readonly string[]): readonly string[] => (tags.length < 2 ? tags : [...tags].sort());

interface ReadingPlan {
  readonly hasConsent: boolean;
  readonly width: number;
  readonly columnsOf: Readonly<Record<ImportField, readonly number[]>>;
  readonly attributes: readonly { readonly index: number; readonly name: string }[];
  readonly headerOf: (target: ImportTarget) => string;
}

function readingPlan({ columns }: ImportColumns): ReadingPlan {
  const of = (field: ImportField): readonly number[] =>
    columns.flatMap((column) => (column.target === field ? [column.index] : []));
  return {
    hasConsent: tellsOfConsent({ columns }),
    width: columns.length,
    columnsOf: {
      phone: of('phone'),
      firstName: of('firstName'),
      lastName: of('lastName'),
      fullName: of('fullName'),
      email: of('email'),
      company: of('company'),
      street: of('street'),
      city: of('city'),
      state: of('state'),
      postalCode: of('postalCode'),
      tags: of('tags'),
      consentKind: of('consentKind'),
      consentMethod: of('consentMethod'),
      consentWording: of('consentWording'),
      consentDate: of('consentDate'),
      consentPage: of('consentPage'),
      consentIp: of('consentIp'),
      consentUserAgent: of('consentUserAgent'),
      consentRecording: of('consentRecording'),
      consentVersion: of('consentVersion'),
      optOut: of('optOut'),
    },
    attributes: columns.flatMap(({ target, index }) =>
      target.startsWith('attribute:') ? [{ index, name: target.slice('attribute:'.length) }] : [],
    ),
    headerOf: (target) => columns.find((column) => column.target === target)?.header ?? target,
  };
}

/** The first column with a number that can be texted; if there is none, what the first column that is not empty says. */
function readPhone(
  cells: readonly string[],
  phoneColumns: readonly number[],
  defaultCountry: CountryCode,
): Result<E164, PhoneRefusal> {
  let refusal: Result<E164, PhoneRefusal> | undefined;
  for (const index of phoneColumns) {
    const phone = parsePhone(cells[index] ?? '', defaultCountry);
    if (phone.ok) return phone;
    if (refusal === undefined || (!refusal.ok && refusal.error.reason === 'missing_phone')) refusal = phone;
  }
  return refusal ?? err({ reason: 'missing_phone', value: '' });
}

function readFields(
  cells: readonly string[],
  { columnsOf }: ReadingPlan,
): { fields: ContactFields; emailDropped: boolean } {
  const read = (field: ImportField): string | null => firstValue(cells, columnsOf[field]);
  const email = read('email')?.replace(/^mailto:/i, '') ?? null;
  const validEmail = email !== null && EMAIL.test(email) ? email : null;
  const state = read('state');
  const fields: ContactFields = {
    ...NO_FIELDS,
    ...names(read('firstName'), read('lastName'), read('fullName')),
    email: validEmail,
    company: read('company'),
    street: columnsOf.street.length === 1 ? read('street') : joinValues(cells, columnsOf.street),
    city: read('city'),
    state: state === null ? null : (stateCode(state) ?? state),
    postalCode: repairZip(read('postalCode'), state),
  };
  return { fields, emailDropped: email !== null && validEmail === null };
}

const readConsent = (cells: readonly string[], { columnsOf }: ReadingPlan): ImportedConsent | null =>
  readImportedConsent({
    consentKinds: columnsOf.consentKind.map((index) => cells[index] ?? ''),
    optOuts: columnsOf.optOut.map((index) => cells[index] ?? ''),
    consentMethod: firstCell(cells, columnsOf.consentMethod),
    consentWording: firstCell(cells, columnsOf.consentWording),
    consentDate: firstCell(cells, columnsOf.consentDate),
    consentPage: firstCell(cells, columnsOf.consentPage),
    consentIp: firstCell(cells, columnsOf.consentIp),
    consentUserAgent: firstCell(cells, columnsOf.consentUserAgent),
    consentRecording: firstCell(cells, columnsOf.consentRecording),
    consentVersion: firstCell(cells, columnsOf.consentVersion),
  });

const firstCell = (cells: readonly string[], columns: readonly number[]): string | null =>
  columns.map((index) => cells[index] ?? '').find((cell) => cell.trim() !== '') ?? null;

const EMAIL = /^[^\s@"'(),:;<>[\]\\]+(?:@[^\s@"'(),:;<>[\]\\.]+(?:\.[^\s@"'(),:;<>[\]\\.]+)+)$/;

function names(
  firstName: string | null,
  lastName: string | null,
  fullName: string | null,
): Pick<ContactFields, 'firstName' | 'lastName'> {
  if (fullName === null || firstName !== null) return { firstName, lastName };
  const split = splitName(fullName);
  return { firstName: split.firstName || null, lastName: lastName ?? (split.lastName || null) };
}

/** Separated by semicolon, bar, comma, or a line break. */
const splitTags = (cell: string): readonly string[] =>
  cell === '' ? [] : cell.split(/[;|,\n\r]/).map((tag) => oneLine(cleanText(tag)));

function readAttributes(cells: readonly string[], { attributes }: ReadingPlan): Readonly<Record<string, string>> {
  let values: Record<string, string> | undefined;
  for (const { index, name } of attributes) {
    const cell = cells[index];
    if (cell === undefined || cell === '') continue;
    const value = meaningful(cleanText(cell).replace(/\r\n?/g, '\n'));
    if (value === null || values?.[name] !== undefined) continue;
    values ??= {};
    values[name] = value;
  }
  return values ?? NO_ATTRIBUTES;
}

const NO_ATTRIBUTES: Readonly<Record<string, string>> = Object.freeze({});

function firstValue(cells: readonly string[], columns: readonly number[]): string | null {
  for (const index of columns) {
    const cell = cells[index];
    if (cell === undefined || cell === '') continue;
    const value = meaningful(oneLine(cleanText(cell)));
    if (value !== null) return value;
  }
  return null;
}

const joinValues = (cells: readonly string[], columns: readonly number[]): string | null =>
  columns
    .map((index) => firstValue(cells, [index]))
    .filter((value) => value !== null)
    .join(', ') || null;

/** Names the column as the file does, with the length that was found. */
function findTooLong(
  { fields, tags, attributes }: Pick<ImportedContact, 'fields' | 'tags' | 'attributes'>,
  plan: ReadingPlan,
): string | undefined {
  for (const field of FIELD_NAMES) {
    const length = fields[field]?.length ?? 0;
    if (length > LENGTHS_MAX[field])
      return `${plan.headerOf(field)}: ${length} characters, at most ${LENGTHS_MAX[field]}`;
  }
  if (tags.length > TAGS_MAX) return `${plan.headerOf('tags')}: ${tags.length} tags, at most ${TAGS_MAX}`;
  const tag = tags.find((text) => text.length > TAG_LENGTH_MAX);
  if (tag !== undefined)
    return `${plan.headerOf('tags')}: a tag of ${tag.length} characters, at most ${TAG_LENGTH_MAX}`;
  for (const name in attributes) {
    const length = attributes[name]?.length ?? 0;
    if (length > ATTRIBUTE_LENGTH_MAX)
      return `${plan.headerOf(`attribute:${name}`)}: ${length} characters, at most ${ATTRIBUTE_LENGTH_MAX}`;
  }
  return undefined;
}
