import fc from 'fast-check';
import { expect, it } from 'vitest';
import { makeCursor, readCursor, toPage } from './cursor.ts';

const UUID = '0193f6c2-a1b4-7c3d-8e5f-60718293a4b5';
const AT = '2026-11-17T15:00:00.123456Z';

it('gives back what was put in, whatever it holds', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0'))), (parts) => {
      expect(
        readCursor(
          makeCursor(...parts),
          parts.map(() => 'text' as const),
        ),
      ).toEqual({ ok: true, value: parts });
    }),
  );
});

it('begins at the first page without a cursor', () => {
  expect(readCursor(undefined, ['instant', 'uuid'])).toEqual({ ok: true, value: undefined });
});

it.each([
  ['another number of parts', makeCursor(AT)],
  ['an instant that is none', makeCursor('yesterday', UUID)],
  ['a UUID that is none', makeCursor(AT, "' or true --")],
  ['a UUID in capitals, as no row of ours has it', makeCursor(AT, UUID.toUpperCase())],
  ['parts that are no text', Buffer.from('[1,2]').toString('base64url')],
  ['no array', Buffer.from('{"length":2}').toString('base64url')],
  ['something else', 'page2'],
  ['nothing', ''],
])('refuses %s', (_case, cursor) => {
  const read = readCursor(cursor, ['instant', 'uuid']);
  expect(read.ok ? undefined : read.error.kind).toBe('invalid');
});

it.each([
  ['12', true],
  ['-1', false],
  ['1e3', false],
  ['99999999999', false],
])('takes %s as a number: %s', (part, taken) => {
  expect(readCursor(makeCursor(part), ['number']).ok).toBe(taken);
});

it('names a next page only when there is one', () => {
  expect(toPage(['a', 'b', 'c'], 2, (last) => `after ${last}`)).toEqual({ data: ['a', 'b'], nextCursor: 'after b' });
  expect(toPage(['a', 'b'], 2, (last) => `after ${last}`)).toEqual({ data: ['a', 'b'], nextCursor: null });
  expect(toPage([], 2, String)).toEqual({ data: [], nextCursor: null });
});
