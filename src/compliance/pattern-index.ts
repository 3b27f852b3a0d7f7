import { LONGEST, piecesNeeded, SHORTEST } from './pattern-pieces.ts';

/**
 * Tells which of many patterns may match a text, by one pass over its pieces; those of which nothing is known may match any. Of patterns that
 * know no capitals it is asked with the text in small letters.
 */
const TABLE_SIZE = 1 << 16;
const BITS = 32;

export class PatternIndex {
  readonly #always: Int32Array;
  readonly #found: Int32Array;
  /** By hash of a piece, which set of patterns it speaks for; 0 for none. Two pieces of one hash speak for both. */
  readonly #setOfPiece = new Uint16Array(TABLE_SIZE);
  readonly #sets: Int32Array[] = [];
  /** By hash of the first letters, whether any piece begins so. */
  readonly #begins = new Uint8Array(TABLE_SIZE);

  constructor(patterns: readonly RegExp[]) {
    const words = Math.ceil(patterns.length / BITS);
    this.#always = new Int32Array(words);
    this.#found = new Int32Array(words);
    patterns.forEach(({ source }, at) => {
      const pieces = piecesNeeded(source);
      if (pieces === undefined) addTo(this.#always, at);
      for (const piece of pieces ?? []) {
        this.#begins[hashOf(piece, 0, SHORTEST)] = 1;
        addTo(this.#setOf(hashOf(piece, 0, piece.length)), at);
      }
    });
  }

  /** Places of the patterns that may match, in their order. */
  mayMatch(text: string): readonly number[] {
    const places: number[] = [];
    this.#look(text).forEach((bits, word) => {
      for (let left = bits; left !== 0; left &= left - 1) places.push(word * BITS + 31 - Math.clz32(left & -left));
    });
    return places;
  }

  #look(text: string): Int32Array {
    const found = this.#found;
    found.set(this.#always);
    for (let at = 0; at + SHORTEST <= text.length; at += 1) {
      let hash = hashOf(text, at, SHORTEST);
      // Few places of a text are where a piece begins.
      if (this.#begins[hash] === 0) continue;
      this.#note(hash);
      for (let end = at + SHORTEST; end < Math.min(at + LONGEST, text.length); end += 1) {
        hash = hashMore(hash, text.charCodeAt(end));
        this.#note(hash);
      }
    }
    return found;
  }

  #note(hash: number): void {
    const set = this.#setOfPiece[hash] ?? 0;
    if (set === 0) return;
    const bits = this.#sets[set - 1];
    if (bits === undefined) return;
    for (let word = 0; word < bits.length; word += 1) this.#found[word] = (this.#found[word] ?? 0) | (bits[word] ?? 0);
  }

  #setOf(hash: number): Int32Array {
    const known = this.#sets[(this.#setOfPiece[hash] ?? 0) - 1];
    if (known !== undefined) return known;
    const set = new Int32Array(this.#always.length);
    this.#sets.push(set);
    this.#setOfPiece[hash] = this.#sets.length;
    return set;
  }
}

function addTo(bits: Int32Array, at: number): void {
  bits[at >> 5] = (bits[at >> 5] ?? 0) | (1 << (at & 31));
}

const hashMore = (hash: number, code: number): number => (Math.imul(hash, 31) + code + 7) & (TABLE_SIZE - 1);
function hashOf(text: string, from: number, length: number): number {
  let hash = 1;
  for (let at = from; at < from + length; at += 1) hash = hashMore(hash, text.charCodeAt(at));
  return hash;
}
