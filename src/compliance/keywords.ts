import { MISSPELLINGS } from './keywords-misspelled.ts';

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
