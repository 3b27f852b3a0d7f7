/** What a column of an imported file can hold; the words of the API and of `textwright import --map`. */
export const IMPORT_FIELDS = [
  'phone',
  'firstName',
  'lastName',
  'fullName',
  'email',
  'company',
  'street',
  'city',
  'state',
  'postalCode',
  'tags',
  'consentKind',
  'consentMethod',
  'consentWording',
  'consentDate',
  'consentPage',
  'consentIp',
  'consentUserAgent',
  'consentRecording',
  'consentVersion',
  'optOut',
] as const;
export type ImportField = (typeof IMPORT_FIELDS)[number];

/** Where the cells of a column go: a field, a custom attribute, or nowhere. */
export type ImportTarget = ImportField | 'ignore' | `attribute:${string}`;

/** Those that have a name of their own, in the order in which people are told of them. */
export const NAMED_TARGETS = [...IMPORT_FIELDS, 'ignore'] as const;
export const ATTRIBUTE_TARGET = /^attribute:.{1,60}$/;

const named: ReadonlySet<string> = new Set(NAMED_TARGETS);

export const isImportTarget = (value: unknown): value is ImportTarget =>
  typeof value === 'string' && (named.has(value) || ATTRIBUTE_TARGET.test(value));
