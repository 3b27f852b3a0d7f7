/**
 * The words with a fixed meaning in a reply, as plain data. A keyword counts only when it is the whole message after
 * normalisation; words inside a sentence are the business of the intent rules.
 *
 * Sources: 47 CFR 64.1200(a)(10) names stop, quit, end, revoke, opt out, cancel and unsubscribe as revocation by themselves; the
 * CTIA Messaging Principles and the audits of short codes add STOPALL, HELP and INFO and ask that case, punctuation and trivial
 * variation do not matter; START and UNSTOP are the words on which toll-free networks lift a block. The rest (Spanish, REMOVE,
 * misspellings) is common practice of the industry and our own choice.
 *
 * Every language is active on every number: people answer in their own, whatever the campaign's.
 */

export type ReplyLanguage = 'en' | 'es';

export const OPT_OUT_WORDS_FEDERAL: readonly string[] = [
  'stop',
  'stopall',
  'stop all',
  'unsubscribe',
  'cancel',
  'end',
  'quit',
  'revoke',
  'optout',
  'opt out',
];

export const OPT_OUT_WORDS_EXTENDED: readonly string[] = ['remove', 'unsub', 'stop it all', 'no more'];

/** Required by Canadian carriers; `td` means nothing to Americans, so these need a Canadian number. */
export const OPT_OUT_WORDS_CANADIAN: readonly string[] = ['arret', 'td'];

/** Without accents, as compared. `para` alone is the imperative of parar; inside a sentence it is a preposition. */
export const OPT_OUT_WORDS_SPANISH: readonly string[] = [
  'alto',
  'parar',
  'pare',
  'paren',
  'para',
  'cancelar',
  'cancela',
  'cancele',
  'cancelen',
  'baja',
  'dar de baja',
  'darme de baja',
  'detener',
  'detenga',
  'detengan',
  'detente',
  'salir',
  'fin',
  'terminar',
  'no mas',
  'nomas',
  'basta',
  'borrar',
  'eliminar',
  'remover',
  'quitar',
  'desuscribir',
  'desuscribirme',
  'anular',
];

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

/** Dictionary words one letter away from STOP: an edit distance would take each of them for an opt-out. */
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
  const swapped = letters
    .slice(1)
    .map((letter, index) => word.slice(0, index) + letter + letters[index] + word.slice(index + 2));
  const doubled = letters.map((letter, index) => word.slice(0, index) + letter + word.slice(index));
  const zeroed = word.includes('o') ? [word.replaceAll('o', '0')] : [];
  return [...new Set([...swapped, ...doubled, ...zeroed])].filter(
    (candidate) => candidate !== word && !NEVER_KEYWORDS.has(candidate),
  );
}

/** Long words inside a sentence, where a slip of the finger cannot make another word of them. */
const LONG_WORDS: readonly string[] = ['remove', 'unsubscribe', 'texting', 'message', 'messages', 'contact', 'number'];
const NEVER_LONG_WORDS: ReadonlySet<string> = new Set(['testing', 'messaged', 'messager', 'contract', 'numbed', 'lumber']);
const KEYBOARD_ROWS = ['qwertyuiop', 'asdfghjkl', 'zxcvbnm'];

/** One letter dropped, or hit on a neighbouring key. */
function slipsOf(word: string): readonly string[] {
  const letters = [...word];
  const dropped = letters.map((_, index) => word.slice(0, index) + word.slice(index + 1));
  const slipped = letters.flatMap((letter, index) =>
    neighbouringKeys(letter).map((key) => word.slice(0, index) + key + word.slice(index + 1)),
  );
  return [...dropped, ...slipped].filter((slip) => !NEVER_LONG_WORDS.has(slip) && !LONG_WORDS.includes(slip));
}

function neighbouringKeys(letter: string): readonly string[] {
  const row = KEYBOARD_ROWS.findIndex((keys) => keys.includes(letter));
  const column = KEYBOARD_ROWS[row]?.indexOf(letter) ?? 0;
  const around = [row - 1, row, row + 1].flatMap((r) => [...(KEYBOARD_ROWS[r] ?? '').slice(Math.max(0, column - 1), column + 2)]);
  return around.filter((key) => key !== letter);
}

/** Slips in long words, with the word; for sentences only, never for a keyword. */
export const SLIPS: ReadonlyMap<string, string> = new Map(
  LONG_WORDS.flatMap((word) => slipsOf(word).map((slip): [string, string] => [slip, word])),
);

/** Every misspelling that counts, with its word. */
export const MISSPELLINGS: ReadonlyMap<string, string> = new Map([
  ...MISSPELLED_WORDS.flatMap((word) =>
    misspellingsOf(word).map((misspelling): [string, string] => [misspelling, word]),
  ),
  ...MISSPELLINGS_LISTED,
]);

export const OPT_IN_WORDS: ReadonlyMap<string, ReplyLanguage> = new Map([
  ['start', 'en'],
  ['unstop', 'en'],
  ['subscribe', 'en'],
  ['resume', 'en'],
  ['iniciar', 'es'],
  ['comenzar', 'es'],
  ['reanudar', 'es'],
  ['suscribir', 'es'],
]);

/** Ordinary answers, unless the contact was asked to confirm an opt-in with them. */
export const OPT_IN_WORDS_WHEN_ASKED: ReadonlyMap<string, ReplyLanguage> = new Map([
  ['yes', 'en'],
  ['join', 'en'],
  ['si', 'es'],
  ['alta', 'es'],
]);

export const HELP_WORDS: ReadonlyMap<string, ReplyLanguage> = new Map([
  ['help', 'en'],
  ['info', 'en'],
  ['ayuda', 'es'],
  ['informacion', 'es'],
]);

export interface OptOutKeyword {
  readonly word: string;
  readonly language: ReplyLanguage;
  readonly needsCanadianNumber: boolean;
}

/** Each accepted form of an opt-out keyword. */
export const OPT_OUT_KEYWORDS: ReadonlyMap<string, OptOutKeyword> = new Map([
  ...OPT_OUT_WORDS_CANADIAN.map(optOutKeyword('en', true)),
  ...OPT_OUT_WORDS_SPANISH.map(optOutKeyword('es', false)),
  ...[...MISSPELLINGS].map(([misspelling, word]): [string, OptOutKeyword] => [
    misspelling,
    { word, language: 'en', needsCanadianNumber: false },
  ]),
  ...[...OPT_OUT_WORDS_FEDERAL, ...OPT_OUT_WORDS_EXTENDED].map(optOutKeyword('en', false)),
]);

function optOutKeyword(
  language: ReplyLanguage,
  needsCanadianNumber: boolean,
): (word: string) => [string, OptOutKeyword] {
  return (word) => [word, { word, language, needsCanadianNumber }];
}
