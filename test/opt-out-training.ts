import { passagesOf, visitFeatures } from '../src/compliance/opt-out-features.ts';
import { likelihoodOf, type Weights } from '../src/compliance/opt-out-resemblance.ts';

/**
 * How the weights of `opt-out-weights.json` are learned: logistic regression by follow-the-regularised-leader (McMahan and others,
 * 2013), which leaves most weights at nothing. The order is fixed and nothing is random: the same replies give the same weights.
 */
export interface Lesson {
  readonly clauses: string;
  readonly isOptOut: boolean;
}

/** What is rarer teaches nothing that would hold for others. */
const SEEN_IN_PASSAGES_MIN = 3;
const ROUNDS = 10;
const LEARNING_RATE = 0.15;
const PENALTY = 3;
const DECIMALS = 2;

/**
 * First from whole messages; then again with the clauses: all of an ordinary message are ordinary, while of an opt-out the one counts
 * that resembles opt-outs most, for the others may be about the work.
 */
export function learnWeights(lessons: readonly Lesson[]): Weights {
  const read = lessons.map(({ clauses, isOptOut }) => ({ isOptOut, passages: passagesOf(clauses).map(featuresOf) }));
  const numbers = numberFeatures(read.map(({ passages }) => passages[0] ?? []));
  const known = read.map(({ isOptOut, passages }) => ({
    isOptOut,
    passages: passages.map((features) => features.flatMap((feature) => numbers.get(feature) ?? [])),
  }));
  const first = regress(
    known.map(({ isOptOut, passages }) => ({ isOptOut, features: passages[0] ?? [] })),
    numbers.size,
  );
  const passages = known.flatMap(({ isOptOut, passages: [whole = [], ...clauses] }) =>
    [whole, ...(isOptOut ? mostLike(clauses, first) : clauses)].map((features) => ({ isOptOut, features })),
  );
  return asWeights(regress(passages, numbers.size), numbers);
}

const SEPARATOR = '\t';

function featuresOf(tokens: readonly string[]): readonly string[] {
  const features: string[] = [];
  visitFeatures(tokens, (...[kind, left, right]) => {
    features.push([kind, left, right].join(SEPARATOR));
  });
  return features;
}

/** Numbers for the features that occur often enough, in the order in which they come. */
function numberFeatures(passages: readonly (readonly string[])[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const features of passages)
    for (const feature of new Set(features)) counts.set(feature, (counts.get(feature) ?? 0) + 1);
  const often = [...counts].filter(([, count]) => count >= SEEN_IN_PASSAGES_MIN);
  return new Map(often.map(([feature], index) => [feature, index]));
}

interface Passage {
  readonly isOptOut: boolean;
  readonly features: readonly number[];
}

interface Regression {
  readonly bias: number;
  readonly weights: Float64Array;
}

const sumOf = ({ bias, weights }: Regression, features: readonly number[]): number =>
  features.reduce((sum, feature) => sum + (weights[feature] ?? 0), bias);

function mostLike(clauses: readonly (readonly number[])[], regression: Regression): readonly (readonly number[])[] {
  const sums = clauses.map((features) => sumOf(regression, features));
  const most = clauses[sums.indexOf(Math.max(...sums))];
  return most === undefined ? [] : [most];
}

function regress(passages: readonly Passage[], featureCount: number): Regression {
  /** The bias is the last weight, and pays no penalty. */
  const bias = featureCount;
  const gradients = new Float64Array(featureCount + 1);
  const squares = new Float64Array(featureCount + 1);
  const weights = new Float64Array(featureCount + 1);
  const learn = (feature: number, gradient: number): void => {
    const before = Math.sqrt(squares[feature] ?? 0);
    squares[feature] = (squares[feature] ?? 0) + gradient * gradient;
    const root = Math.sqrt(squares[feature]);
    const sum = (gradients[feature] ?? 0) + gradient - ((root - before) / LEARNING_RATE) * (weights[feature] ?? 0);
    gradients[feature] = sum;
    const penalty = feature === bias ? 0 : PENALTY;
    const beyond = Math.abs(sum) - penalty;
    weights[feature] = beyond <= 0 ? 0 : (-Math.sign(sum) * beyond * LEARNING_RATE) / (1 + root);
  };
  const stride = strideThrough(passages.length);
  for (let turn = 0; turn < ROUNDS * passages.length; turn += 1) {
    const { features, isOptOut } = passages[(turn * stride) % passages.length] ?? EMPTY;
    const sum = features.reduce((total, feature) => total + (weights[feature] ?? 0), weights[bias] ?? 0);
    const gradient = likelihoodOf(sum) - Number(isOptOut);
    learn(bias, gradient);
    for (const feature of features) learn(feature, gradient);
  }
  return { bias: weights[bias] ?? 0, weights: weights.subarray(0, featureCount) };
}

const EMPTY: Passage = { isOptOut: false, features: [] };

/** Steps that reach each of `count` passages once, far from its neighbours, which are alike. */
function strideThrough(count: number): number {
  let stride = Math.max(1, Math.floor(count * 0.618));
  while (greatestCommonDivisor(stride, count) !== 1) stride += 1;
  return stride;
}

const greatestCommonDivisor = (a: number, b: number): number => (b === 0 ? a : greatestCommonDivisor(b, a % b));

/** Rounded, so that it is the same on every machine, and sorted. */
function asWeights(regression: Regression, numbers: ReadonlyMap<string, number>): Weights {
  const kept = [...numbers]
    .map(([feature, number]) => ({ names: feature.split(SEPARATOR), weight: rounded(regression.weights[number] ?? 0) }))
    .filter(({ weight }) => weight !== 0)
    .sort((a, b) => (a.names.join(SEPARATOR) < b.names.join(SEPARATOR) ? -1 : 1));
  const weights = grouped(kept, 0, (ofKind) => grouped(ofKind, 1, (ofLeft) => grouped(ofLeft, 2, weightOf)));
  return { bias: rounded(regression.bias), weights };
}

interface NamedWeight {
  readonly names: readonly string[];
  readonly weight: number;
}

const weightOf = ([only]: readonly NamedWeight[]): number => only?.weight ?? 0;

const grouped = <Group>(
  kept: readonly NamedWeight[],
  name: number,
  groupOf: (kept: readonly NamedWeight[]) => Group,
): Readonly<Record<string, Group>> =>
  Object.fromEntries(
    [...Map.groupBy(kept, ({ names }) => names[name] ?? '')].map(([key, group]) => [key, groupOf(group)]),
  );

const rounded = (weight: number): number => Number(weight.toFixed(DECIMALS)) + 0;
