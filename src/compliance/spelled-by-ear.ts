/** Spanish as people write it who spell by ear, and words that were written without the space between them. */

/** Letters that sound alike in American Spanish, as they take each other's place. */
const SOUND_ALIKE: readonly (readonly [letters: RegExp, heard: string])[] = [
  [/qu(?=[ei])/g, 'k'],
  [/c(?=[ei])/g, 's'],
  [/c(?![eihk])/g, 'k'],
  [/s(?=[ei])/g, 'c'],
  [/z/g, 's'],
  [/g(?=[ei])/g, 'j'],
  [/j(?=[ei])/g, 'g'],
  [/b/g, 'v'],
  [/v(?!.*b)/g, 'b'],
  [/ll/g, 'y'],
  [/rr/g, 'r'],
  [/y$/g, 'i'],
  [/^h/g, ''],
];

/** Other spellings that sound like the word. */
export function spellingsByEar(word: string): readonly string[] {
  let spellings = [word];
  for (const [letters, heard] of SOUND_ALIKE)
    spellings = [...new Set([...spellings, ...spellings.map((spelling) => spelling.replace(letters, heard))])];
  return spellings.filter((spelling) => spelling !== word);
}

/** What Spanish requests are made of. */
const SPANISH_WORDS =
  'baja paz soy equivoco equivocado equivocada equivocaron basta cancelar cancele cancelen borrar borre borren borreme borrenme ' +
  'remover enviar envien envie recibir reciban moleste molesten molestar molestando deje dejen dejeme dejenme dejar escriba ' +
  'escriban escribir escribiendo llame llamen llamar quitar quiten quiteme quitenme saquen saqueme saquenme favor deseo quiero ' +
  'suscripcion desuscribir desuscribirme estafa abogado';

/** Each spelling by ear of those words, with the word. */
export const BY_EAR: readonly (readonly [spelling: string, word: string])[] = SPANISH_WORDS.split(' ').flatMap((word) =>
  spellingsByEar(word).map((spelling): [string, string] => [spelling, word]),
);

const GLUED: readonly (readonly [first: string, second: string])[] = [
  [
    'stop please leave remove delete wrong lose block',
    'texting messaging calling me my number please now this texts messages stop',
  ],
  ['please', 'stop remove unsubscribe delete cancel quit'],
  ['unsubscribe', 'me please now'],
  ['no', 'texts messages quiero molesten moleste'],
  ['not', 'interested'],
  ['leave', 'alone'],
  ['numero', 'equivocado incorrecto'],
  ['ya', 'no basta'],
];

/** "Wrongnumber" and "leaveme alone", with what they are. */
export const GLUED_WORDS: readonly (readonly [glued: string, apart: string])[] = GLUED.flatMap(([firsts, seconds]) =>
  firsts
    .split(' ')
    .flatMap((first) => seconds.split(' ').map((second): [string, string] => [first + second, `${first} ${second}`])),
);
