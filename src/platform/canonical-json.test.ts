import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from './canonical-json.ts';

describe('the canonical text of JSON', () => {
  it.each([
    [
      'members are sorted, at every depth',
      { b: 1, a: { d: [3, { y: 1, x: 2 }], c: null } },
      '{"a":{"c":null,"d":[3,{"x":2,"y":1}]},"b":1}',
    ],
    // RFC 8785, section 3.2.3.
    [
      'by UTF-16 code units, not by code points',
      { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, '\u00f6': 7 },
      '{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\ud83d\ude00":5,"\ufb33":3}',
    ],
    // RFC 8785, section 3.2.2.
    [
      'numbers and strings are as ECMAScript writes them',
      JSON.parse(
        String.raw`{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/"}`,
      ),
      '{"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    ],
    ['a member named __proto__ is one like any other', JSON.parse('{"__proto__":1,"a":2}'), '{"__proto__":1,"a":2}'],
  ])('%s', (_, value, text) => {
    expect(canonicalJson(value)).toBe(text);
  });

  it('means the same value, and is the same for whatever order the members came in', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value);
        expect(canonicalJson(JSON.parse(text))).toBe(text);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it.each([undefined, Number.NaN, { a: undefined }, [() => 1]])('refuses what is not JSON: %s', (value) => {
    expect(() => canonicalJson(value)).toThrow('expected a JSON value');
  });
});
