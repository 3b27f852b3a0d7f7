/**
 * Misspelled keywords. Case, punctuation and trivial variation must not matter (CTIA Messaging Principles), but a dictionary word
 * must never become an opt-out, so there is a narrow rule and a list instead of a distance.
 */

/** Words whose misspellings by `misspellingsOf` count as the word inside a sentence too. Shorter ones would meet names and words ("Ned"). */
const MISSPELLED_WORDS: readonly string[] = ['stop', 'unsubscribe', 'cancel', 'quit', 'revoke', 'remove', 'optout'];

/** Misspellings outside the rule, seen in the wild, and the word each stands for. */
const MISSPELLINGS_LISTED: readonly (readonly [misspelling: string, word: string])[] = [
  ['stob', 'stop'],
  ['stop1', 'stop'],
  ['stopal', 'stopall'],
  ['unsubcribe', 'unsubscribe'],
  ['unsuscribe', 'unsubscribe'],
  ['unsubscibe', 'unsubscribe'],
  ['unsubscrib', 'unsubscribe'],
  ['unsusbcribe', 'unsubscribe'],
  ['unsubsribe', 'unsubscribe'],
  ['unsubcsribe', 'unsubscribe'],
  ['unscribe', 'unsubscribe'],
  ['unsubscirbe', 'unsubscribe'],
  ['cancle', 'cancel'],
  ['cansel', 'cancel'],
];

/** Dictionary words close to a keyword: an edit distance would take each of them for an opt-out. */
export const NEVER_KEYWORDS: ReadonlySet<string> = new Set([
  'spot',
  'tops',
  'post',
  'pots',
  'opts',
  'step',
  'shop',
  'top',
  'stops',
  'stoop',
  'atop',
  'slop',
  'crop',
  'drop',
  'quite',
  'quilt',
  'suit',
  'strop',
  'evoke',
  'alot',
  // Of Spanish, and names.
  'parra',
  'canela',
  'arar',
  'asta',
  'basa',
  'bata',
  'sali',
  'omas',
  'finn',
  'ned',
  'aren',
]);

/** Digits that look like a letter. */
const LOOK_ALIKE: Readonly<Record<string, string>> = { o: '0', i: '1', l: '1', e: '3', a: '4', s: '5' };

/** One swap of neighbours, one doubled letter, or a digit for a letter; never a dictionary word. Of several words, only the digit. */
export function misspellingsOf(word: string): readonly string[] {
  const letters = [...word];
  const digits = letters.flatMap((letter) => {
    const digit = LOOK_ALIKE[letter];
    return digit === undefined ? [] : [word.replaceAll(letter, digit), word.replace(letter, digit)];
  });
  if (word.includes(' ')) return digits;
  const doubled = letters.map((letter, index) => word.slice(0, index) + letter + word.slice(index));
  return ordinaryLeftOut(word, [...swapsOf(word), ...doubled, ...digits]);
}

/** Shorter words are other words when they lose a letter, but for the best known. */
const LOSES_LETTER_MIN = 5;

/** One letter too few: perhaps the word. Of the best known also a neighbouring key, instead of a letter or beside it. */
export function nearlyOf(word: string): readonly string[] {
  const isKnown = MISSPELLED_WORDS.includes(word);
  if (word.includes(' ') || (word.length < LOSES_LETTER_MIN && !isKnown)) return [];
  const forms = [...word].flatMap((letter, index) => {
    const [before, after] = [word.slice(0, index), word.slice(index + 1)];
    const keys = isKnown ? neighbouringKeys(letter) : [];
    const hit = keys.flatMap((key) => [
      before + key + after,
      before + key + letter + after,
      before + letter + key + after,
    ]);
    return [before + after, ...hit];
  });
  return ordinaryLeftOut(word, forms);
}

