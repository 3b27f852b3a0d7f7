import type { ImportedContact, ImportRefusal } from './import-rows.ts';

/** The columns of `import_stage` in the order of a line of `contactCopyLine` and `refusalCopyLine`. */
export const STAGE_COLUMNS =
  'line, phone, first_name, last_name, email, company, street, city, state, postal_code, attributes, tags, zone_group, refused_value, refused_reason, consent';

const NULL = '\\N';

/** One line of PostgreSQL's COPY text format (https://www.postgresql.org/docs/current/sql-copy.html, "Text Format"). */
export function contactCopyLine(
  { line, phone, fields, attributes, tags, consent }: ImportedContact,
  zoneGroup: string,
): string {
  return `${line}\t${phone}\t${cell(fields.firstName)}\t${cell(fields.lastName)}\t${cell(fields.email)}\t${cell(fields.company)}\t${cell(fields.street)}\t${cell(fields.city)}\t${cell(fields.state)}\t${cell(fields.postalCode)}\t${attributesCell(attributes)}\t${tagsCell(tags)}\t${zoneGroup}\t\\N\t\\N\t${consent === undefined ? NULL : escapeCell(JSON.stringify(consent))}\n`;
}

export const refusalCopyLine = ({ line, value, reason }: ImportRefusal): string =>
  `${line}${`\t${NULL}`.repeat(12)}\t${escapeCell(value)}\t${reason}\t${NULL}\n`;

const cell = (value: string | null): string => (value === null ? NULL : escapeCell(value));

const SPECIAL = /[\\\t\n\r]/;
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

const escapeCell = (value: string): string =>
  SPECIAL.test(value) ? value.replace(/[\\\t\n\r]/g, (character) => ESCAPES[character] ?? character) : value;

function attributesCell(attributes: Readonly<Record<string, string>>): string {
  for (const _ in attributes) return escapeCell(JSON.stringify(attributes));
  return '{}';
}

function tagsCell(tags: readonly string[]): string {
  if (tags.length === 0) return '{}';
  return escapeCell(`{${tags.map((tag) => `"${tag.replace(/["\\]/g, '\\$&')}"`).join(',')}}`);
}
