/**
 * Files of do-not-call lists, read as a stream: nothing of a file is held but the line that is being read. A line that is not wholly
 * understood is refused and counted, never guessed at: whoever decides about the file must know of it.
 */
export type DncFormat =
  /** One number a line, however it is written: 5550002222, 555,0002222, 555-000-2222. */
  | { readonly kind: 'numbers' }
  /** A table without a header, one change a line; `phone` may stand for area code and number. */
  | { readonly kind: 'changes'; readonly columns: readonly ChangeColumn[] }
  /** A table with a header, of which one column holds the numbers. */
  | { readonly kind: 'csv'; readonly column: string };

export const CHANGE_COLUMNS = ['areaCode', 'number', 'phone', 'changeType', 'other'] as const;
export type ChangeColumn = (typeof CHANGE_COLUMNS)[number];
/** As the national registry is understood to write them; other files say their own. */
export const REGISTRY_CHANGE_COLUMNS: readonly ChangeColumn[] = ['areaCode', 'number', 'other', 'changeType'];

export interface DncEntry {
  readonly areaCode: number;
  /** The other seven digits. */
  readonly rest: number;
  readonly removed: boolean;
}

export interface RefusedLine {
  readonly line: number;
  readonly text: string;
  readonly reason: string;
}

export interface DncSink {
  readonly entry: (entry: DncEntry) => void;
  readonly refused: (line: RefusedLine) => void;
}

export interface DncFileReader {
  push(chunk: Uint8Array): void;
  /** The last line may end without a line break. */
  end(): void;
  lines(): number;
}

/** The file as a whole is not what was expected. */
export class DncFileError extends Error {}

const LINE_BYTES_MAX = 4_096;
const SHOWN_MAX = 80;
const [TAB, LINE_FEED, RETURN, NUL] = [9, 10, 13, 0];

export function dncFileReader(format: DncFormat, sink: DncSink): DncFileReader {
  const line = Buffer.alloc(LINE_BYTES_MAX);
  let length = 0;
  let lines = 0;
  let started = false;
  const readLine = lineReader(format, sink);
  const endLine = (): void => {
    lines += 1;
    readLine(line.subarray(0, length > 0 && line[length - 1] === RETURN ? length - 1 : length), lines);
    length = 0;
  };
  return {
    push(chunk) {
      if (!started && chunk.length > 0) {
        refuseForeignFile(chunk);
        started = true;
      }
      for (const byte of chunk) {
        if (byte === LINE_FEED) endLine();
        else if (byte === NUL)
          throw new DncFileError(`line ${lines + 1}: this is no plain text; save the list as a text file in UTF-8`);
        else if (length === LINE_BYTES_MAX)
          throw new DncFileError(
            `line ${lines + 1}: longer than ${LINE_BYTES_MAX} bytes; a list has one number on each line`,
          );
        else line[length++] = byte;
      }
    },
    end() {
      if (length > 0) endLine();
    },
    lines: () => lines,
  };
}

function refuseForeignFile(head: Uint8Array): void {
  const start = Buffer.from(head.subarray(0, 4)).toString('latin1');
  if (start.startsWith('PK')) throw new DncFileError('this is a ZIP archive; unpack it and upload the text file in it');
  if (start.startsWith('\u001f\u008b')) throw new DncFileError('this is a gzip archive; unpack it first');
  if (start.trimStart().startsWith('<'))
    throw new DncFileError('this is XML or a web page; download the list as flat text');
}

type ReadLine = (bytes: Buffer, line: number) => void;

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

/** What stands between digits: blank, tab, quote, apostrophe, brackets, plus, comma, hyphen, dot, slash, semicolon. */
const SEPARATORS: ReadonlySet<number> = new Set([TAB, RETURN, ...Buffer.from(' "\'()+,-./;')]);
const isSeparator = (byte: number): boolean => SEPARATORS.has(byte);

/** Of a byte order mark. */
const markLength = (bytes: Buffer): number => (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0);

const reasonOf = (digits: number): string =>
  digits === 10 ? 'no US number begins so' : `expected ten digits, got ${digits}`;

const entryOf = (number: number, removed: boolean): DncEntry => {
  const areaCode = Math.floor(number / 1e7);
  return { areaCode, rest: number - areaCode * 1e7, removed };
};

/** Ten digits, with a trunk digit or without, and nothing but separators beside them. */
function numberIn(text: string): number | undefined {
  if (!/^[\d\s"'()+,./;-]*$/.test(text)) return undefined;
  const digits = text.replace(/\D/g, '').replace(/^1(?=\d{10}$)/, '');
  return /^[2-9]\d{9}$/.test(digits) ? Number(digits) : undefined;
}

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
      place = fields.findIndex((field) => field.toLowerCase() === column.toLowerCase());
      if (place < 0) throw new DncFileError(`no column is called "${column}"; the file has ${fields.join(', ')}`);
      return;
    }
    if (text.trim() === '') return;
    const number = numberIn(fields[place] ?? '');
    if (number === undefined) sink.refused({ line, text: shown(bytes), reason: `no ten-digit number in "${column}"` });
    else sink.entry(entryOf(number, false));
  };
}

const textOf = (bytes: Buffer, line: number): string =>
  bytes.subarray(line === 1 ? markLength(bytes) : 0).toString('utf8');

/** Fields of one line, separated by comma, semicolon or tab; quotes hold a separator together. */
const fieldsOf = (text: string): readonly string[] =>
  [...text.matchAll(/(?:^|[,;\t])("(?:[^"]|"")*"|[^,;\t]*)/g)].map(([, field = '']) =>
    field
      .trim()
      .replace(/^"(.*)"$/s, '$1')
      .replaceAll('""', '"')
      .trim(),
  );

const shown = (bytes: Buffer): string => bytes.subarray(0, SHOWN_MAX).toString('utf8').trim();
