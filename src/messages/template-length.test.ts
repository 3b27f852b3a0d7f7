import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shortestLength } from './template-length.ts';
import { parseTemplate } from './template-parser.ts';
import { renderTemplate } from './template-render.ts';

const shortest = (source: string): number => {
  const template = parseTemplate(source);
  if (!template.ok) throw new Error(template.error.message);
  return shortestLength(template.value);
};

describe('the shortest text that a template can become', () => {
  it.each([
    ['', 0],
    ['x'.repeat(1_601), 1_601],
    ['Hi {first_name}', 4],
    ['Hi {first_name|}', 3],
    ['Hi {first_name|a longer fallback}', 4],
    ['a{if city}bcd{endif}', 1],
    ['a{if city}bcd{else}ef{endif}', 3],
    ['a{if city}bcd{else if state}e{else}fg{endif}', 2],
    ['\\{\\}', 2],
  ])('%j is %i', (source, length) => expect(shortest(source)).toBe(length));

  it('is never longer than the text of a contact', () => {
    const nodes = fc.constantFrom('ab', '{a}', '{b|}', '{b|xyz}', '{if a}c{endif}', '{if a == "1"}{b|}{else}cd{endif}');
    const value = fc.constantFrom('', '1', 'long');
    fc.assert(
      fc.property(fc.array(nodes), fc.record({ a: value, b: value }), (pieces, contact) => {
        const template = parseTemplate(pieces.join(''));
        if (!template.ok) throw new Error(template.error.message);
        const text = renderTemplate(template.value, contact);
        if (text.ok) expect(shortestLength(template.value)).toBeLessThanOrEqual(text.value.length);
      }),
    );
  });
});
