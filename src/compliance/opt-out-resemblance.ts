import { type FeatureKind, isMark, passagesOf, visitFeatures, visitWhole, visitWord } from './opt-out-features.ts';
import weightsData from './opt-out-weights.json' with { type: 'json' };
import { classOf } from './opt-out-word-classes.ts';

/**
 * The net below the rules: how much a reply resembles those that ask to stop. Each word and pair of words has a weight, learned from the
 * labelled replies (logistic regression; `npm run train:opt-outs`); their sum says how likely an opt-out is. It never ends anybody's
 * texts: a person is asked, where the rules found nothing and it is likely enough, or where they found a request and it is not likely at
 * all.
 */
export interface Weights {
  readonly bias: number;
  /** By kind and both names of a feature. What is not here weighs nothing. */
  readonly weights: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, number>>>>>>;
}

export interface Resemblance {
  /** How likely the reply asks to stop, as far as words tell, from 0 to 1. */
  readonly likelihood: number;
  /** The passage that speaks most for it. */
  readonly passage: readonly string[];
}

/** Names the weights: a decision can be explained as long as they are kept. */
export const WEIGHTS_DIGEST: string = weightsData.digest;

/** Who judges, and from where on a person is asked. */
export interface Net {
  readonly judge: ResemblanceJudge;
  /** Where no rule found anything: as likely as this or more. */
  readonly askFrom: number;
  /** Where a rule found a request in free words: less likely than this. */
  readonly doubtBelow: number;
}

/** Judges by a set of weights; training judges with others than ours. */
export class ResemblanceJudge {
  readonly #bias: number;
  readonly #weights: Readonly<Record<FeatureKind, WeightsByName>>;
  readonly #words = new Map<string, Word>();

  constructor({ bias, weights }: Weights) {
    const ofKind = (kind: FeatureKind) =>
      new Map(Object.entries(weights[kind] ?? {}).map(([left, rights]) => [left, new Map(Object.entries(rights))]));
    this.#bias = bias;
    this.#weights = {
      word: ofKind('word'),
      next: ofKind('next'),
      skip: ofKind('skip'),
      both: ofKind('both'),
      piece: ofKind('piece'),
      length: ofKind('length'),
    };
  }

  /** The passage that resembles opt-outs most speaks for the whole. */
  judge(clauses: string): Resemblance {
    let most = Number.NEGATIVE_INFINITY;
    let passage: readonly string[] = [];
    for (const tokens of passagesOf(clauses)) {
      const sum = this.#sumOf(tokens);
      if (sum > most) [most, passage] = [sum, tokens];
    }
    return { likelihood: Number(likelihoodOf(most).toFixed(2)), passage };
  }

  /** The run of words that weighs most together. */
  heaviestWords(tokens: readonly string[]): string {
    const shares = tokens.map(() => 0);
    visitFeatures(tokens, (kind, left, right, first, last) => {
      if (first === -1) return;
      const share = this.#weightOf(kind, left, right) / 2;
      shares[first] = (shares[first] ?? 0) + share;
      shares[last] = (shares[last] ?? 0) + share;
    });
    let [most, from, to] = [Number.NEGATIVE_INFINITY, 0, 0];
    for (let start = 0; start < tokens.length; start += 1) {
      let sum = 0;
      for (let end = start; end < Math.min(tokens.length, start + SHOWN_WORDS_MAX); end += 1) {
        if (isMark(tokens[end] ?? '')) break;
        sum += shares[end] ?? 0;
        if (sum > most) [most, from, to] = [sum, start, end + 1];
      }
    }
    return tokens.slice(from, to).join(' ');
  }

  /** The weights of all that `visitFeatures` tells, by tables that each word brings along: most words have none. */
  #sumOf(tokens: readonly string[]): number {
    let sum = this.#bias;
    const words = tokens.map((token) => this.#wordOf(token));
    for (const { weight } of words) sum += weight;
    const seen = new Map<string, number>();
    for (let at = 0; at < words.length; at += 1) {
      const left = words[at];
      if (left === undefined) continue;
      if (left.class !== undefined && !seen.has(left.class)) seen.set(left.class, at);
      const [next, skip] = [words[at + 1], words[at + 2]];
      if (next !== undefined) sum += pairWeight(left, next, left.next);
      if (skip !== undefined) sum += pairWeight(left, skip, left.skip);
    }
    visitWhole(tokens.length, seen, (kind, left, right) => {
      sum += this.#weightOf(kind, left, right);
    });
    return sum;
  }

  /** What a word says by itself is summed up once. */
  #wordOf(token: string): Word {
    const known = this.#words.get(token);
    if (known !== undefined) return known;
    let weight = 0;
    visitWord(token, 0, (kind, left, right) => {
      weight += this.#weightOf(kind, left, right);
    });
    const name = classOf(token);
    const tablesOf = (weights: WeightsByName): PairTables => ({
      ofToken: weights.get(token),
      ofClass: weights.get(name ?? token),
    });
    const { next, skip } = this.#weights;
    const word: Word = { token, weight, class: name, next: tablesOf(next), skip: tablesOf(skip) };
    if (this.#words.size < REMEMBERED_WORDS_MAX && token.length <= REMEMBERED_LENGTH_MAX) this.#words.set(token, word);
    return word;
  }

  #weightOf(kind: FeatureKind, left: string, right: string): number {
    return this.#weights[kind].get(left)?.get(right) ?? 0;
  }
}

type WeightsByName = ReadonlyMap<string, ReadonlyMap<string, number>>;
/** By the other word, or by its class. */
interface PairTables {
  readonly ofToken: ReadonlyMap<string, number> | undefined;
  readonly ofClass: ReadonlyMap<string, number> | undefined;
}
interface Word {
  readonly token: string;
  readonly weight: number;
  readonly class: string | undefined;
  readonly next: PairTables;
  readonly skip: PairTables;
}

function pairWeight(left: Word, right: Word, { ofToken, ofClass }: PairTables): number {
  const byTokens = ofToken?.get(right.token) ?? 0;
  if (left.class === undefined && right.class === undefined) return byTokens;
  return byTokens + (ofClass?.get(right.class ?? right.token) ?? 0);
}

/** Enough for the words that people use; whoever sends us others fills no memory. */
const REMEMBERED_WORDS_MAX = 20_000;
const REMEMBERED_LENGTH_MAX = 30;

/** Of a sum of weights. */
export const likelihoodOf = (sum: number): number => 1 / (1 + Math.exp(-sum));

const SHOWN_WORDS_MAX = 6;

/** Chosen by cross-validation (decision 0050, `npm run bench -- optout-accuracy`). */
export const OUR_NET: Net = { judge: new ResemblanceJudge(weightsData), askFrom: 0.25, doubtBelow: 0.1 };
