import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countParts, countPartsKeepingGraphemes, isGsm7, PART_LIMITS, toGsm7 } from './encoding.ts';

const A = (count: number) => 'A'.repeat(count);
const a = (count: number) => 'a'.repeat(count);
const FAMILY = '\u{1F468}\u200D\u{1F469}\u200D\u{1F467}\u200D\u{1F466}';
const FLAG = '\u{1F1FA}\u{1F1F8}';
const SKIN_TONE = '\u{1F44D}\u{1F3FD}';

type Vector = readonly [name: string, text: string, encoding: 'GSM-7' | 'UCS-2', units: number, parts: string];

const VECTORS: readonly Vector[] = [
  ['V01 empty text', '', 'GSM-7', 0, '0'],
  ['V02', A(160), 'GSM-7', 160, '160'],
  ['V03', A(161), 'GSM-7', 161, '153+8'],
  ['V04', A(306), 'GSM-7', 306, '153+153'],
  ['V05', A(307), 'GSM-7', 307, '153+153+1'],
  ['V06', A(459), 'GSM-7', 459, '153+153+153'],
  ['V07', A(460), 'GSM-7', 460, '153+153+153+1'],
  ['V08', '€'.repeat(80), 'GSM-7', 160, '160'],
  ['V09', '€'.repeat(81), 'GSM-7', 162, '152+10'],
  ['V10 extension character does not fit', `${A(152)}€${A(10)}`, 'GSM-7', 164, '152+12'],
  ['V11 extension character just fits', `${A(151)}€${A(10)}`, 'GSM-7', 163, '153+10'],
  ['V12', `${A(152)}€${A(152)}`, 'GSM-7', 306, '152+153+1'],
  ['V13', `${A(158)}€`, 'GSM-7', 160, '160'],
  ['V14', `${A(159)}€`, 'GSM-7', 161, '153+8'],
  ['V15', '['.repeat(77), 'GSM-7', 154, '154'],
  ['V16', 'ñ'.repeat(160), 'GSM-7', 160, '160'],
  ['V17', 'á'.repeat(70), 'UCS-2', 70, '70'],
  ['V18', 'á'.repeat(71), 'UCS-2', 71, '67+4'],
  ['V19 capital c-cedilla is in', 'Ç'.repeat(160), 'GSM-7', 160, '160'],
  ['V20 small c-cedilla is out', 'ç'.repeat(70), 'UCS-2', 70, '70'],
  ['V21', `${a(69)}\u2019`, 'UCS-2', 70, '70'],
  ['V22', `${a(70)}\u2019`, 'UCS-2', 71, '67+4'],
  ['V23', '😀'.repeat(35), 'UCS-2', 70, '70'],
  ['V24', '😀'.repeat(36), 'UCS-2', 72, '66+6'],
  ['V25', `${a(66)}😀${a(66)}`, 'UCS-2', 134, '66+67+1'],
  ['V26', `${a(67)}😀${a(65)}`, 'UCS-2', 134, '67+67'],
  ['V27', `${a(134)}é\u2014`, 'UCS-2', 136, '67+67+2'],
  ['V28 family', FAMILY, 'UCS-2', 11, '11'],
  ['V29', `${a(60)}${FAMILY}${a(10)}`, 'UCS-2', 81, '66+15'],
  ['V30 decomposed', 'e\u0301', 'UCS-2', 2, '2'],
  ['V31 composed', '\u00e9', 'GSM-7', 1, '1'],
  ['V32 skin tone', SKIN_TONE, 'UCS-2', 4, '4'],
  ['V33 flag', FLAG, 'UCS-2', 4, '4'],
  ['V34 CR LF', 'Hi\r\nthere', 'GSM-7', 9, '9'],
  ['V35 LF', 'Hi\nthere', 'GSM-7', 8, '8'],
  ['V36', `${A(79)}\r\n${A(79)}`, 'GSM-7', 160, '160'],
  ['V37 tab', 'a\tb', 'UCS-2', 3, '3'],
  ['V38 no-break space', 'a\u00a0b', 'UCS-2', 3, '3'],
  ['V39 grave accents', '`ok`', 'UCS-2', 4, '4'],
  ['V40 form feeds', '\f'.repeat(80), 'GSM-7', 160, '160'],
  ['V41', 'ΔΦΓΛΩΠΨΣΘΞ', 'GSM-7', 10, '10'],
  ['V42 Greek capital alpha', '\u0391', 'UCS-2', 1, '1'],
  ['V43', '\u03a9'.repeat(160), 'GSM-7', 160, '160'],
  ['V44 ohm sign', '\u2126', 'UCS-2', 1, '1'],
  ['V45', 'Acme Concrete: Hi Ana, your estimate is ready. Reply STOP to opt out.', 'GSM-7', 69, '69'],
  ['V46', 'Hola Ana, su cotización está lista. Responda ALTO para cancelar.', 'UCS-2', 64, '64'],
  ['V47', 'Mañana a las 9. ¿Está bien? ¡Gracias!', 'UCS-2', 37, '37'],
  ['V48', 'Manana 9am, ¡gracias señor!', 'GSM-7', 27, '27'],
  ['V49', `${A(305)}^`, 'GSM-7', 307, '153+152+2'],
  ['V50', `${A(304)}^`, 'GSM-7', 306, '153+153'],
  ['V51 byte order mark', '\ufeffSTOP', 'UCS-2', 5, '5'],
  ['V52', `${'😀'.repeat(34)}${a(67)}`, 'UCS-2', 135, '66+67+2'],
];

