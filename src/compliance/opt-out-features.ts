import { classOf } from './opt-out-word-classes.ts';

/**
 * What is counted in a passage to tell how much it resembles opt-outs. Training and judging take this one walk; each feature has a
 * kind, one or two names, and the words of the passage that it stands for.
 *
 * - `word`: a word; `next`: two words beside each other; `skip`: two with one between them. Classes of words are in capitals.
 * - `both`: two classes anywhere in the passage.
 * - `piece`: four letters of a word, which misspelled and unknown words share with known ones.
 * - `length`: how many words there are, in powers of two.
 */
export type FeatureKind = 'word' | 'next' | 'skip' | 'both' | 'piece' | 'length';

export interface Feature {
  readonly kind: FeatureKind;
  readonly left: string;
  /** Empty where one name says it all. */
  readonly right: string;
}

/** `first` and `last` are the places of the words that a feature stands for; it stands for all of them where both are -1. */
export type FeatureVisitor = (feature: Feature, first: number, last: number) => void;

const PIECE_LENGTH = 4;
const LENGTH_CLASS_MAX = 6;
const BEGINNING = '«';
const END = '»';

export const isMark = (token: string): boolean =>
  token === BEGINNING || token === END || token === '|' || token === '?';

/**
 * The passages of a message that are judged, as words and marks: the whole of it, and each clause of several, because a request at the
 * end of a long story about the work is one all the same.
 */
export function passagesOf(clauses: string): readonly (readonly string[])[] {
  const parts = clauses
    .split('|')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  const whole = clauses.trim();
  return (parts.length > 1 ? [whole, ...parts] : [whole]).map((passage) => [BEGINNING, ...passage.split(' '), END]);
}

export function visitFeatures(tokens: readonly string[], visit: FeatureVisitor): void {
  const classes = tokens.map(classOf);
  const seen = new Map<string, number>();
  for (let at = 0; at < tokens.length; at += 1) {
    const word = tokens[at] ?? '';
    const name = classes[at];
    visit({ kind: 'word', left: word, right: '' }, at, at);
    if (name !== undefined) {
      visit({ kind: 'word', left: name, right: '' }, at, at);
      if (!seen.has(name)) seen.set(name, at);
    }
    visitPair('next', { tokens, classes, at, to: at + 1 }, visit);
    visitPair('skip', { tokens, classes, at, to: at + 2 }, visit);
    if (word.length >= PIECE_LENGTH) visitPieces(word, at, visit);
  }
  visitBoth([...seen], visit);
  const length = Math.min(LENGTH_CLASS_MAX, Math.floor(Math.log2(tokens.length)));
  visit({ kind: 'length', left: String(length), right: '' }, -1, -1);
}

interface Pair {
  readonly tokens: readonly string[];
  readonly classes: readonly (string | undefined)[];
  readonly at: number;
  readonly to: number;
}

/** Two words, and the same by their classes. */
function visitPair(kind: 'next' | 'skip', { tokens, classes, at, to }: Pair, visit: FeatureVisitor): void {
  const [left, right] = [tokens[at], tokens[to]];
  if (left === undefined || right === undefined) return;
  visit({ kind, left, right }, at, to);
  const [leftClass, rightClass] = [classes[at], classes[to]];
  if (leftClass === undefined && rightClass === undefined) return;
  visit({ kind, left: leftClass ?? left, right: rightClass ?? right }, at, to);
}

function visitPieces(word: string, at: number, visit: FeatureVisitor): void {
  const marked = `<${word}>`;
  for (let start = 0; start + PIECE_LENGTH <= marked.length; start += 1)
    visit({ kind: 'piece', left: marked.slice(start, start + PIECE_LENGTH), right: '' }, at, at);
}

function visitBoth(seen: readonly (readonly [name: string, at: number])[], visit: FeatureVisitor): void {
  const named = seen.toSorted(([a], [b]) => (a < b ? -1 : 1));
  named.forEach(([left, leftAt], index) => {
    for (const [right, rightAt] of named.slice(index + 1))
      visit({ kind: 'both', left, right }, Math.min(leftAt, rightAt), Math.max(leftAt, rightAt));
  });
}
