/**
 * How a text travels as SMS: its alphabet, its size and its message parts.
 *
 * Invariants: one character outside GSM-7 turns the whole text into UCS-2; a GSM-7 extension character (escape + code) and a
 * surrogate pair never straddle two parts; an empty text is one part with no units. The text counts exactly as written (CR LF
 * is two units), because what is counted must be what is sent.
 * Source of alphabet and limits: 3GPP TS 23.038 (default alphabet and extension table) and 23.040 (concatenation, 8-bit reference).
 */

export type Encoding = 'GSM-7' | 'UCS-2';

export interface PartCount {
  readonly encoding: Encoding;
  /** Septets in GSM-7 (extension characters weigh 2), UTF-16 code units in UCS-2. */
  readonly units: number;
  /** Message parts, the billing unit; never below 1. */
  readonly parts: number;
  readonly unitsPerPart: readonly number[];
  readonly unitsInLastPart: number;
  /** Room of the last part: 160 or 70 when there is one part, 153 or 67 when there are several. */
  readonly limitOfLastPart: number;
  /** Each character that forced UCS-2, once, in order of appearance. */
  readonly charactersOutsideGsm7: readonly string[];
}

export interface PartLimits {
  readonly single: number;
  readonly concatenated: number;
}

export const PART_LIMITS: { readonly [E in Encoding]: PartLimits } = {
  'GSM-7': { single: 160, concatenated: 153 },
  'UCS-2': { single: 70, concatenated: 67 },
};

const BASIC_CHARACTERS =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?' +
  '¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
const EXTENSION_CHARACTERS = '\f^{}\\[~]|€';

/** Septets by UTF-16 code unit, 0 for what GSM-7 cannot carry: one table read per unit, so that counting allocates nothing. */
const SEPTETS = (() => {
  const table = new Uint8Array(0x1_0000);
  for (const character of BASIC_CHARACTERS) table[character.charCodeAt(0)] = 1;
  for (const character of EXTENSION_CHARACTERS) table[character.charCodeAt(0)] = 2;
  return table;
})();

const NO_CHARACTERS: readonly string[] = Object.freeze([]);

/** Septets of the text in GSM-7, or -1 when a character is outside it. */
function septetsOf(text: string): number {
  let septets = 0;
  for (let index = 0; index < text.length; index += 1) {
    const weight = SEPTETS[text.charCodeAt(index)] ?? 0;
    if (weight === 0) return -1;
    septets += weight;
  }
  return septets;
}

export const isGsm7 = (text: string): boolean => septetsOf(text) >= 0;

/** Counts the message parts of a final text. */
export function countParts(text: string): PartCount {
  const septets = septetsOf(text);
  if (septets < 0) {
    const unitsPerPart = text.length <= PART_LIMITS['UCS-2'].single ? [text.length] : fillUcs2Parts(text);
    return describe('UCS-2', text.length, unitsPerPart, charactersOutsideGsm7(text));
  }
  const unitsPerPart = septets <= PART_LIMITS['GSM-7'].single ? [septets] : fillGsm7Parts(text);
  return describe('GSM-7', septets, unitsPerPart, NO_CHARACTERS);
}

function describe(
  encoding: Encoding,
  units: number,
  unitsPerPart: readonly number[],
  outside: readonly string[],
): PartCount {
  const limits = PART_LIMITS[encoding];
  return {
    encoding,
    units,
    parts: unitsPerPart.length,
    unitsPerPart,
    unitsInLastPart: unitsPerPart[unitsPerPart.length - 1] ?? 0,
    limitOfLastPart: unitsPerPart.length === 1 ? limits.single : limits.concatenated,
    charactersOutsideGsm7: outside,
  };
}

function fillGsm7Parts(text: string): number[] {
  const parts: number[] = [];
  let used = 0;
  for (let index = 0; index < text.length; index += 1) {
    const weight = SEPTETS[text.charCodeAt(index)] ?? 0;
    if (used + weight > PART_LIMITS['GSM-7'].concatenated) {
      parts.push(used);
      used = 0;
    }
    used += weight;
  }
  parts.push(used);
  return parts;
}

function fillUcs2Parts(text: string): number[] {
  const parts: number[] = [];
  let start = 0;
  while (start < text.length) {
    let end = Math.min(start + PART_LIMITS['UCS-2'].concatenated, text.length);
    if (isSurrogatePairAt(text, end - 1)) end -= 1;
    parts.push(end - start);
    start = end;
  }
  return parts;
}

function isSurrogatePairAt(text: string, index: number): boolean {
  const high = text.charCodeAt(index);
  const low = text.charCodeAt(index + 1);
  return high >= 0xd800 && high <= 0xdbff && low >= 0xdc00 && low <= 0xdfff;
}

