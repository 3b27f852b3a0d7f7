import { columnCalled } from '../compliance/column-called.ts';
import { err, ok, type Result } from '../platform/result.ts';
import type { CsvRecord } from './csv-parser.ts';
import { type E164, parsePhone } from './phone.ts';

/** A list of people who must not be texted: a number a line, or a table of which one column holds the numbers. */
export interface OptOutColumn {
  readonly index: number;
  /** The first row names the columns. */
  readonly hasHeader: boolean;
  /** Found because no other one of the first rows held numbers, rather than named by a person. */
  readonly isFound: boolean;
}

export interface RefusedRow {
  readonly line: number;
  readonly text: string;
  readonly reason: string;
}

const SHOWN_MAX = 80;

/** Where the numbers are. Several columns of numbers must be told apart by a person: nobody may be left out by a guess. */
export function optOutColumn(head: readonly CsvRecord[], named: string | undefined): Result<OptOutColumn, string> {
  const [first] = head;
  if (first === undefined) return err('the list is empty');
  const names = first.cells.map((cell) => cell.trim());
  if (named !== undefined) {
    const index = columnCalled(names, named.trim());
    return index.ok ? ok({ index: index.value, hasHeader: true, isFound: false }) : index;
  }
  const found = names.flatMap((_, index) =>
    head.some(({ cells }) => parsePhone(cells[index] ?? '').ok) ? [index] : [],
  );
  const [index, other] = found;
  if (index === undefined) return err('none of the first lines holds a phone number');
  if (other !== undefined)
    return err(
      `several columns hold phone numbers (${found.map((at) => `"${names[at]}"`).join(', ')}); say which one, and import the list again for another`,
    );
  return ok({ index, hasHeader: !/\d/.test(names[index] ?? ''), isFound: true });
}

/** The number of one row; `undefined` for a row without anything. */
export function readOptOutRow(record: CsvRecord, { index }: OptOutColumn): Result<E164, RefusedRow> | undefined {
  if (record.cells.every((cell) => cell.trim() === '')) return undefined;
  const cell = record.cells[index] ?? '';
  const phone = parsePhone(cell);
  if (phone.ok) return phone;
  const text = (cell.trim() === '' ? record.cells.join(' ') : cell).trim().slice(0, SHOWN_MAX);
  return err({ line: record.line, text, reason: REASONS[phone.error.reason] });
}

/** Numbers further down in columns that had none in the first rows: they are not opted out, which must not pass without a word. */
export function numbersBeside({ line, cells }: CsvRecord, { index, isFound }: OptOutColumn): readonly RefusedRow[] {
  if (!isFound) return [];
  return cells.flatMap((cell, at) =>
    at !== index && MAY_BE_NUMBER.test(cell) && parsePhone(cell).ok
      ? [
          {
            line,
            text: cell.trim().slice(0, SHOWN_MAX),
            reason: `a number in column ${at + 1}, and column ${index + 1} is read; name column ${at + 1} and import the list again`,
          },
        ]
      : [],
  );
}
const MAY_BE_NUMBER = /^(?:\D*\d){10,15}\D*$/;

const REASONS = {
  missing_phone: 'there is no number in this row',
  invalid_phone: 'no number that can exist; expected ten digits, such as 617-555-0123',
  unsupported_country: 'a number of another country, which is never texted from here',
} as const;
