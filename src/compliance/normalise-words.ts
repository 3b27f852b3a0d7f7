import { MISSPELLINGS, SLIPS } from './keywords-misspelled.ts';
import { BY_EAR, GLUED_WORDS } from './spelled-by-ear.ts';

/** Spellings of everyday words, so that each rule needs to know one. Spanish words never collide with these forms. */
const CANONICAL: ReadonlyMap<string, string> = new Map([
  ...BY_EAR,
  ...GLUED_WORDS,
  ...entries('you', "u ya'll yall y'all yous"),
  ...entries('your', 'ur yr'),
  ...entries('are', 'r'),
  ...entries('where did', "where'd"),
  ...entries('how did', "how'd howd"),
  ...entries('you are', "you're youre"),
  ...entries('please', 'pls plz plse pleas pleae plese pleaze ples'),
  ...entries('thanks', 'thx thnx thanx tks ty tysm thankyou'),
  ...entries('text', 'txt txxt'),
  ...entries('texts', 'txts textes'),
  ...entries('texting', 'txting txtin txtn txtng txtg textn textin textng texing texding texring'),
  ...entries('texted', 'txted txtd'),
  ...entries('message', 'msg mssg mesage'),
  ...entries('messages', 'msgs mssgs mesages msges messges'),
  ...entries('messaging', 'msging mesaging messageing msgin'),
  ...entries('contacting', 'contactin'),
  ...entries('calling', 'callin'),
  ...entries('sending', 'sendin sendng'),
  ...entries('wrong', 'rong wrng wrog worng wromg wrogn'),
  ...entries('bothering', 'botherin'),
  ...entries('do not', "don't dont dnt donot"),
  ...entries('does not', "doesn't doesnt"),
  ...entries('did not', "didn't didnt"),
  ...entries('is not', "isn't isnt"),
  ...entries('are not', "aren't arent"),
  ...entries('was not', "wasn't wasnt"),
  ...entries('not', "ain't aint nt"),
  ...entries('will not', "won't wont"),
  ...entries('can not', "can't cant cannot"),
  ...entries('could not', "couldn't couldnt"),
  ...entries('would not', "wouldn't wouldnt"),
  ...entries('should not', "shouldn't shouldnt"),
  ...entries('have not', "haven't havent"),
  ...entries('has not', "hasn't hasnt"),
  ...entries('i am', "i'm im"),
  ...entries('i have', "i've ive"),
  ...entries('i will', "i'll ill"),
  ...entries('i would', "i'd"),
  ...entries('we are', "we're"),
  ...entries('we have', "we've weve"),
  ...entries('we will', "we'll"),
  ...entries('it is', "it's its"),
  ...entries('that is', "that's thats"),
  ...entries('there is', "there's theres"),
  ...entries('who is', "who's whos"),
  ...entries('what is', "what's whats"),
  ...entries('they are', "they're theyre"),
  ...entries('he is', "he's hes"),
  ...entries('she is', "she's shes"),
  ...entries('you have', "you've youve"),
  ...entries('you will', "you'll youll"),
  ...entries('want to', 'wanna'),
  ...entries('going to', 'gonna gunna'),
  ...entries('have to', 'hafta'),
  ...entries('got to', 'gotta'),
  ...entries('with', 'w wit'),
  ...entries('because', 'cuz cause bc coz'),
  ...entries('anymore', 'anymor anymroe'),
  ...entries('no more', 'nomore'),
  ...entries('stop', 'stp stahp stawp'),
  ...entries('cease', 'ceast'),
  ...entries('number', 'numba nmbr num numbr'),
  ...entries('fuck', 'fuk fck fk phuck'),
  ...entries('fucking', 'fuckin fkn fking effing effin freaking freakin frickin fcking'),
  ...entries('not interested', 'uninterested'),
  ...entries('interested', 'intrested intersted interrested'),
  ...entries('opt out', 'optout'),
  ...entries('stop texting', 'stoptexting'),
  ...entries('stop to end', 'stop2end stop2quit'),
  ...entries('stop all', 'stopall'),
  ...entries('unsubscribe', 'unsub'),
  ...entries('remove', 'rmv rmove rm'),
  ...entries('take', 'tkae taek tak tke'),
  ...entries('delete', 'delet dleete'),
  ...entries('leave', 'leav leve'),
  ...entries('your', 'yor'),
  ...entries('them', 'em'),
  ...entries('getting', 'gettin'),
  ...entries('receive', 'recieve recive'),
  ...entries('receiving', 'recieving reciving recievin receivin'),
  ...entries('contacts', 'contacs'),
  // Spanish
  ...entries('que', 'q ke'),
  ...entries('de', 'd'),
  ...entries('para', 'pa'),
  ...entries('quiero', 'kiero qiero'),
  ...entries('quiere', 'kiere'),
  ...entries('quite', 'kite'),
  ...entries('quiten', 'kiten'),
  ...entries('quitame', 'kitame'),
  ...entries('saquenme', 'saqenme sakenme'),
  ...entries('saqueme', 'saqeme sakeme'),
  ...entries('equivoco', 'ekivoco'),
  ...entries('por favor', 'porfa porfavor xfavor xfa plis pliss porfis'),
  ...entries('quiteme', 'kiteme'),
  ...entries('quitenme', 'kitenme'),
  ...entries('mensajes', 'mensages mensjes msjs msjes'),
  ...entries('mensaje', 'mensage msj'),
  ...entries('spam', 'espam'),
  ...entries('estoy', 'stoy'),
  ...entries('gracias', 'grasias graxias grax'),
  ...entries('equivocado', 'ekivocado equibocado ekibocado ecivocado eqivocado equivocao'),
]);