describe('counting message parts', () => {
  it('knows all 52 published vectors', () => expect(VECTORS).toHaveLength(52));

  it.each(VECTORS)('%s', (_name, text, encoding, units, parts) => {
    const counted = countParts(text);
    expect([counted.encoding, counted.units, counted.unitsPerPart.join('+')]).toEqual([encoding, units, parts]);
    expect(counted.parts).toBe(parts.split('+').length);
  });

  it.each([
    ['a family emoji', `${a(61)}${FAMILY}${a(62)}`, '67+67', 3],
    ['a flag', `${a(65)}${FLAG}${a(65)}`, '67+67', 3],
    ['a skin tone', `${a(65)}${SKIN_TONE}${a(65)}`, '67+67', 3],
    ['a decomposed letter', `${a(66)}e\u0301${a(66)}`, '67+67', 3],
    ['a heart with a variation selector', `á${a(65)}\u2764\ufe0f${a(66)}`, '67+67', 3],
    ['CR LF in GSM-7', `${A(152)}\r\n${A(152)}`, '153+153', 2],
  ])(
    'splits between the code points of %s, while whole graphemes need their own count',
    (_name, text, parts, whole) => {
      expect(countParts(text).unitsPerPart.join('+')).toBe(parts);
      expect(countPartsKeepingGraphemes(text)).toBe(whole);
    },
  );

  it.each([
    ['a fresh text', 'Hi', 2, 160],
    ['a full single part', A(160), 160, 160],
    ['the start of a second part', A(161), 8, 153],
    ['a short UCS-2 text', 'Hi 👍', 5, 70],
    ['the start of a second UCS-2 part', `${a(69)}👍`, 4, 67],
  ])('tells how full the last part is for %s', (_name, text, used, limit) => {
    const counted = countParts(text);
    expect([counted.unitsInLastPart, counted.limitOfLastPart]).toEqual([used, limit]);
  });

  it('names each character outside GSM-7 once', () => {
    expect(countParts('“Hi” ’’ 👍👍 {ok}').charactersOutsideGsm7).toEqual(['“', '”', '’', '👍']);
    expect(countParts('a lone \ud83d half').charactersOutsideGsm7).toEqual(['\ud83d']);
  });

  it('does not split a pair after a lone surrogate, nor lose a lone one', () => {
    expect(countParts(`${a(66)}\ud83d${a(10)}`).unitsPerPart).toEqual([67, 10]);
  });

  it('carries exactly the 127 characters of the alphabet and the 10 of its extension table', () => {
    const inside = Array.from({ length: 0x1_0000 }, (_, code) => String.fromCharCode(code)).filter(isGsm7);
    expect(inside).toHaveLength(127 + 10);
  });
});

const anyText = fc.string({ unit: 'binary', maxLength: 700 });
const gsmText = fc.string({ unit: fc.constantFrom(...'abcXYZ 09\n\r€[]{}^~|\\ñÇéΩ'), maxLength: 700 });

/** Cuts the text at the part borders, so that a test can look at the pieces. */
function pieces(text: string): readonly string[] {
  const counted = countParts(text);
  const cut: string[] = [];
  let index = 0;
  for (const units of counted.unitsPerPart) {
    const start = index;
    for (let used = 0; used < units; index += 1) {
      used += counted.encoding === 'UCS-2' ? 1 : '\f^{}\\[~]|€'.includes(text.charAt(index)) ? 2 : 1;
    }
    cut.push(text.slice(start, index));
  }
  return cut;
}