/** No reply holds one by the time it is looked at. */
const LONG_RUN = /(\p{L})\1\1/u;
const ordinaryLeftOut = (word: string, forms: readonly string[]): readonly string[] =>
  [...new Set(forms)].filter((form) => form !== word && !NEVER_KEYWORDS.has(form) && !LONG_RUN.test(form));

const swapsOf = (word: string): readonly string[] =>
  [...word.slice(1)].map((letter, index) => word.slice(0, index) + letter + word.charAt(index) + word.slice(index + 2));

/** Every misspelling that counts, with its word. */
export const MISSPELLINGS: ReadonlyMap<string, string> = new Map([
  ...MISSPELLED_WORDS.flatMap((word) =>
    misspellingsOf(word).map((misspelling): [string, string] => [misspelling, word]),
  ),
  ...MISSPELLINGS_LISTED,
]);

/** Long words inside a sentence, where a slip of the finger cannot make another word of them. */
const LONG_WORDS: readonly string[] = [
  'remove',
  'unsubscribe',
  'texting',
  'sending',
  'message',
  'messages',
  'messaging',
  'contact',
  'contacting',
  'calling',
  'bothering',
  'spamming',
  'number',
  'numero',
  'mensaje',
  'mensajes',
  'equivocado',
];
const NEVER_LONG_WORDS: ReadonlySet<string> = new Set([
  'testing',
  'messaged',
  'messager',
  'contract',
  'numbed',
  'lumber',
  'ending',
  'sensing',
  'wending',
  'falling',
  'caling',
  'galling',
  'culling',
  'contracting',
  'slamming',
  'sanding',
  'massage',
  'massages',
  'massaging',
]);
const KEYBOARD_ROWS = ['qwertyuiop', 'asdfghjkl', 'zxcvbnm'];

const VOWELS = ['a', 'e', 'i', 'o', 'u'];

/** One letter dropped, hit on a neighbouring key or turned round, one vowel taken for another, two neighbours swapped, or no vowels. */
function slipsOf(word: string): readonly string[] {
  const letters = [...word];
  const vowels = letters.flatMap((letter, index) =>
    VOWELS.includes(letter) ? VOWELS.map((vowel) => word.slice(0, index) + vowel + word.slice(index + 1)) : [],
  );
  const turned = word.includes('b') ? [word.replaceAll('b', 'd'), replaceLast(word, 'b', 'd')] : [];
  const bare = word.charAt(0) + word.slice(1).replace(/[aeiou]/g, '');
  const firstVowelKept = word.replace(/(?<=[aeiou].*)[aeiou]/g, '');
  const dropped = letters.map((_, index) => word.slice(0, index) + word.slice(index + 1));
  const slipped = letters.flatMap((letter, index) =>
    neighbouringKeys(letter).map((key) => word.slice(0, index) + key + word.slice(index + 1)),
  );
  return [...dropped, ...slipped, ...swapsOf(word), ...vowels, ...turned, bare, firstVowelKept].filter(
    (slip) => !NEVER_LONG_WORDS.has(slip) && !LONG_WORDS.includes(slip),
  );
}

function replaceLast(word: string, letter: string, other: string): string {
  const at = word.lastIndexOf(letter);
  return word.slice(0, at) + other + word.slice(at + letter.length);
}

function neighbouringKeys(letter: string): readonly string[] {
  const row = KEYBOARD_ROWS.findIndex((keys) => keys.includes(letter));
  const column = KEYBOARD_ROWS[row]?.indexOf(letter) ?? 0;
  const around = [row - 1, row, row + 1].flatMap((r) => [
    ...(KEYBOARD_ROWS[r] ?? '').slice(Math.max(0, column - 1), column + 2),
  ]);
  return around.filter((key) => key !== letter);
}

/** Slips in long words, with the word; for sentences only, never for a keyword. */
export const SLIPS: ReadonlyMap<string, string> = new Map(
  LONG_WORDS.flatMap((word) => slipsOf(word).map((slip): [string, string] => [slip, word])),
);