function charactersOutsideGsm7(text: string): readonly string[] {
  const found = new Set<string>();
  for (const character of text) {
    if (character.length > 1 || SEPTETS[character.charCodeAt(0)] === 0) found.add(character);
  }
  return [...found];
}

/**
 * Parts when no joined emoji or accented letter may be split either, as some gateways count. Never below `countParts(text).parts`:
 * budget with this number and book what the gateway reports. Slower (grapheme segmentation); only long UCS-2 texts pay for it.
 */
export function countPartsKeepingGraphemes(text: string): number {
  const counted = countParts(text);
  if (counted.encoding === 'GSM-7' || counted.parts === 1) return counted.parts;
  const limit = PART_LIMITS['UCS-2'].concatenated;
  let parts = 1;
  let used = 0;
  for (const { segment } of new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text)) {
    if (segment.length > limit) {
      // Longer than a whole part, so it is split wherever it stands; each piece may lose a unit to a surrogate pair.
      parts += Math.ceil(segment.length / (limit - 1));
      used = limit;
      continue;
    }
    if (used + segment.length > limit) {
      parts += 1;
      used = 0;
    }
    used += segment.length;
  }
  return parts;
}

export interface Replacement {
  readonly from: string;
  readonly to: string;
}

export interface Gsm7Text {
  readonly text: string;
  /** Each replacement made, once, in order of appearance; empty when the text was left alone. */
  readonly replaced: readonly Replacement[];
}

const replacing = (characters: Iterable<string>, to: string): [string, string][] =>
  [...characters].map((character) => [character, to]);

/** Look-alikes that change no word. Lower-case c-cedilla stays: turning it into the capital GSM-7 has would change the word. */
const REPLACEMENTS: ReadonlyMap<string, string> = new Map([
  ...replacing('\u2018\u2019\u201b\u02bc\u2032\u00b4`', "'"),
  ...replacing('\u201c\u201d\u201e\u201f«»\u2033', '"'),
  ...replacing('\u2010\u2011\u2012\u2013\u2014\u2015\u2212•', '-'),
  ...replacing('\u00a0\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\t', ' '),
  ...replacing('\u200b\u200c\u200d\u2060\ufeff\u00ad', ''),
  ...replacing(['\u2028', '\u2029', '\r\n', '\r'], '\n'),
  ['…', '...'],
  ['⁄', '/'],
  ['÷', '/'],
  ...Array.from({ length: 0x5e }, (_, offset): [string, string] => [
    String.fromCharCode(0xff01 + offset),
    String.fromCharCode(0x21 + offset),
  ]),
]);

const FRACTIONS: ReadonlyMap<string, string> = new Map([
  ['¼', '1/4'],
  ['½', '1/2'],
  ['¾', '3/4'],
  ['⅓', '1/3'],
  ['⅔', '2/3'],
  ['⅛', '1/8'],
  ['⅜', '3/8'],
  ['⅝', '5/8'],
  ['⅞', '7/8'],
]);

/** Spanish stays readable without these accents. The tilde of the n never goes: *año* and *ano* are two words. */
const WITHOUT_ACCENT: ReadonlyMap<string, string> = new Map(
  [...'áíóúÁÍÓÚ'].map((vowel, index) => [vowel, [...'aiouAIOU'][index] ?? vowel]),
);

/**
 * Replaces what only looks different (curly quotes, dashes, wide spaces, fractions) so that the text fits GSM-7. If one character
 * would still be outside, the text comes back untouched: half a replacement changes the wording and saves nothing.
 * `dropAccents` also writes the four Spanish vowels that GSM-7 lacks without their accent.
 */
export function toGsm7(text: string, options: { readonly dropAccents?: boolean } = {}): Gsm7Text {
  const replaced = new Map<string, string>();
  let result = '';
  for (const piece of text.match(/\r\n|\P{M}\p{M}|./gsu) ?? []) {
    const composed = piece.normalize('NFC');
    const to = replacementFor(composed, { before: result, dropAccents: options.dropAccents === true });
    if (to !== piece) replaced.set(piece, to);
    result += to;
  }
  if (!isGsm7(result)) return { text, replaced: [] };
  return { text: result, replaced: [...replaced].map(([from, to]) => ({ from, to })) };
}

function replacementFor(character: string, place: { readonly before: string; readonly dropAccents: boolean }): string {
  const fraction = FRACTIONS.get(character);
  // "50½" must not become "501/2", ten times the amount.
  if (fraction !== undefined) return isDigit(place.before.at(-1)) ? ` ${fraction}` : fraction;
  const withoutAccent = place.dropAccents ? WITHOUT_ACCENT.get(character) : undefined;
  return withoutAccent ?? REPLACEMENTS.get(character) ?? character;
}

const isDigit = (character: string | undefined): boolean =>
  character !== undefined && character >= '0' && character <= '9';
