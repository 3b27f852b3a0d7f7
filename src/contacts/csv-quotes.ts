/**
 * Quotes that programs forget to double, put right before csv-parse sees them: it knows a quoted cell only as RFC 4180 has it.
 *
 * - `"Ann "the boss" Smith"`: the cell goes on to the quote that a separator follows.
 * - `"Ann" Smith`: the quotes are part of the text.
 * - Where both readings would do, or a cell swallows what looks like the next one, nobody can tell what was meant: `unclear`.
 */

export interface QuoteMender {
  /** The text that is certain so far; what it held back comes with a later piece, at the latest with the `last`. */
  mend(piece: string, options: { readonly last: boolean }): string;
  /** Of a quoted cell that has only begun. */
  readonly charactersHeld: number;
  /** Set once the text holds a quote that has no clear meaning: what is around it. Nothing after it is mended. */
  readonly unclear: string | undefined;
}

const QUOTE = '"';

export function quoteMender(delimiter: string): QuoteMender {
  /** From the opening quote of a cell that is not complete. */
  let held = '';
  let atCellStart = true;
  let unclear: string | undefined;
  const mend = (text: string, last: boolean): string => {
    const line = { text, delimiter, last };
    const startsCell = held !== '' || atCellStart;
    let ready = '';
    let from = 0;
    for (let quote = text.indexOf(QUOTE); quote >= 0; ) {
      const cell: Cell = opensCell(line, quote, startsCell) ? readCell(line, quote) : { end: quote + 1 };
      if (cell === 'incomplete') {
        held = text.slice(quote);
        return ready + text.slice(from, quote);
      }
      if ('unclear' in cell) {
        unclear = cell.unclear;
        return ready + text.slice(from);
      }
      if (cell.mended !== undefined) {
        ready += text.slice(from, quote) + cell.mended;
        from = cell.end;
      }
      quote = text.indexOf(QUOTE, cell.end);
    }
    atCellStart = opensCell(line, text.length, startsCell);
    held = '';
    return ready + text.slice(from);
  };
  return {
    mend: (piece, { last }) => (unclear === undefined ? mend(held + piece, last) : piece),
    get charactersHeld() {
      return held.length;
    },
    get unclear() {
      return unclear;
    },
  };
}

interface Line {
  readonly text: string;
  readonly delimiter: string;
  /** Nothing follows `text`. */
  readonly last: boolean;
}

/** `mended`: what to write instead of the text up to `end`, if anything. */
type Cell = { readonly end: number; readonly mended?: string } | { readonly unclear: string } | 'incomplete';

/** The quoted cell that begins at `open`. */
function readCell(line: Line, open: number): Cell {
  const { text, last } = line;
  const more = last ? { end: text.length } : 'incomplete';
  for (let from = open + 1; ; ) {
    const quote = text.indexOf(QUOTE, from);
    if (quote < 0 || (quote + 1 === text.length && !last)) return more;
    if (text[quote + 1] === QUOTE) {
      from = quote + 2;
      continue;
    }
    const after = skipBlanks(line, quote + 1);
    if (after === text.length && !last) return more;
    if (!isCellEnd(line, after)) return readStray(line, open, quote);
    // csv-parse 7.0.3 stumbles over blanks of several bytes behind a quote.
    return after === quote + 1 ? { end: after } : { end: after, mended: text.slice(open, quote + 1) };
  }
}

/** The cell that begins at `open` and whose quote at `stray` neither ends it nor is doubled. */
function readStray(line: Line, open: number, stray: number): Cell {
  const { text } = line;
  const lineEnd = endOfLine(line, stray);
  if (lineEnd === undefined) return 'incomplete';
  const unclear = { unclear: text.slice(Math.max(open, stray - SHOWN), Math.min(lineEnd, stray + SHOWN)) };
  if (LINE_BREAK.test(text.slice(open, stray)) || opensCell(line, stray)) return unclear;
  for (let run = text.indexOf(QUOTE, stray + 1); run >= 0 && run < lineEnd; ) {
    const runEnd = skipQuotes(text, run);
    const opens = opensCell(line, run);
    const closes = isCellEnd(line, skipBlanks(line, runEnd));
    const isEmptyCell = opens && closes && runEnd - run === 2;
    if (opens && closes && !isEmptyCell) return unclear;
    if (closes && !isEmptyCell) return cellUpTo(line, { open, stray, close: runEnd - 1 }) ?? unclear;
    if (opens) break;
    run = text.indexOf(QUOTE, runEnd);
  }
  return cellAsItIs(line, { open, stray, lineEnd }) ?? unclear;
}

const SHOWN = 20;
const LINE_BREAK = /[\r\n]/;

/** A separator inside of such a cell counts as text only when a blank follows, as in a sentence. */
function cellUpTo(
  line: Line,
  { open, stray, close }: { readonly open: number; readonly stray: number; readonly close: number },
): Cell | undefined {
  const { text, delimiter } = line;
  const content = text.slice(open + 1, stray).replaceAll('""', QUOTE) + text.slice(stray, close);
  const [, ...afterSeparators] = content.split(delimiter);
  if (afterSeparators.some((rest) => !/^\s/.test(rest))) return undefined;
  return { end: skipBlanks(line, close + 1), mended: quoted(content) };
}

function cellAsItIs(
  { text, delimiter }: Line,
  { open, stray, lineEnd }: { readonly open: number; readonly stray: number; readonly lineEnd: number },
): Cell | undefined {
  const separator = text.indexOf(delimiter, stray);
  const end = separator < 0 ? lineEnd : Math.min(separator, lineEnd);
  const content = text.slice(open, end).trimEnd();
  const quotes = content.split(QUOTE).length - 1;
  if (quotes % 2 === 1 || text.slice(open, stray).includes(delimiter)) return undefined;
  return { end, mended: quoted(content) };
}

const quoted = (content: string): string => `"${content.replaceAll(QUOTE, '""')}"`;

/** Whether a quote at this place would begin a cell: before it are a separator, a line break or the beginning, and blanks. */
function opensCell({ text, delimiter }: Line, at: number, atBeginning = false): boolean {
  for (let before = at - 1; before >= 0; before -= 1) {
    const character = text.charAt(before);
    if (character === delimiter || LINE_BREAK.test(character)) return true;
    if (!isBlank(character)) return false;
  }
  return atBeginning;
}

const isCellEnd = ({ text, delimiter }: Line, at: number): boolean =>
  at >= text.length || text[at] === delimiter || LINE_BREAK.test(text.charAt(at));

/** Beginning with the same blanks that csv-parse cuts: those of `trim`. */
function skipBlanks({ text, delimiter }: Line, from: number): number {
  let at = from;
  while (at < text.length && text[at] !== delimiter && isBlank(text.charAt(at)) && !LINE_BREAK.test(text.charAt(at)))
    at += 1;
  return at;
}

const isBlank = (character: string): boolean => character.trim() === '';

function skipQuotes(text: string, from: number): number {
  let at = from;
  while (text[at] === QUOTE) at += 1;
  return at;
}

function endOfLine({ text, last }: Line, from: number): number | undefined {
  const length = text.slice(from).search(LINE_BREAK);
  if (length >= 0) return from + length;
  return last ? text.length : undefined;
}