describe('every text', () => {
  it('has units that are the sum of its parts, and parts within their limits', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, gsmText), (text) => {
        const { encoding, units, parts, unitsPerPart, charactersOutsideGsm7 } = countParts(text);
        const limit = PART_LIMITS[encoding][parts === 1 ? 'single' : 'concatenated'];
        expect(unitsPerPart.reduce((sum, part) => sum + part, 0)).toBe(units);
        expect(Math.max(...unitsPerPart)).toBeLessThanOrEqual(limit);
        expect(charactersOutsideGsm7.length > 0).toBe(encoding === 'UCS-2');
        // A part before the last gives up at most one unit, to keep a two-unit character whole.
        for (const part of unitsPerPart.slice(0, -1)) expect(part).toBeGreaterThanOrEqual(limit - 1);
      }),
    );
  });

  it('is cut into pieces that join to the text and split no surrogate pair', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, gsmText), (text) => {
        const cut = pieces(text);
        expect(cut.join('')).toBe(text);
        cut.slice(1).forEach((piece, index) => {
          const border = `${cut[index]?.at(-1)}${piece.charAt(0)}`;
          expect(border).not.toMatch(/^[\ud800-\udbff][\udc00-\udfff]$/);
        });
      }),
    );
  });

  it('never gets cheaper by writing more, and two texts joined cost at most one part more than apart', () => {
    fc.assert(
      fc.property(gsmText, gsmText, (left, right) => {
        const joined = countParts(left + right).parts;
        expect(joined).toBeGreaterThanOrEqual(countParts(left).parts);
        expect(joined).toBeLessThanOrEqual(countParts(left).parts + countParts(right).parts + 1);
      }),
    );
  });

  it('costs at least as many parts when graphemes stay whole', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) => {
        expect(countPartsKeepingGraphemes(text)).toBeGreaterThanOrEqual(countParts(text).parts);
      }),
    );
  });

  it('splits a grapheme longer than a part wherever it stands', () => {
    const pile = `e${'\u0301'.repeat(200)}`;
    expect(countPartsKeepingGraphemes(pile)).toBeGreaterThanOrEqual(countParts(pile).parts);
  });
});

describe('replacing look-alikes to stay in GSM-7', () => {
  it.each([
    ['curly apostrophes', 'We\u2019re here', "We're here"],
    ['primes, acute and grave', '6\u2032 \u00b4x\u00b4 `y`', "6' 'x' 'y'"],
    ['curly and angle quotes', '\u201cHi\u201d «sí»'.replace('í', 'i'), '"Hi" "si"'],
    ['dashes, minus and bullets', '9\u20135 \u2014 \u2212 •', '9-5 - - -'],
    ['an ellipsis', 'soon\u2026', 'soon...'],
    ['wide spaces and tabs, one for one', 'a\u00a0b\u2003c\td', 'a b c d'],
    ['invisible characters', '\ufeffST\u200bOP\u00ad', 'STOP'],
    ['line and paragraph separators', 'a\u2028b\u2029c', 'a\nb\nc'],
    ['CR LF and CR', 'a\r\nb\rc', 'a\nb\nc'],
    ['full-width letters', 'ＡＢＣ！', 'ABC!'],
    ['a fraction after a digit, with a space', '50½ in', '50 1/2 in'],
    ['a fraction after a word', 'about ¾ done', 'about 3/4 done'],
    ['a fraction slash', '1⁄2', '1/2'],
    ['decomposed letters that GSM-7 has composed', 'cafe\u0301 man\u0303ana', 'café mañana'],
    ['an ohm sign', '5\u2126', '5Ω'],
  ])('replaces %s', (_name, text, expected) => expect(toGsm7(text).text).toBe(expected));

  it.each([
    ['an emoji', 'We\u2019re here 👍'],
    ['a family emoji with its joiners', FAMILY],
    ['a small c-cedilla', 'gar\u00e7on\u2019s'],
    ['Spanish accents', 'está \u201clista\u201d'],
    ['an emoji beside CR LF', 'a\r\n👍'],
  ])('leaves a text alone when %s stays outside anyway', (_name, text) => {
    expect(toGsm7(text)).toEqual({ text, replaced: [] });
  });

  it('tells what it replaced, once each', () => {
    expect(toGsm7('It\u2019s Ana\u2019s \u2013 ok').replaced).toEqual([
      { from: '\u2019', to: "'" },
      { from: '\u2013', to: '-' },
    ]);
  });

  it('drops Spanish accents only when asked, and never the tilde', () => {
    expect(toGsm7('Su cotización está lista, señor. ÁÍÓÚ', { dropAccents: true }).text).toBe(
      'Su cotizacion esta lista, señor. AIOU',
    );
  });

  it('gives GSM-7 or the text itself, and does nothing the second time', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'a9½’“•\t\r\n👍çá e\u0301'), maxLength: 60 }), (text) => {
        const once = toGsm7(text);
        expect(isGsm7(once.text) || once.text === text).toBe(true);
        expect(toGsm7(once.text)).toEqual({ text: once.text, replaced: [] });
      }),
    );
  });
});