function entries(word: string, spellings: string): readonly [string, string][] {
  return spellings.split(' ').map((spelling): [string, string] => [spelling, word]);
}

/** "stoooop" is a repeated letter, not a word of its own; two in a row are ordinary spelling. */
export const withoutLongRuns = (text: string): string =>
  /(\p{L})\1\1/u.test(text) ? text.replace(/(\p{L})\1{2,}/gu, '$1') : text;

/** A word with inner apostrophes, or whatever stands between two words. */
const TOKEN = /[\p{L}\p{N}]+(?:'[\p{L}\p{N}]+)*|[^\p{L}\p{N}]+/gu;

/** "don t", as some phones and gateways leave it. */
const LOST_APOSTROPHE = /\b(do|does|did|is|was|are|have|has|could|would|should)n t /g;

/** "No send more", as people say it whose first language denies so. */
const BARE_DENIAL = / no (send|want) /g;

/** "Un-enroll". */
const PREFIX_APART = / un (?=(?:subscrib|enroll)\w* )/g;

/** Rewrites lower-case text without accents into canonical words with clause marks; see `InboundText.clauses`. */
export function canonicalWords(comparable: string): string {
  const tokens = withoutLongRuns(comparable).match(TOKEN) ?? [];
  let result = ' ';
  tokens.forEach((token, index) => {
    const isWord = /^[\p{L}\p{N}]/u.test(token);
    const piece = isWord
      ? canonicalWord(token)
      : gapBetween(token, { before: tokens[index - 1], after: tokens[index + 1] });
    result += result.endsWith(' ') ? piece.trimStart() : piece;
  });
  const closed = result.endsWith(' ') ? result : `${result} `;
  const spelled = closed.includes(' s t o p ') ? closed.replaceAll(' s t o p ', ' stop ') : closed;
  const joined = spelled
    .replace(BARE_DENIAL, ' do not $1 ')
    .replace(PREFIX_APART, ' un')
    .replace(' no toy ', ' no estoy ');
  return joined.includes(' t ') ? joined.replace(LOST_APOSTROPHE, '$1 not ') : joined;
}

function canonicalWord(token: string): string {
  const known = CANONICAL.get(token);
  if (known !== undefined) return known;
  const word = token.includes("'") ? token.replaceAll("'", '') : token;
  return MISSPELLINGS.get(word) ?? SLIPS.get(word) ?? word;
}

/** A mark, a space, or a word that is written as a sign. */
function gapBetween(
  gap: string,
  neighbours: { readonly before: string | undefined; readonly after: string | undefined },
): string {
  if (gap === ' ' || gap === '-' || gap === '/') return ' ';
  if (gap.includes('?')) return ' ? ';
  if (gap.includes('&')) return ' and ';
  if (gap.includes('#') && !/^\d/.test(neighbours.after ?? '')) return ' number ';
  if (gap.includes('\n') || /[!;()]|[.,:]\s|[.,:]$|\.\.|\s[-–—]+\s?/u.test(gap)) {
    return isInnerPoint(gap, neighbours) ? ' ' : ' | ';
  }
  return ' ';
}

/** "3.5", "9:00" and "s.t.o.p" hold no clause boundary; "stop.thanks" does. */
function isInnerPoint(
  gap: string,
  { before = '', after = '' }: { readonly before: string | undefined; readonly after: string | undefined },
): boolean {
  if (gap.length !== 1 || after === '') return false;
  return /^\d/.test(after) || /\d$/.test(before) || (before.length === 1 && after.length === 1);
}
