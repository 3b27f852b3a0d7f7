import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CsvRecord, csvParser } from './csv-parser.ts';

/** Nothing may depend on where the pieces end that a text comes in. */
async function parse(text: string, pieceBytes: number): Promise<readonly CsvRecord[]> {
  const records: CsvRecord[] = [];
  const parser = csvParser({ delimiter: ',', onRecord: (record) => records.push(record) });
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
