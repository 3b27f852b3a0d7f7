import fc from 'fast-check';
import { expect, it } from 'vitest';
import { canonicalJson } from './canonical-json.ts';
import { canonicalPieces, jsonPieces } from './json-pieces.ts';
import { instant } from './time.ts';

const leaf = fc.oneof(fc.jsonValue(), fc.constant(undefined), fc.constant(instant('2026-11-17T15:00:00Z')));
const document = fc.dictionary(
  fc.string(),
  fc.oneof(
    leaf,
    fc.array(leaf),
    fc.array(fc.dictionary(fc.string(), leaf)),
    fc.dictionary(fc.string(), fc.array(leaf)),
  ),
);

it('the pieces together are the document, for people and canonical', () => {
  fc.assert(
    fc.property(document, (value) => {
      expect([...jsonPieces(value)].join('')).toBe(JSON.stringify(value, null, 2));
      expect([...canonicalPieces(value)].join('')).toBe(canonicalJson(JSON.parse(JSON.stringify(value))));
    }),
  );
});

it('a document of many records is never one text', () => {
  const records = Array.from({ length: 10_000 }, (_, id) => ({ id, text: 'x'.repeat(160), attempts: [{ id }] }));
  const pieces = [...jsonPieces({ texts: records, proof: { entries: records } })];
  expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThan(500);
});
