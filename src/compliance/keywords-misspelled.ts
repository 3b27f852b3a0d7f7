/**
 * Misspelled keywords. Case, punctuation and trivial variation must not matter (CTIA Messaging Principles), but a dictionary word
 * must never become an opt-out, so there is a narrow rule and a list instead of a distance.
 */

/** Words whose misspellings by `misspellingsOf` count as the word. Shorter ones would meet names and words ("Ned"). */
export const MISSPELLED_WORDS: readonly string[] = [
  'stop',
  'unsubscribe',
  'cancel',
  'quit',
  'revoke',
  'remove',
  'optout',
];

/** Misspellings outside the rule, seen in the wild, and the word each stands for. */
export const MISSPELLINGS_LISTED: readonly (readonly [misspelling: string, word: string])[] = [
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
]);

/** One swap of neighbours, one doubled letter, or a zero for an o; never a dictionary word. */
export function misspellingsOf(word: string): readonly string[] {
  const letters = [...word];
  const doubled = letters.map((letter, index) => word.slice(0, index) + letter + word.slice(index));
  const zeroed = word.includes('o') ? [word.replaceAll('o', '0')] : [];
  return [...new Set([...swapsOf(word), ...doubled, ...zeroed])].filter(
    (candidate) => candidate !== word && !NEVER_KEYWORDS.has(candidate),
  );
}

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
]);
const KEYBOARD_ROWS = ['qwertyuiop', 'asdfghjkl', 'zxcvbnm'];

/** One letter dropped, or hit on a neighbouring key, or two neighbours swapped. */
function slipsOf(word: string): readonly string[] {
  const letters = [...word];
  const dropped = letters.map((_, index) => word.slice(0, index) + word.slice(index + 1));
  const slipped = letters.flatMap((letter, index) =>
    neighbouringKeys(letter).map((key) => word.slice(0, index) + key + word.slice(index + 1)),
  );
  return [...dropped, ...slipped, ...swapsOf(word)].filter(
    (slip) => !NEVER_LONG_WORDS.has(slip) && !LONG_WORDS.includes(slip),
  );
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
