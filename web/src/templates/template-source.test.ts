import { describe, expect, it } from 'vitest';
import {
  addFallback,
  caretAfter,
  fieldSnippet,
  piecesOf,
  placeOfProblem,
  placeWords,
  renameField,
  tagsIn,
} from './template-source.ts';

const shown = (source: string) => tagsIn(source).map((tag) => `${tag.kind}:${source.slice(tag.start, tag.end)}`);

describe('tags are found', () => {
  it.each([
    ['Hi {first_name|there}!', ['field:{first_name|there}']],
    [
      '{if company}We know {company}.{else}Hi{endif}',
      ['condition:{if company}', 'field:{company}', 'condition:{else}', 'condition:{endif}'],
    ],
    ['{ else if city == "a}b" }x', ['condition:{ else if city == "a}b" }']],
    ['{ifs} {else_thing} {iffy|x}', ['field:{ifs}', 'field:{else_thing}', 'field:{iffy|x}']],
    ['a \\{b\\} {c}', ['field:{c}']],
    ['{a|one \\} two}', ['field:{a|one \\} two}']],
    ['{first_name and no end', []],
    ['{a {b}', ['field:{b}']],
    ['no tags', []],
  ])('%s', (source, expected) => {
    expect(shown(source)).toEqual(expected);
  });

  it('an unclosed quote in a condition does not swallow what follows', () => {
    expect(shown('{if city == "Boston}x{city}')).toEqual(['condition:{if city == "Boston}', 'field:{city}']);
  });
});

describe('pieces join to the source again', () => {
  it.each([
    ['Hi {first_name|there}!', undefined],
    ['Hi {first_name', { start: 3, end: 14 }],
    ['{if a}b{endif}', { start: 0, end: 6 }],
    ['', undefined],
  ])('%s', (source, mark) => {
    expect(
      piecesOf(source, mark)
        .map((piece) => piece.text)
        .join(''),
    ).toBe(source);
  });

  it('and mark only the place of the problem', () => {
    expect(piecesOf('Hi {first_name', { start: 3, end: 14 })).toEqual([
      { text: 'Hi ', kind: 'text', marked: false },
      { text: '{first_name', kind: 'text', marked: true },
    ]);
  });
});

describe('a problem is marked', () => {
  it.each([
    ['Hi {first_name! ok', 3, '{first_name'],
    ['Hi {frist_name|x} ok', 3, '{frist_name|x}'],
    ['a } b', 2, '}'],
    ['tail', 99, 'l'],
  ])('in %s at %i as %s', (source, position, expected) => {
    const { start, end } = placeOfProblem(source, position);
    expect(source.slice(start, end)).toBe(expected);
  });

  it.each([
    ['one line {x', 9, 'character 10'],
    ['two\nlines {x', 10, 'line 2, character 7'],
  ])('of %j at %i is named "%s"', (source, position, expected) => {
    expect(placeWords(source, position)).toBe(expected);
  });
});

describe('a field is mended everywhere', () => {
  it.each([
    [
      renameField('{frist_name|there} {frist_name} frist_name', 'frist_name', 'first_name'),
      '{first_name|there} {first_name} frist_name',
    ],
    [
      addFallback('Hi {first_name}, {first_name|you} \\{first_name\\}', 'first_name', 'there'),
      'Hi {first_name|there}, {first_name|you} \\{first_name\\}',
    ],
    [renameField('{a$&}', 'a$&', '$1'), '{$1}'],
  ])('%s', (actual, expected) => {
    expect(actual).toBe(expected);
  });
});

it('an inserted field comes with a fallback unless everyone has it', () => {
  expect(['first_name', 'roof_age', 'business_name'].map(fieldSnippet)).toEqual([
    '{first_name|there}',
    '{roof_age|}',
    '{business_name}',
  ]);
});

it.each([
  ['{roof_age|}', 10],
  ['Hi {a|b} {c|} d', 12],
  ['{first_name|there}', 18],
])('after %s writing goes on at %i', (inserted, expected) => {
  expect(caretAfter(inserted)).toBe(expected);
});
