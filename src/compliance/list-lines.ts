/**
 * Files of numbers, one on a line, read as a stream: nothing of a file is held but the line that is being read. A line that is not wholly
 * understood is refused and counted, never guessed at: whoever decides about the file must know of it.
 */
export interface RefusedLine {
  readonly line: number;
  readonly text: string;
  readonly reason: string;
}

export interface ListReader {
  push(chunk: Uint8Array): void;
  /** The last line may end without a line break. */
  end(): void;
  lines(): number;
}

/** `line` counts from 1. */
export type ReadLine = (bytes: Buffer, line: number) => void;

/** The file as a whole is not what was expected. */
export class ListFileError extends Error {}

const LINE_BYTES_MAX = 4_096;
const SHOWN_MAX = 80;
const [LINE_FEED, RETURN, NUL] = [10, 13, 0];

export function listReader(readLine: ReadLine): ListReader {
  const line = Buffer.alloc(LINE_BYTES_MAX);
  let length = 0;
  let lines = 0;
  let started = false;
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
          throw new ListFileError(`line ${lines + 1}: this is no plain text; save the list as a text file in UTF-8`);
        else if (length === LINE_BYTES_MAX)
          throw new ListFileError(
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
  if (start.startsWith('PK'))
    throw new ListFileError('this is a ZIP archive; unpack it and upload the text file in it');
  if (start.startsWith('\u001f\u008b')) throw new ListFileError('this is a gzip archive; unpack it first');
  if (start.trimStart().startsWith('<'))
    throw new ListFileError('this is XML or a web page; download the list as flat text');
}

/** Of a byte order mark. */
export const markLength = (bytes: Buffer): number =>
  bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;

/** Ten digits, with a trunk digit or without, and nothing but separators beside them. */
export function numberIn(text: string): number | undefined {
  if (!/^[\d\s"'()+,./;-]*$/.test(text)) return undefined;
  const digits = text.replace(/\D/g, '').replace(/^1(?=\d{10}$)/, '');
  return /^[2-9]\d{9}$/.test(digits) ? Number(digits) : undefined;
}

export const textOf = (bytes: Buffer, line: number): string =>
  bytes.subarray(line === 1 ? markLength(bytes) : 0).toString('utf8');

/** Fields of one line, separated by comma, semicolon or tab; quotes hold a separator together. */
export const fieldsOf = (text: string): readonly string[] =>
  [...text.matchAll(/(?:^|[,;\t])("(?:[^"]|"")*"|[^,;\t]*)/g)].map(([, field = '']) =>
    field
      .trim()
      .replace(/^"(.*)"$/s, '$1')
      .replaceAll('""', '"')
      .trim(),
  );

export const shown = (bytes: Buffer): string => bytes.subarray(0, SHOWN_MAX).toString('utf8').trim();
