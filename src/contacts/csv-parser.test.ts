import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CsvFileError } from './csv-file-error.ts';
import { CSV_DELIMITERS, type CsvDelimiter, type CsvRecord, csvParser } from './csv-parser.ts';

/** Nothing may depend on where the pieces end that a text comes in. */
async function parse(text: string, pieceBytes: number, delimiter: CsvDelimiter = ','): Promise<readonly CsvRecord[]> {
  const records: CsvRecord[] = [];
  const parser = csvParser({ delimiter, onRecord: (record) => records.push(record) });
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += pieceBytes) parser.write(bytes.subarray(at, at + pieceBytes));
  await parser.end();
  return records;
}

const cellsOf = (records: readonly CsvRecord[]): readonly (readonly string[])[] => records.map(({ cells }) => cells);

describe('lines', () => {
  it.each([
    ['line feeds', 'a,b\n1,2\n3,4\n', [1, 2, 3]],
    ['carriage returns and line feeds', 'a,b\r\n1,2\r\n3,4\r\n', [1, 2, 3]],
    ['carriage returns', 'a,b\r1,2\r3,4', [1, 2, 3]],
    ['mixed line endings', 'a,b\r\n1,2\n3,4\r5,6', [1, 2, 3, 4]],
    ['blank lines', 'a,b\n\n1,2\n\n\n3,4\n\n', [1, 3, 6]],
    ['blank lines with blanks and separators', 'a,b\n \t\n1,2\n , \n3,4', [1, 3, 5]],
    ['a line feed in quotes', 'a,b\n1,"x\ny"\n3,4', [1, 2, 4]],
    ['carriage return and line feed in quotes', 'a,b\r\n1,"x\r\ny\r\nz"\r\n\r\n3,4', [1, 2, 6]],
    ['carriage returns in quotes', 'a,b\r1,"x\ry"\r3,4', [1, 2, 4]],
  ])('are counted as the file has them, with %s', async (_, text, lines) => {
    for (const pieceBytes of [1, 2, 3, 1_000])
      expect((await parse(text, pieceBytes)).map(({ line }) => line)).toEqual(lines);
  });
});

describe('cells', () => {
  it.each([
    ['quotes', 'a,b\n"x, y","z"\n', [['x, y', 'z']]],
    ['doubled quotes', 'a,b\n"""Best"" Builders",z\n', [['"Best" Builders', 'z']]],
    ['a line break in quotes', 'a,b\n"1 Main St\nApt 2",z\n', [['1 Main St\nApt 2', 'z']]],
    ['blanks around cells and quotes', 'a,b\n  x , "y, z" \n', [['x', 'y, z']]],
    ['stray quotes inside of a cell', 'a,b\n5" pipe,z\n', [['5" pipe', 'z']]],
    ['fewer cells than the header', 'a,b,c\nx\n', [['x']]],
    ['more cells than the header', 'a,b\nx,y,z\n', [['x', 'y', 'z']]],
  ])('are read with %s', async (_, text, rows) => {
    for (const pieceBytes of [1, 7, 1_000]) expect(cellsOf(await parse(text, pieceBytes)).slice(1)).toEqual(rows);
  });

  it('come back as they were, whatever they hold and wherever the pieces end', async () => {
    const cell = fc.string({ unit: fc.constantFrom('a', 'é', '李', '😀', '"', ',', ';', '\n', '\r\n', ' x', '0') });
    const rows = fc.array(fc.tuple(fc.constantFrom('x', 'y'), cell, cell), { minLength: 1, maxLength: 8 });
    const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
    await fc.assert(
      fc.asyncProperty(rows, fc.integer({ min: 1, max: 40 }), async (table, pieceBytes) => {
        const text = table.map((row) => row.map(quoted).join(',')).join('\r\n');
        expect(cellsOf(await parse(text, pieceBytes))).toEqual(table);
      }),
      { numRuns: 60 },
    );
  });
});

