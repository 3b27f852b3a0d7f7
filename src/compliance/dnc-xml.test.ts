import { describe, expect, it } from 'vitest';
import { dncXmlReader } from './dnc-xml.ts';
import { ListFileError, type RefusedLine } from './list-lines.ts';

function read(text: string, kind: 'numbers' | 'changes' = 'numbers', pieceBytes = 5) {
  const numbers: string[] = [];
  const refused: RefusedLine[] = [];
  const reader = dncXmlReader(kind, {
    entry: ({ areaCode, rest, removed }) =>
      numbers.push(`${removed ? '-' : ''}${areaCode}${String(rest).padStart(7, '0')}`),
    refused: (line) => refused.push(line),
  });
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += pieceBytes) reader.push(bytes.subarray(at, at + pieceBytes));
  reader.end();
  return { numbers, refused, entries: reader.lines() };
}
const TWO = ['6175550123', '6175550124'];

describe('a list in XML', () => {
  it.each([
    [
      'the area code as an attribute around numbers in attributes',
      '<?xml version="1.0" encoding="UTF-8"?>\n<list type="full"><ac val="617" count="802">\n<ph val="5550123"/><ph val="5550124"/></ac></list>',
    ],
    ['the area code as an attribute around numbers as text', '<l><a c="617"><n>5550123</n><n>555-0124</n></a></l>'],
    ['the area code as text before its numbers', '<l><a><c>617</c><n>5550123</n><n>5550124</n></a></l>'],
    ['the area code as text around its numbers', '<l><a>617<n>5550123</n>\n<n>5550124</n></a></l>'],
    [
      'records with the area code before or behind the number',
      '<l ac="202"><r><c>617</c><n>5550123</n></r><r><n>5550124</n><c>617</c></r></l>',
    ],
    ['both as attributes of one tag, in any order', '<l><r n="5550123" c="617"/><r c="617" n="5550124"/></l>'],
    ['the area code as an attribute of the number', '<l ac="202"><n c="617">5550123</n><n c="617">5550124</n></l>'],
    ['whole numbers', '<l><p>(617) 555-0123</p><p>16175550124</p></l>'],
    ['whole numbers below another area code', '<l c="202"><p>6175550123</p><p><![CDATA[6175550124]]></p></l>'],
    [
      'a mark of byte order, comments and days',
      '\ufeff<l><!-- 9 --><day>11/1/2026</day><p>6175550123</p><p>6175550124</p></l>',
    ],
  ])('may have %s', (_, text) => expect(read(text)).toEqual({ numbers: TWO, refused: [], entries: 2 }));

  it('has the area code of the nearest tag around', () => {
    const text = '<l><a c="617"><n>5550123</n><b c="212"><n>5550124</n></b><n>5550125</n></a><n>5550126</n></l>';
    expect(read(text)).toMatchObject({
      numbers: expect.arrayContaining(['6175550123', '2125550124', '6175550125']),
      refused: [{ line: 1, text: '5550126', reason: expect.stringContaining('without an area code') }],
    });
  });

  it('has a line refused for whatever stands where numbers stand and is none, also before the first number', () => {
    const text = '<l c="617">\n<n>555012X</n>\n<n>5550123</n>\n<n>55501</n>\n<n>617</n>\n<n>5550124</n></l>';
    expect(read(text)).toMatchObject({
      numbers: TWO,
      refused: [
        { line: 2, text: '555012X' },
        { line: 4, text: '55501' },
        { line: 5, text: '617' },
      ],
      entries: 5,
    });
  });

  it('has no number below an area code that cannot be read', () => {
    const text = '<l><a c="617"><n>5550123</n></a><a c="61"><n>5550124</n></a></l>';
    expect(read(text)).toMatchObject({ numbers: ['6175550123'], refused: [{ text: '5550124' }] });
  });

  it.each([
    ['cut off', '<l c="617"><n>5550123</n>', /no whole XML .*unclosed tag: l/],
    ['a document type', '<!DOCTYPE l [<!ENTITY n "5550123">]><l c="617"><n>&n;</n></l>', /line 1: a document type/],
    ['an entity of its own', '<l c="617"><n>&n;</n></l>', /no whole XML .*undefined entity/],
    [
      'marks of changes',
      '<l c="617"><n type="D">5550123</n></l>',
      /line 1: the number is marked as deleted; upload the file as changes/,
    ],
    ['two area codes for one tag', '<l><r a="617" b="212" n="5550123"/></l>', /<r> this value belongs/],
    [
      'area codes in a row',
      '<l><c>617</c><n>5550123</n><c>212</c><n>5550124</n></l>',
      /number of <l> this value belongs/,
    ],
    ['area codes behind several numbers', '<l><n>5550123</n><n>5550124</n><c>212</c></l>', /belongs/],
    ['numbers behind what belonged to one', '<l><n>5550123</n><c>212</c><n>5550124</n></l>', /belong/],
    [
      'a tag that is an area code here and a number there',
      '<l>\n<n>617</n>\n<n>5550124</n></l>',
      /line 3: <n> is a number here/,
    ],
    ['a text without an end', `<l><n>${'5'.repeat(300)}</n></l>`, /more than 256 characters/],
    ['a tag without an end', `<l><n ${'a'.repeat(200_000)}`, /no tag within 64 KiB/],
    ['tags without an end', '<l>'.repeat(100), /more than 64 deep/],
    [
      'a new tag each time',
      Array.from({ length: 600 }, (_, index) => `<l><t${index}/></l>`)
        .join('')
        .replace('<l>', '<l><l>'),
      /kinds of tags/,
    ],
  ])('with %s is not read', (_, text, words) => {
    expect(() => read(text, 'numbers', 4_096)).toThrow(ListFileError);
    expect(() => read(text, 'numbers', 4_096)).toThrow(words);
  });
});

describe('changes in XML', () => {
  const BOTH = ['6175550123', '-6175550124'];
  it.each([
    ['attributes', '<l c="617"><n v="5550123" at="2026-11-01" t="A"/><n v="5550124" t="D"/></l>'],
    ['attributes of the number', '<l c="617"><n t="Added">5550123</n><n t="deleted">5550124</n></l>'],
    ['text beside the number', '<l><r><c>617</c><n>5550123</n><t>A</t></r><r><t>D</t><n>5550124</n><c>617</c></r></l>'],
    [
      'tags around numbers',
      '<l c="617"><additions><n>5550123</n></additions><deletions><n>5550124</n></deletions></l>',
    ],
    ['attributes around numbers', '<l><s t="A"><p>6175550123</p></s><s t="D"><p>6175550124</p></s></l>'],
    ['an exception beside the number', '<l t="A"><r><p>6175550123</p></r><r><p>6175550124</p><t>D</t></r></l>'],
  ])('are marked by %s', (_, text) =>
    expect(read(text, 'changes')).toEqual({ numbers: BOTH, refused: [], entries: 2 }),
  );

  it('without a mark, or with one that is not known, are refused', () => {
    const text = '<l c="617">\n<n v="5550123" t="A"/>\n<n v="5550124"/>\n<n v="5550125" t="X"/></l>';
    expect(read(text, 'changes')).toMatchObject({
      numbers: ['6175550123'],
      refused: [
        { line: 3, text: '5550124', reason: expect.stringContaining('A (added) or D') },
        { line: 4, text: '5550125', reason: expect.stringContaining('A (added) or D') },
      ],
    });
  });
});
