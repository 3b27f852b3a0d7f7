import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJsonLine, readLines } from './json-lines.ts';

async function* inPieces(bytes: Uint8Array, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  let from = 0;
  for (const cut of [...cuts.map((share) => Math.floor(share * bytes.length)).sort((a, b) => a - b), bytes.length]) {
    yield bytes.subarray(from, cut);
    from = cut;
  }
}

async function linesOf(text: string, options: { cuts?: readonly number[]; lengthMax?: number } = {}) {
  const lines: (string | undefined)[] = [];
  for await (const batch of readLines(inPieces(Buffer.from(text), options.cuts ?? []), options.lengthMax))
    lines.push(...batch);
  return lines;
}

describe('lines', () => {
  it.each([
    ['one line', 'a\n', ['a']],
    ['a last line without an end', 'a\nb', ['a', 'b']],
    ['nothing', '', []],
    ['a blank line', 'a\n\nb\n', ['a', '', 'b']],
    ['a byte order mark', '\uFEFFa\nb\n', ['a', 'b']],
    ['a byte order mark before the only line', '\uFEFFa', ['a']],
    ['separators that are no line end', 'a\u2028b\u2029c\u0085d\n', ['a\u2028b\u2029c\u0085d']],
    ['a line end of Windows', 'a\r\nb\r\n', ['a\r', 'b\r']],
  ])('%s', async (_case, text, expected) => {
    expect(await linesOf(text)).toEqual(expected);
  });

  it('come out alike however the bytes are cut, also inside of a character', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: fc.constantFrom('a', '"', 'é', '🙂', '\u2028') })),
        fc.array(
          fc.nat(1_000).map((thousandths) => thousandths / 1_000),
          { maxLength: 20 },
        ),
        async (lines, cuts) => {
          expect(await linesOf(lines.map((line) => `${line}\n`).join(''), { cuts })).toEqual(lines);
        },
      ),
    ));

  it('keeps neither a line that is too long nor its rest, and goes on behind it', async () => {
    const text = `ab\n${'x'.repeat(50)}\ncd\n${'y'.repeat(50)}`;
    expect(await linesOf(text, { lengthMax: 10, cuts: [0.1, 0.2, 0.3, 0.4, 0.7, 0.9] })).toEqual([
      'ab',
      undefined,
      'cd',
      undefined,
    ]);
  });
});

it.each([
  ['{"text":"a"}', undefined],
  ['{"text":"a"}\r', undefined],
  ['', 'empty'],
  ['[1]', 'an array'],
  ['"a"', 'expected a JSON object, got "a"'],
  ['null', 'expected a JSON object, got null'],
  ['{', 'not JSON'],
])('the line %j: %s', (line, problem) => {
  const parsed = parseJsonLine(line);
  if (problem === undefined) expect(parsed.ok).toBe(true);
  else expect(parsed.ok ? '' : parsed.error).toContain(problem);
});
