import fc from 'fast-check';
import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import { csvDecoder } from './csv-encoding.ts';
import type { CsvFileError } from './csv-file-error.ts';

/** The whole text and the encoding of bytes that come in pieces. */
function decode(bytes: Buffer, pieceBytes: number): { readonly text: string; readonly encoding: string } {
  const decoder = csvDecoder(bytes);
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += pieceBytes)
    pieces.push(Buffer.from(decoder.write(bytes.subarray(at, at + pieceBytes))));
  pieces.push(Buffer.from(decoder.end()));
  return { text: Buffer.concat(pieces).toString(), encoding: decoder.encoding };
}

const western = fc.string({
  unit: fc.constantFrom('a', 'b', 'c', ',', '\n', '1', 'é', 'ß', 'ñ'),
  minLength: 1,
  maxLength: 60,
});
const anything = fc.string({
  unit: fc.constantFrom('a', ',', '\n', 'é', '€', '李', '😀'),
  minLength: 1,
  maxLength: 60,
});
const pieceBytes = fc.integer({ min: 1, max: 30 });

describe('a text is read as it was written, wherever the pieces end,', () => {
  it('in UTF-8', () => {
    fc.assert(
      fc.property(anything, pieceBytes, (text, size) => {
        expect(decode(Buffer.from(text), size)).toEqual({ text, encoding: 'utf-8' });
      }),
    );
  });

  it('in UTF-8 with a byte order mark', () => {
    fc.assert(
      fc.property(anything, pieceBytes, (text, size) => {
        expect(decode(Buffer.from(`\ufeff${text}`), size).text).toBe(text);
      }),
    );
  });

  it.each(['utf-16le', 'utf-16be'])('in %s with a byte order mark', (encoding) => {
    const encoded = (text: string): Buffer => iconv.encode(text, encoding, { addBOM: true });
    fc.assert(
      fc.property(anything, pieceBytes, (text, size) => {
        expect(decode(encoded(text), size)).toEqual({ text, encoding });
      }),
    );
  });

  it('in Windows-1252', () => {
    fc.assert(
      fc.property(western, pieceBytes, (text, size) => {
        const decoded = decode(iconv.encode(text, 'windows-1252'), size);
        expect(decoded).toEqual({ text, encoding: /[^a-c,\n1]/.test(text) ? 'windows-1252' : 'utf-8' });
      }),
    );
  });
});

it.each([
  ['in the middle', [Buffer.from('name\nBjörn Åkesson\nZo'), Buffer.of(0xeb), Buffer.from('\n')], 23, '0xeb'],
  [
    'as a sequence that ends too early',
    [Buffer.from('name\nBjörn Åkesson\nZo'), Buffer.of(0xe2, 0x82), Buffer.from('\n')],
    23,
    '0xe2',
  ],
  ['at the end of the file', [Buffer.from('name\nBjörn Åkesson\nZo'), Buffer.of(0xc3)], 23, '0xc3'],
])('a byte that breaks proven UTF-8 is refused %s, with its place and the remedy', (_, parts, byte, value) => {
  for (const size of [1, 3, 100]) {
    let refusal: unknown;
    try {
      decode(Buffer.concat(parts), size);
    } catch (error) {
      refusal = error;
    }
    expect((refusal as CsvFileError).problem).toBe('bad_encoding');
    expect((refusal as CsvFileError).message).toBe(
      `this file cannot be read at byte ${byte} (line 3): the text is UTF-8, but ${value} is not: open the file in the program it comes from, save it as "CSV UTF-8" and import that`,
    );
  }
});
