import { type Random, seededRandom } from '../../platform/random.ts';

/**
 * Chance that depends on what is asked, not on when: the same seed and keys give the same draws in any order, so that a person
 * with a given number behaves the same however a run unfolds.
 */
export const drawsFor = (seed: number, ...keys: readonly (string | number)[]): Random =>
  seededRandom(hash32([seed, ...keys].join('|')));

/** FNV-1a (Fowler, Noll, Vo), finished by the mixer of MurmurHash3 because phone numbers differ in their last digits only. */
export function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** A long-tailed delay: half of the draws are under `medianMs`, one in a thousand is `exp(3.1 x spread)` times that. */
export function longTailMs(
  random: Random,
  shape: { readonly medianMs: number; readonly spread: number; readonly maxMs: number },
): number {
  const gaussian = Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  return Math.round(Math.min(shape.maxMs, shape.medianMs * Math.exp(shape.spread * gaussian)));
}

export type Weighted<T> = readonly [value: T, weight: number];

export function pickWeighted<T>(random: Random, choices: readonly [Weighted<T>, ...Weighted<T>[]]): T {
  const total = choices.reduce((sum, [, weight]) => sum + weight, 0);
  let left = random.next() * total;
  for (const [value, weight] of choices) {
    left -= weight;
    if (left < 0) return value;
  }
  return choices[0][0];
}
