import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DncFormat, dncFileReader, REGISTRY_CHANGE_COLUMNS } from './dnc-file.ts';
import { ListFileError, type RefusedLine } from './list-lines.ts';

function read(text: string | Buffer, format: DncFormat = { kind: 'numbers' }, chunkBytes = 7) {
  const numbers: string[] = [];
  const refused: RefusedLine[] = [];
  const reader = dncFileReader(format, {
    entry: ({ areaCode, rest, removed }) =>
      numbers.push(`${removed ? '-' : ''}${areaCode}${String(rest).padStart(7, '0')}`),
    refused: (line) => refused.push(line),
  });
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += chunkBytes) reader.push(bytes.subarray(at, at + chunkBytes));
  reader.end();
  return { numbers, refused, lines: reader.lines() };
}
const CHANGES: DncFormat = { kind: 'changes', columns: REGISTRY_CHANGE_COLUMNS };

describe('a list of numbers', () => {
  it.each([
    ['5550002222', 'ten digits'],
    ['555,0002222', 'area code, number'],
    ['555-000-2222\r', 'hyphens and CRLF'],
    ['(555) 000-2222', 'brackets'],
    ['15550002222', 'the trunk digit'],
    ['+1 555 000 2222', 'E.164'],
    ['"5550002222"', 'quotes'],
    ['\ufeff5550002222', 'a byte order mark'],
    ['Telephone Number\n\n5550002222\n\n', 'a header and blank lines'],
  ])('takes %j (%s)', (text) => expect(read(text)).toMatchObject({ numbers: ['5550002222'], refused: [] }));

  it.each([
    ['555000222', 'expected ten digits, got 9'],
    ['5550002222,5550002223', 'expected ten digits, got 20'],
    ['55500022221', 'expected ten digits, got 11'],
    ['1550002222', 'no US number begins so'],
    ['555000222A', 'more than a number'],
    ['5550002222 John', 'more than a number'],
    ['N/A', 'more than a number'],
  ])('refuses %j: %s', (text, reason) =>
    expect(read(`6175550123\n${text}\n6175550124`)).toMatchObject({
      numbers: ['6175550123', '6175550124'],
      refused: [{ line: 2, text, reason }],
    }),
  );

  it('reads the same numbers however the bytes are cut', () => {
    const number = fc.integer({ min: 2_000_000_000, max: 9_999_999_999 }).map(String);
    fc.assert(
      fc.property(fc.array(number, { maxLength: 30 }), fc.integer({ min: 1, max: 40 }), (all, cut) => {
        expect(read(all.join('\r\n'), { kind: 'numbers' }, cut).numbers).toEqual(all);
      }),
    );
  });

  it.each([
    [Buffer.from('PK\u0003\u0004'), /unpack/],
    [Buffer.from('\n<!DOCTYPE html>'), /document type .* flat text/],
    [Buffer.from('6175550123\n', 'utf16le'), /UTF-8/],
    [Buffer.alloc(5_000, '1'), /one number on each line/],
  ])('says what another kind of file is and what to do (%#)', (bytes, words) => {
    expect(() => read(bytes)).toThrow(ListFileError);
    expect(() => read(bytes)).toThrow(words);
  });
});

it.each([
  ['numbers', '\ufeff<?xml version="1.0"?><l c="555"><n>0002222</n></l>', { kind: 'numbers' } as const],
  ['changes', '  <l c="555"><n t="A">0002222</n></l>', CHANGES],
])('XML is known by its first bytes, as %s', (_, text, format) =>
  expect(read(text, format)).toMatchObject({ numbers: ['5550002222'], lines: 1 }),
);

describe('a change list', () => {
  it('adds and takes off, and refuses what is neither', () => {
    const text = '555,0002222,2026-11-01,A\n555,0002223,2026-11-01,d\n555,0002224,2026-11-01,X\n555,000222,,A\n';
    expect(read(text, CHANGES)).toEqual({
      numbers: ['5550002222', '-5550002223'],
      refused: [
        { line: 3, text: '555,0002224,2026-11-01,X', reason: expect.stringContaining('A (added) or D') },
        { line: 4, text: '555,000222,,A', reason: expect.stringContaining('ten-digit') },
      ],
      lines: 4,
    });
  });

  it('takes the columns in the order that it was told', () => {
    expect(read('D;(555) 000-2222', { kind: 'changes', columns: ['changeType', 'phone'] }).numbers).toEqual([
      '-5550002222',
    ]);
  });
});

describe('a table', () => {
  it('is read by the column that was named, in quotes or not', () => {
    const text = 'Name,Mobile\n"Doe, Ann",(617) 555-0123\nBob,none\n';
    expect(read(text, { kind: 'csv', column: 'mobile' })).toMatchObject({
      numbers: ['6175550123'],
      refused: [{ line: 3, text: 'Bob,none' }],
    });
  });

  it('that is XML is refused', () => {
    expect(() => read('<l/>', { kind: 'csv', column: 'Mobile' })).toThrow(/upload it as numbers/);
  });

  it.each([
    [
      'phone,phone\n6175550123,6175550124\n',
      'phone',
      /columns 1 and 2 are all called "phone"; put .* a name of its own/,
    ],
    ['Name,Mobile,"MOBILE "\n', 'mobile', /columns 2 and 3 .*"mobile"/],
  ])('that has that column twice is refused: %j', (text, column, words) => {
    expect(() => read(text, { kind: 'csv', column })).toThrow(words);
  });

  it('may have another column twice', () => {
    expect(read('x,phone,x\n1,6175550123,2\n', { kind: 'csv', column: 'phone' }).numbers).toEqual(['6175550123']);
  });

  it('without that column is refused, with the columns that there are', () => {
    expect(() => read('Name,Phone\n', { kind: 'csv', column: 'Mobile' })).toThrow(
      /"Mobile"; the first line has "Name", "Phone"/,
    );
  });
});
