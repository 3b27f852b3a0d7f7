import type { CsvRecord } from './csv-parser.ts';
import type { ImportField, ImportTarget } from './import-target.ts';
import { parsePhone } from './phone.ts';
import { stateCode } from './states.ts';

/** What share of a column's values must look like a field. */
const SHARE_MIN = 0.6;

/** In the order in which they are tried; each takes one column, the one that fits best. */
const LOOKS: readonly (readonly [ImportField, (value: string) => boolean])[] = [
  ['phone', (value) => parsePhone(value).ok],
  ['email', (value) => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value)],
  ['state', (value) => stateCode(value) !== undefined],
  ['postalCode', (value) => /^\d{5}(?:-\d{4})?$/.test(value)],
  ['street', (value) => /^\d+[A-Za-z]?\s+\S*\p{L}/u.test(value)],
];

const isName = (value: string): boolean => /^\p{L}[\p{L}\p{M}.'’, -]*$/u.test(value);
const isWholeName = (value: string): boolean => isName(value) && /\p{L}[, ]+\p{L}/u.test(value);

/**
 * The columns of a file without headers, from the values of its first rows. A column of words with a blank in most of them is a
 * whole name; otherwise the first two columns of words are first and last name. What is not understood is kept as an attribute.
 */
export function guessTargets(rows: readonly CsvRecord[], width: number): readonly ImportTarget[] {
  const columns = Array.from({ length: width }, (_, index) =>
    rows.map((record) => record.cells[index]?.trim() ?? '').filter((value) => value !== ''),
  );
  const targets = columns.map(
    (values, index): ImportTarget => (values.length === 0 ? 'ignore' : `attribute:column_${index + 1}`),
  );
  for (const [field, looks] of LOOKS) {
    const shares = columns.map((values, index) =>
      targets[index]?.startsWith('attribute:') ? share(values, looks) : 0,
    );
    const best = shares.indexOf(Math.max(...shares));
    if ((shares[best] ?? 0) >= SHARE_MIN) targets[best] = field;
  }
  const words = columns.flatMap((values, index) =>
    targets[index]?.startsWith('attribute:') && share(values, isName) >= SHARE_MIN ? [index] : [],
  );
  const [first, second] = words;
  if (first === undefined) return targets;
  if (share(columns[first] ?? [], isWholeName) >= SHARE_MIN) targets[first] = 'fullName';
  else targets[first] = 'firstName';
  if (targets[first] === 'firstName' && second !== undefined) targets[second] = 'lastName';
  return targets;
}

const share = (values: readonly string[], looks: (value: string) => boolean): number =>
  values.length === 0 ? 0 : values.filter(looks).length / values.length;
