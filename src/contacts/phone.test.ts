import fc from 'fast-check';
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { describe, expect, it } from 'vitest';
import { areaCodeOf, parsePhone, storedE164 } from './phone.ts';

const answer = (raw: string): string => {
  const result = parsePhone(raw);
  return result.ok ? result.value : result.error.reason;
};

describe('parsePhone', () => {
  it.each([
    ['6175550123', 'ten digits'],
    ['16175550123', 'with the trunk digit'],
    ['+16175550123', 'E.164'],
    ['(617) 555-0123', 'brackets'],
    ['617.555.0123', 'dots'],
    ['1-617-555-0123', 'dashes'],
    ['+1 (617) 555-0123', 'as phones show it'],
    ['617\u2013555\u20130123', 'en dashes'],
    ['617/555-0123', 'a slash'],
    ['(+1) 617 555 0123', 'a bracketed country code'],
    ['  617 555 0123\t', 'blanks around it'],
    ['\u00a0617\u00a0555\u00a00123', 'no-break spaces'],
    ['\u202a+16175550123\u202c', 'bidi marks, as Windows address books paste them'],
    ['617\u200b5550123', 'a zero-width space'],
    ['\ufeff6175550123', 'a byte order mark'],
    ['６１７５５５０１２３', 'full-width digits'],
    ['＋１ ６１７ ５５５ ０１２３', 'full-width digits and plus'],
    ["'6175550123", 'the apostrophe of a text cell'],
    ['="6175550123"', 'the formula of a text cell'],
    ['6175550123.0', 'a number column with decimals'],
    ['6175550123,00', 'the same with a decimal comma'],
    ['6.175550123E+09', 'scientific notation with all digits'],
    ['1.6175550123E+10', 'the same with the trunk digit'],
    ['1,6175550123e10', 'the same with a decimal comma'],
    ['tel:+1-617-555-0123', 'a tel URI'],
    ['617-555-0123 ext. 12', 'an extension'],
    ['617-555-0123 x12', 'a short extension'],
    ['617-555-0123 extension 12', 'a long extension'],
    ['617-555-0123;ext=12', 'the extension of a URI'],
    ['0016175550123', 'dialled from Europe'],
    ['011 1 617 555 0123', 'dialled with the American international prefix'],
  ])('takes %j (%s)', (raw) => expect(answer(raw)).toBe('+16175550123'));

  it.each([
    ['+14165550111', 'Canada'],
    ['8765550123', 'Jamaica'],
    ['787 555 0123', 'Puerto Rico'],
  ])('takes %j, because %s is a +1 country', (raw) => expect(answer(raw)).toMatch(/^\+1\d{10}$/));

  it.each(['', ' ', '-', '\u2013', '--', '\u200b', "'", '\u00a0'])('says that %j is missing', (raw) => {
    expect(answer(raw)).toBe('missing_phone');
  });

  it.each([
    ['call office', 'words'],
    ['N/A', 'words, too: somebody wrote them'],
    ['#REF!', 'a broken formula'],
    ['617555012', 'nine digits'],
    ['555-0123', 'no area code'],
    ['123-456-7890', 'area codes do not begin with 1'],
    ['000-000-0000', 'nor with 0'],
    ['555-555-0123', 'an area code that nobody has'],
    ['1.61756E+10', 'a spreadsheet dropped five digits'],
    ['6.18E+09', 'a spreadsheet dropped seven digits'],
    ['6.1755501E+09', 'zeros at the end, or dropped digits: nobody can tell'],
    ['617-555-0123 or 617-555-0124', 'two numbers'],
    ['1-800-FLOWERS', 'letters'],
    ['+449998', 'too short for its country'],
    ['442079460958', 'twelve digits without a plus'],
  ])('says that %j is invalid: %s', (raw) => expect(answer(raw)).toBe('invalid_phone'));

  it.each(['+49 30 901820', '+44 20 7946 0958', '0044 20 7946 0958', '011 52 55 1234 5678', 'tel:+33142685300'])(
    'refuses %j, a number of a country that is not served',
    (raw) => expect(answer(raw)).toBe('unsupported_country'),
  );

  it('keeps the refused text, trimmed, for the report', () => {
    expect(parsePhone(' call office ')).toEqual({
      ok: false,
      error: { reason: 'invalid_phone', value: 'call office' },
    });
  });

  it('reads national numbers in the country that is given', () => {
    expect(parsePhone('030 901820', 'DE')).toMatchObject({ ok: false, error: { reason: 'unsupported_country' } });
    expect(parsePhone('6175550123', 'DE').ok).toBe(false);
    expect(parsePhone('4165550111', 'CA')).toEqual({ ok: true, value: '+14165550111' });
  });

  it('agrees with libphonenumber on every ten-digit number, also those whose last digits decide', () => {
    const areaCodes = fc.oneof(
      fc.integer({ min: 200, max: 999 }),
      fc.constantFrom(246, 268, 340, 500, 523, 524, 684, 787, 800, 876, 900),
    );
    const exchanges = fc.oneof(fc.integer({ min: 0, max: 999 }), fc.constantFrom(100, 211, 521, 522, 555, 606, 911));
    const national = fc
      .tuple(areaCodes, exchanges, fc.integer({ min: 0, max: 9999 }))
      .map(([area, exchange, line]) => `${area}${String(exchange).padStart(3, '0')}${String(line).padStart(4, '0')}`);
    fc.assert(
      fc.property(national, (digits) => {
        expect(parsePhone(digits).ok).toBe(parsePhoneNumberFromString(`+1${digits}`)?.isValid() === true);
      }),
      { numRuns: 3_000 },
    );
  });

  it('finds the same number in every ordinary way to write it', () => {
    const shape = fc.constantFrom(
      'abc',
      'a b c',
      'a-b-c',
      'a.b.c',
      '(a) b-c',
      '1abc',
      '1-a-b-c',
      '+1abc',
      '+1 (a) b-c',
      '1 (a) b-c',
      ' abc ',
      '(a)b-c',
    );
    const numbers = fc.tuple(
      fc.constantFrom('617', '212', '850', '907'),
      fc.integer({ min: 200, max: 999 }),
      fc.integer({ min: 1000, max: 9999 }),
    );
    fc.assert(
      fc.property(shape, numbers, (pattern, [a, b, c]) => {
        const raw = pattern.replace('a', a).replace('b', String(b)).replace('c', String(c));
        const oracle = parsePhoneNumberFromString(raw.trim(), 'US');
        expect(parsePhone(raw)).toEqual({ ok: true, value: oracle?.number });
      }),
    );
  });
});

describe('storedE164', () => {
  it('takes what parsePhone made', () => expect(areaCodeOf(storedE164('+16175550123'))).toBe('617'));
  it('throws for anything else', () => expect(() => storedE164('617 555 0123')).toThrow(/expected \+1 and ten digits/));
});
