import { Readable } from 'node:stream';
import iconv from 'iconv-lite';
import { describe, expect, it } from 'vitest';
import type { CsvFileError } from './csv-file-error.ts';
import type { CsvRecord } from './csv-parser.ts';
import { type CsvOptions, openCsv } from './csv-reader.ts';

interface Reading {
  readonly encoding: string;
  readonly delimiter: string;
  readonly head: readonly CsvRecord[];
  readonly records: readonly CsvRecord[];
}

/** Reads a file that comes in chunks of `chunkBytes`. */
async function read(
  bytes: Uint8Array | string,
  options: CsvOptions & { chunkBytes?: number; sizeBytes?: number } = {},
): Promise<Reading> {
  const buffer = Buffer.from(bytes);
  const size = options.chunkBytes ?? 65_536;
  const chunks = Array.from({ length: Math.ceil(buffer.length / size) }, (_, index) =>
    buffer.subarray(index * size, (index + 1) * size),
  );
  const source = {
    chunks: Readable.from(chunks),
    ...(options.sizeBytes === undefined ? {} : { sizeBytes: options.sizeBytes }),
  };
  const file = await openCsv(source, options);
  const records: CsvRecord[] = [];
  for await (const batch of file.batches) records.push(...batch);
  expect(file.bytesRead).toBe(buffer.length);
  return { encoding: file.encoding, delimiter: file.delimiter, head: file.head, records };
}

const cellsOf = (reading: Reading): readonly (readonly string[])[] => reading.records.map((record) => record.cells);

async function problemOf(
  bytes: Uint8Array | string,
  options: CsvOptions & { chunkBytes?: number; sizeBytes?: number } = {},
): Promise<CsvFileError> {
  return read(bytes, options).then(
    () => expect.unreachable('the file was read'),
    (error: CsvFileError) => error,
  );
}

describe('separators', () => {
  it.each([
    [',', 'name,phone,tags\nO’Neil,6175550123,a;b\nKim,6175550124,\n'],
    [';', 'name;phone;note\n"Kim; Lee";6175550123;"1,2"\nAna;6175550124;3,4\n'],
    ['\t', 'name\tphone\nSmith, Kim\t6175550123\nLee, Ana\t6175550124\n'],
    ['|', 'name|phone|city\nKim|6175550123|Boston, MA\nAna||Quincy, MA\n'],
    [',', 'phone\n6175550123\n6175550124\n'],
    [';', 'a;b;c\n1;2;3\n4;5\n6;7;8\n'],
    [',', 'a,b,c\n1,"x;y;z;w",3\n4,"x;y;z;w",6\n'],
  ])('%j is found in %j', async (delimiter, text) => expect((await read(text)).delimiter).toBe(delimiter));

  it('can be announced on the first line, as Excel does', async () => {
    const reading = await read('sep=;\r\nname;phone\r\nKim, Ana;6175550123\r\n');
    expect(reading.delimiter).toBe(';');
    expect(reading.records).toEqual([
      { line: 2, cells: ['name', 'phone'] },
      { line: 3, cells: ['Kim, Ana', '6175550123'] },
    ]);
    expect(reading.head).toEqual(reading.records);
  });

  it('can be given', async () =>
    expect((await read('a,b;c\n', { delimiter: ';' })).records[0]?.cells).toEqual(['a,b', 'c']));
});

describe('encodings', () => {
  const text = 'name,phone\r\nBjörn Åkesson,6175550123\r\nZoë O’Neil,6175550124\r\n';
  const rows = [
    ['name', 'phone'],
    ['Björn Åkesson', '6175550123'],
    ['Zoë O’Neil', '6175550124'],
  ];

  it.each([
    ['utf-8', Buffer.from(text)],
    ['utf-8', Buffer.from(`\ufeff${text}`)],
    ['utf-16le', iconv.encode(text, 'utf-16le', { addBOM: true })],
    ['utf-16be', iconv.encode(text, 'utf-16be', { addBOM: true })],
    ['utf-16le', iconv.encode(text, 'utf-16le', { addBOM: false })],
    ['utf-16be', iconv.encode(text, 'utf-16be', { addBOM: false })],
    ['windows-1252', iconv.encode(text, 'windows-1252')],
  ])('%s is recognised and read', async (encoding, bytes) => {
    const reading = await read(bytes);
    expect(cellsOf(reading)).toEqual(rows);
    expect(reading.encoding).toBe(encoding);
  });

  it('Windows-1252 is recognised after any amount of ASCII', async () => {
    const ascii = 'name,phone\n'.repeat(20_000);
    const reading = await read(Buffer.concat([Buffer.from(ascii), iconv.encode('Zoë,6175550123\n', 'windows-1252')]));
    expect(reading.encoding).toBe('windows-1252');
    expect(reading.records.at(-1)).toEqual({ line: 20_001, cells: ['Zoë', '6175550123'] });
  });

  it('an encoding that is given is not questioned', async () => {
    const reading = await read(Buffer.from('Zoë\n'), { encoding: 'windows-1252' });
    expect(cellsOf(reading)).toEqual([['ZoÃ«']]);
  });
});

