import { columnCalled } from './column-called.ts';
import type { DncEntry, DncSink } from './dnc-sink.ts';
import { dncXmlReader } from './dnc-xml.ts';
import {
  fieldsOf,
  ListFileError,
  type ListReader,
  listReader,
  markLength,
  numberIn,
  type ReadLine,
  shown,
  textOf,
} from './list-lines.ts';

/** How the files of do-not-call lists are written. */
export type DncFormat =
  /** One number a line, however it is written: 5550002222, 555,0002222, 555-000-2222. Or XML, as changes may be. */
  | { readonly kind: 'numbers' }
  /** A table without a header, one change a line; `phone` may stand for area code and number. */
  | { readonly kind: 'changes'; readonly columns: readonly ChangeColumn[] }
  /** A table with a header, of which one column holds the numbers. */
  | { readonly kind: 'csv'; readonly column: string };

export const CHANGE_COLUMNS = ['areaCode', 'number', 'phone', 'changeType', 'other'] as const;
export type ChangeColumn = (typeof CHANGE_COLUMNS)[number];
/** As the national registry is understood to write them; other files say their own. */
export const REGISTRY_CHANGE_COLUMNS: readonly ChangeColumn[] = ['areaCode', 'number', 'other', 'changeType'];

/** Lines or XML, as its first bytes say. */
export function dncFileReader(format: DncFormat, sink: DncSink): ListReader {
  let reader: ListReader | undefined;
  return {
    push(chunk) {
      if (chunk.length === 0) return;
      reader ??= beginsAsXml(chunk) ? xmlReader(format, sink) : listReader(lineReader(format, sink));
      reader.push(chunk);
    },
    end: () => reader?.end(),
    lines: () => reader?.lines() ?? 0,
  };
}

const HEAD_BYTES = 64;
function beginsAsXml(chunk: Uint8Array): boolean {
  const head = Buffer.from(chunk.subarray(0, HEAD_BYTES));
  return head.subarray(markLength(head)).toString('latin1').trimStart().startsWith('<');
}

function xmlReader(format: DncFormat, sink: DncSink): ListReader {
  if (format.kind !== 'csv') return dncXmlReader(format.kind, sink);
  throw new ListFileError('this is XML, not a table; upload it as numbers, or as changes');
}

function lineReader(format: DncFormat, sink: DncSink): ReadLine {
  switch (format.kind) {
    case 'numbers':
      return numbersReader(sink);
    case 'changes':
      return changesReader(format.columns, sink);
    case 'csv':
      return csvReader(format.column, sink);
  }
}

/** Of millions of lines, hence over bytes. */
function numbersReader(sink: DncSink): ReadLine {
  return (bytes, line) => {
    let value = 0;
    let digits = 0;
    let strange = false;
    for (let at = line === 1 ? markLength(bytes) : 0; at < bytes.length; at += 1) {
      const byte = bytes[at] ?? 0;
      if (byte >= 0x30 && byte <= 0x39) {
        value = value * 10 + (byte - 0x30);
        digits += 1;
      } else if (!isSeparator(byte)) strange = true;
    }
    if (digits === 0 && (!strange || line === 1)) return;
    const trunk = digits === 11 && value < 2e10 ? 1e10 : 0;
    if (strange || (digits !== 10 && trunk === 0) || value - trunk < 2e9)
      sink.refused({ line, text: shown(bytes), reason: strange ? 'more than a number' : reasonOf(digits) });
    else sink.entry(entryOf(value - trunk, false));
  };
}

const [TAB, RETURN] = [9, 13];
/** What stands between digits: blank, tab, quote, apostrophe, brackets, plus, comma, hyphen, dot, slash, semicolon. */
const SEPARATORS: ReadonlySet<number> = new Set([TAB, RETURN, ...Buffer.from(' "\'()+,-./;')]);
const isSeparator = (byte: number): boolean => SEPARATORS.has(byte);

const reasonOf = (digits: number): string =>
  digits === 10 ? 'no US number begins so' : `expected ten digits, got ${digits}`;

const entryOf = (number: number, removed: boolean): DncEntry => {
  const areaCode = Math.floor(number / 1e7);
  return { areaCode, rest: number - areaCode * 1e7, removed };
};

function changesReader(columns: readonly ChangeColumn[], sink: DncSink): ReadLine {
  const at = (column: ChangeColumn): number => columns.indexOf(column);
  const [areaCodeAt, numberAt, phoneAt, typeAt] = [at('areaCode'), at('number'), at('phone'), at('changeType')];
  return (bytes, line) => {
    const text = textOf(bytes, line);
    if (text.trim() === '') return;
    const fields = fieldsOf(text);
    const type = fields[typeAt]?.toUpperCase();
    const number = numberIn(phoneAt >= 0 ? (fields[phoneAt] ?? '') : `${fields[areaCodeAt]}${fields[numberAt]}`);
    if (number === undefined) sink.refused({ line, text: shown(bytes), reason: 'no ten-digit number where expected' });
    else if (type !== 'A' && type !== 'D')
      sink.refused({ line, text: shown(bytes), reason: 'expected A (added) or D (deleted) as the change' });
    else sink.entry(entryOf(number, type === 'D'));
  };
}

function csvReader(column: string, sink: DncSink): ReadLine {
  let place = -1;
  return (bytes, line) => {
    const text = textOf(bytes, line);
    const fields = fieldsOf(text);
    if (line === 1) {
      const found = columnCalled(fields, column);
      if (!found.ok) throw new ListFileError(found.error);
      place = found.value;
      return;
    }
    if (text.trim() === '') return;
    const number = numberIn(fields[place] ?? '');
    if (number === undefined) sink.refused({ line, text: shown(bytes), reason: `no ten-digit number in "${column}"` });
    else sink.entry(entryOf(number, false));
  };
}
