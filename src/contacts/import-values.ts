import { STATE_BY_ZIP_PREFIX } from './area-codes.ts';
import { stateCode } from './states.ts';

const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;
/** Control characters but tab and line ends, soft hyphens, zero-width and bidi marks. The joiners that emoji need stay. */
const INVISIBLE =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]/g;

export function cleanText(text: string): string {
  if (PRINTABLE_ASCII.test(text)) return text.trim();
  return text
    .toWellFormed()
    .normalize('NFC')
    .replace(INVISIBLE, '')
    .replace(/[\u00a0\t]/g, ' ')
    .trim();
}

/** A line break inside of a cell: `1 Main St⏎Apt 2` is `1 Main St, Apt 2` wherever it is shown or texted. */
export const oneLine = (text: string): string =>
  /[\r\n]/.test(text) ? text.replace(/\s*,?\s*[\r\n]+\s*/g, ', ') : text;

/** Spreadsheet errors are no values: nobody should read "Hi #REF!". */
export const meaningful = (text: string): string | null =>
  text === '' || /^(?:#(?:N\/A|REF!|VALUE!|NAME\?|DIV\/0!|NULL!|NUM!)|n\/a)$/i.test(text) ? null : text;

/** csv-parse keeps the quotes of a cell that it could not close in order; with a line break, it may have swallowed other rows. */
export const isBrokenQuote = (cell: string): boolean => cell.startsWith('"') && /[\r\n]/.test(cell);

const ZIP_STATES_WITH_ZERO: ReadonlySet<string> = new Set(
  [...STATE_BY_ZIP_PREFIX].flatMap(([prefix, state]) => (prefix.startsWith('0') ? [state] : [])),
);

/** Spreadsheets turn `02169` into `2169` or `2169.0`. The zeros come back when the state says that they belong there. */
export function repairZip(postalCode: string | null, state: string | null): string | null {
  const digits = /^(\d{3,5})(?:\.0+)?$/.exec(postalCode ?? '')?.[1];
  if (digits === undefined) return postalCode;
  const code = state === null ? undefined : stateCode(state);
  const padded = digits.padStart(5, '0');
  const plausible =
    code !== undefined && ZIP_STATES_WITH_ZERO.has(code) && STATE_BY_ZIP_PREFIX.get(padded.slice(0, 3)) === code;
  return plausible ? padded : digits;
}

const REFUSED_VALUE_MAX = 200;

/** Of a refused row: enough to find the cell, not so much that a broken file fills the report. */
export const clip = (text: string): string =>
  text.length > REFUSED_VALUE_MAX ? `${text.slice(0, REFUSED_VALUE_MAX - 1)}…` : text;
