import type { ImportMapping, ImportPreview } from '../api/imports.ts';

/** Where the columns of a file go. Pure; what the server detected comes in as the preview's columns. */
export type Column = ImportPreview['columns'][number];

export const FIELD_OPTIONS: readonly { readonly value: string; readonly label: string }[] = [
  { value: 'phone', label: 'Phone number' },
  { value: 'firstName', label: 'First name' },
  { value: 'lastName', label: 'Last name' },
  { value: 'fullName', label: 'Full name' },
  { value: 'company', label: 'Company' },
  { value: 'email', label: 'E-mail' },
  { value: 'street', label: 'Street' },
  { value: 'city', label: 'City' },
  { value: 'state', label: 'State' },
  { value: 'postalCode', label: 'Postal code' },
  { value: 'consentKind', label: 'Consent: yes or no' },
  { value: 'consentMethod', label: 'Consent: how they agreed' },
  { value: 'consentWording', label: 'Consent: to which words' },
  { value: 'consentDate', label: 'Consent: when' },
  { value: 'consentPage', label: 'Consent: page of the form' },
  { value: 'consentIp', label: 'Consent: IP address' },
  { value: 'consentUserAgent', label: 'Consent: browser' },
  { value: 'consentRecording', label: 'Consent: recording' },
  { value: 'consentVersion', label: 'Consent: version of the words' },
  { value: 'optOut', label: 'Opted out' },
  { value: 'tags', label: 'Tags' },
];

export const ATTRIBUTE = 'attribute:';
const ATTRIBUTE_NAME_MAX = 60;

/** "Lead Source" becomes `lead_source`, as texts name it: `{lead_source|none}`. */
export const attributeName = (written: string): string =>
  written
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, '_')
    .slice(0, ATTRIBUTE_NAME_MAX)
    .replace(/^_+|_+$/g, '');

/** The field of its own that a column would become. */
export const ownField = (column: Pick<Column, 'index' | 'header'>): string =>
  `${ATTRIBUTE}${attributeName(column.header) || `column_${column.index + 1}`}`;

export const mappingOf = (columns: readonly Column[]): ImportMapping =>
  Object.fromEntries(columns.map((column) => [String(column.index), column.field]));

export const sameMapping = (a: ImportMapping, b: ImportMapping): boolean =>
  JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort());

/** Fields that may take several columns: numbers are tried in turn, streets and tags are put together. */
const SHARED: ReadonlySet<string> = new Set(['phone', 'street', 'tags', 'ignore']);

/** Why this mapping cannot be used, in a sentence; undefined when it can. */
export function mappingProblem(mapping: ImportMapping): string | undefined {
  const targets = Object.values(mapping);
  if (!targets.includes('phone')) return 'Choose the column that holds the phone numbers.';
  const twice = targets.find((target, index) => !SHARED.has(target) && targets.indexOf(target) !== index);
  if (twice !== undefined) return `Two columns are both “${targetLabel(twice)}”. Choose another field for one of them.`;
  if (targets.includes(ATTRIBUTE)) return 'Give every field of your own a name.';
  return undefined;
}

/** Columns whose values look like numbers of ten or more digits: what is offered when no header says so. */
export const phoneCandidates = (columns: readonly Column[]): readonly Column[] =>
  columns.filter(
    ({ samples }) =>
      samples.length > 0 && samples.every((value) => /^[^\p{L}\d]*(?:\d[^\p{L}\d]*){10,15}$/u.test(value)),
  );

export const targetLabel = (target: string): string =>
  target.startsWith(ATTRIBUTE)
    ? target.slice(ATTRIBUTE.length)
    : (FIELD_OPTIONS.find((option) => option.value === target)?.label ?? target);