it('the first row may be longer than what is looked at first', async () => {
  const name = 'x'.repeat(200_000);
  const reading = await read(`name,note\nKim,6175550123\n`.replace('note', name));
  expect(reading.head.map((record) => record.cells)).toEqual([
    ['name', name],
    ['Kim', '6175550123'],
  ]);
  expect(reading.records).toEqual(reading.head);
});

describe('refused files', () => {
  it.each([
    ['nothing', '', 'empty_file', /empty \(0 bytes\)/],
    ['an Excel workbook', 'PK\x03\x04\x14\0\x06\0[Content_Types].xml', 'not_text', /Excel workbook.*CSV UTF-8/],
    [
      'an OpenDocument spreadsheet',
      'PK\x03\x04..mimetypeapplication/vnd.oasis.opendocument.spreadsheet',
      'not_text',
      /OpenDocument/,
    ],
    ['a ZIP archive', 'PK\x03\x04contacts.csv', 'not_text', /ZIP archive: unpack it/],
    ['a PDF document', '%PDF-1.7\n', 'not_text', /PDF/],
    ['a web page', '<html><table><tr>', 'not_text', /web page/],
    ['JSON', '[{"phone": "6175550123"}]', 'not_text', /JSON/],
    ['text with a NUL byte', 'name,phone\nKim\0,6175550123\n', 'not_text', /byte 14 \(line 2\).*NUL/],
  ])('%s', async (_, text, problem, message) => {
    const error = await problemOf(text);
    expect(error.problem).toBe(problem);
    expect(error.message).toMatch(message);
  });

  it('a picture', async () => {
    expect((await problemOf(Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a))).message).toMatch(/picture/);
  });

  it('an unclosed quote, by the line on which its row begins', async () => {
    const error = await problemOf('a,b\r\n"x\r\ny",1\r\n\r\n2,"open\r\n3,4\r\n5,6\r\n');
    expect(error.problem).toBe('unclosed_quote');
    expect(error.message).toMatch(/begins on line 5 opens a quote/);
  });

  it('an unclosed quote in a large file, before all of it is in memory', async () => {
    const error = await problemOf(`a,b\n1,2\n3,"open\n${'4,5\n'.repeat(400_000)}`);
    expect(error.problem).toBe('row_too_long');
    expect(error.message).toMatch(/begins on line 3 is longer than 1 million characters/);
  });

  it('more than 500 columns', async () => {
    expect((await problemOf(`a,b\n${'x,'.repeat(500)}x\n`)).message).toMatch(/line 2 has 501 columns, at most 500/);
    expect((await read(`${'x,'.repeat(499)}x\n`)).records).toHaveLength(1);
  });

  it.each([
    ['with quotes', `"${'x'.repeat(5_000_000)}`],
    ['without separators', 'x'.repeat(5_000_000)],
    ['without quotes', 'x,y '.repeat(1_250_000)],
    ['after a hint of the separator', `sep=;\n${'x;y '.repeat(1_250_000)}`],
  ])('one long line %s, which is not an empty file', async (_, text) => {
    expect((await problemOf(text)).message).toMatch(
      /^the row .* line [12] (is longer than 1 million|has \d+,\d+ columns)/,
    );
  });

  it.each([',', ';', '\t'])('20,000 columns, separated by %j', async (separator) => {
    const header = Array.from({ length: 20_000 }, (_, index) => `column ${index}`).join(separator);
    expect((await problemOf(`${header}\n${header}\n`)).message).toBe(
      'the row on line 1 has 20,000 columns, at most 500 can be read: remove the columns that are not needed',
    );
  });

  it('a quote that is never closed in the first row', async () => {
    expect((await problemOf('"name,phone\nKim,6175550123\n')).problem).toBe('unclosed_quote');
  });

  it('empty lines for megabytes', async () => {
    expect((await problemOf('\n'.repeat(5_000_000))).message).toMatch(
      /first 3.9 MiB .* no row .*: remove the empty lines/,
    );
  });

  it('a file above the limit, at once when its size is known', async () => {
    const error = await problemOf('a,b\n', { bytesMax: 1_048_576, sizeBytes: 3_000_000 });
    expect(error.message).toBe(
      'this file has 2.9 MiB or more, at most 1 MiB can be imported at once: split it into parts',
    );
  });

  it('a file above the limit, when it turns out to be', async () => {
    expect((await problemOf('a,b\n'.repeat(1_000), { bytesMax: 1_000, chunkBytes: 100 })).problem).toBe(
      'file_too_large',
    );
    expect((await read('a,b\n'.repeat(250), { bytesMax: 1_000, chunkBytes: 100 })).records).toHaveLength(250);
  });

  it('close their source', async () => {
    const source = Readable.from([Buffer.from('%PDF-1.7')]);
    await expect(openCsv({ chunks: source })).rejects.toThrow(/PDF/);
    expect(source.destroyed).toBe(true);
  });
});

it('stops when it is told to, with the reason', async () => {
  const controller = new AbortController();
  const source = Readable.from(Array.from({ length: 50 }, () => Buffer.from('a,b\n'.repeat(20_000))));
  const file = await openCsv({ chunks: source }, { signal: controller.signal });
  await file.batches.next();
  controller.abort(new Error('cancelled by Kim'));
  await expect(file.batches.next()).rejects.toThrow('cancelled by Kim');
  expect(source.destroyed).toBe(true);
});
