import { classOf } from './opt-out-word-classes.ts';

/**
 * What is counted in a passage to tell how much it resembles opt-outs. Training and judging count alike; each feature has a kind, one or
 * two names, and the words of the passage that it stands for.
 *
 * - `word`: a word; `next`: two words beside each other; `skip`: two with one between them. Classes of words are in capitals.
 * - `both`: two classes anywhere in the passage.
 * - `piece`: four letters of a word, which misspelled and unknown words share with known ones.
 * - `length`: how many words there are, in powers of two.
 */
export type FeatureKind = 'word' | 'next' | 'skip' | 'both' | 'piece' | 'length';

/**
 * Takes the kind, both names (the second is empty where one says it all), and the places of the words that the feature stands for: all
 * of them where both are -1. Not an object, because a reply has hundreds.
 */
export type FeatureVisitor = (kind: FeatureKind, left: string, right: string, first: number, last: number) => void;

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
  const whole = clauses.trim();
  const parts = whole.includes('|') ? whole.split('|').flatMap((part) => part.trim() || []) : [];
  return (parts.length > 1 ? [whole, ...parts] : [whole]).map((passage) => [BEGINNING, ...passage.split(' '), END]);
}

export function visitFeatures(tokens: readonly string[], visit: FeatureVisitor): void {
  tokens.forEach((word, at) => {
    visitWord(word, at, visit);
  });
  visitRelations(tokens, tokens.map(classOf), visit);
}

/** What a word says wherever it stands. */
export function visitWord(word: string, at: number, visit: FeatureVisitor): void {
  visit('word', word, '', at, at);
  const name = classOf(word);
  if (name !== undefined) visit('word', name, '', at, at);
  if (word.length < PIECE_LENGTH) return;
  const marked = `<${word}>`;
  for (let start = 0; start + PIECE_LENGTH <= marked.length; start += 1)
    visit('piece', marked.slice(start, start + PIECE_LENGTH), '', at, at);
}

/** What words say beside each other. */
function visitRelations(
  tokens: readonly string[],
  classes: readonly (string | undefined)[],
  visit: FeatureVisitor,
): void {
  const seen = new Map<string, number>();
  for (let at = 0; at < tokens.length; at += 1) {
    const name = classes[at];
    if (name !== undefined && !seen.has(name)) seen.set(name, at);
    for (let to = at + 1; to <= at + 2 && to < tokens.length; to += 1) {
      const kind = to === at + 1 ? 'next' : 'skip';
      const [left, right] = [tokens[at] ?? '', tokens[to] ?? ''];
      visit(kind, left, right, at, to);
      const other = classes[to];
      if (name !== undefined || other !== undefined) visit(kind, name ?? left, other ?? right, at, to);
    }
  }
  visitWhole(tokens.length, seen, visit);
}

/** What a passage says as a whole: how many words it has, and the classes among them with where each stands first. */
export function visitWhole(words: number, seen: ReadonlyMap<string, number>, visit: FeatureVisitor): void {
  visitBoth([...seen], visit);
  visit('length', String(Math.min(LENGTH_CLASS_MAX, Math.floor(Math.log2(words)))), '', -1, -1);
}

function visitBoth(seen: readonly (readonly [name: string, at: number])[], visit: FeatureVisitor): void {
  seen.forEach(([name, at], index) => {
    for (let next = index + 1; next < seen.length; next += 1) {
      const [other = '', otherAt = 0] = seen[next] ?? [];
      if (name < other) visit('both', name, other, at, otherAt);
      else visit('both', other, name, at, otherAt);
    }
  });
}