const PIECES = [1, 2, 7, 1_000];

describe('a quote that nobody doubled', () => {
  it.each([
    ['ends no cell before a separator follows', '617,"needs 12" pipe, soon"', ['617', 'needs 12" pipe, soon']],
    ['may come in pairs', '"Ann "the boss" Smith",617', ['Ann "the boss" Smith', '617']],
    ['may be the last character', '"Ann "the boss"",617', ['Ann "the boss"', '617']],
    ['may be the first character', '""Ann" Smith",617', ['"Ann" Smith', '617']],
    ['may stand beside doubled ones', '"""Ann"" 5" Smith",617', ['"Ann" 5" Smith', '617']],
    ['may be followed by a quoted cell', '"a 5" pipe","b"', ['a 5" pipe', 'b']],
    ['belongs to a cell that is quoted in part', '"Ann" Smith,617,"a, b"', ['"Ann" Smith', '617', 'a, b']],
    ['belongs to such a cell before an empty one', '"Ann" Smith,"",617', ['"Ann" Smith', '', '617']],
    ['belongs to such a cell at the end of a line', '617,"Ann" Smith', ['617', '"Ann" Smith']],
  ])('%s', async (_, line, cells) => {
    for (const end of ['', '\n', '\r\nx,y\r\n'])
      for (const pieceBytes of PIECES)
        expect(cellsOf(await parse(`a,b\n"1\n2"\n\n${line}${end}`, pieceBytes))[2]).toEqual(cells);
  });

  it.each([
    ['opens a cell that is closed by the next one', '"Ann,617\n"Bob",618\n', '“"Ann,617 "Bob",618”'],
    ['opens a cell on the line of the next one', '"Ann,617,"note"\n', '"Ann,617,"note"'],
    ['stands in a text of several lines', '"one\ntwo 5" pipe",617\n', 'two 5" pipe"'],
    ['may have ended the cell or not', '"needs 12" pipe,soon",617\n', 'pipe,soon"'],
    ['may close this cell or open the next', '"a 5" pipe,",617"\n', 'pipe,"'],
    ['leaves another one over', '"a" b "c,617\n', '"a" b "c'],
  ])('%s: the file is refused with the place', async (_, text, around) => {
    for (const pieceBytes of PIECES) {
      const error = await parse(`a,b\r\n\r\n"1\r\n2",3\r\n${text}x,y\r\n`, pieceBytes).then(
        () => expect.unreachable('the file was read'),
        (refusal: CsvFileError) => refusal,
      );
      expect(error.problem).toBe('stray_quote');
      expect(error.message).toContain('begins on line 5 has a quote (") too much or too few, near \u201c');
      expect(error.message).toContain(around.replace('\n', ' '));
      expect(error.message).toMatch(/write a quote that belongs to the text twice/);
    }
  });

  it('never comes out as an error of the library or as text that depends on where the pieces end', async () => {
    const text = fc.string({
      unit: fc.constantFrom('a', ' ', '"', '"', ',', ';', '\n', '\r\n', '\u00a0'),
      maxLength: 40,
    });
    const delimiters = fc.constantFrom(...CSV_DELIMITERS);
    const outcome = (given: string, pieceBytes: number, delimiter: CsvDelimiter) =>
      parse(given, pieceBytes, delimiter).then(cellsOf, (error: CsvFileError) => [error.problem, error.message]);
    await fc.assert(
      fc.asyncProperty(text, delimiters, fc.integer({ min: 1, max: 12 }), async (given, delimiter, pieceBytes) => {
        const whole = await outcome(given, 1_000, delimiter);
        expect(await outcome(given, pieceBytes, delimiter)).toEqual(whole);
        if (typeof whole[0] === 'string') expect(['stray_quote', 'unclosed_quote']).toContain(whole[0]);
      }),
      { numRuns: 400 },
    );
  });
});
