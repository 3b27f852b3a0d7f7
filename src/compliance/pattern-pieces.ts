/**
 * What a text must have in it for a pattern to match at all: pieces of a few letters, of which each match has at least one. A hundred patterns
 * are so ruled out by one look at the pieces of a reply, without running them. Derived from the pattern itself, hence never a rule of its own:
 * where the source says nothing certain, there is no answer.
 */
interface Part {
  /** All texts that it matches; undefined: too many to name. */
  readonly exact: readonly string[] | undefined;
  /** Each match has one of these in it. */
  readonly needed: readonly string[] | undefined;
}

const EXACT_MAX = 64;
const NEEDED_MAX = 4_000;
/** Of a piece, in letters. */
export const SHORTEST = 3;
export const LONGEST = 5;
const EMPTY: Part = { exact: [''], needed: undefined };
const ANYTHING: Part = { exact: undefined, needed: undefined };

/** Undefined: the pattern may match texts of any kind. */
export function piecesNeeded(source: string): ReadonlySet<string> | undefined {
  const reader = new PatternReader(source);
  const { exact, needed } = reader.alternatives();
  const pieces = cheaper(needed, usable(exact));
  return pieces === undefined ? undefined : new Set(pieces.map(rarestPiece));
}

/** Reads what our patterns are made of; anything else is taken for anything. */
class PatternReader {
  #at = 0;
  readonly #source: string;
  constructor(source: string) {
    this.#source = source;
  }

  alternatives(): Part {
    const parts = [this.#sequence()];
    while (this.#source[this.#at] === '|') {
      this.#at += 1;
      parts.push(this.#sequence());
    }
    return parts.length === 1 ? (parts[0] ?? ANYTHING) : eitherOf(parts);
  }

  #sequence(): Part {
    let run: readonly string[] = [''];
    let isWhole = true;
    let needed: readonly string[] | undefined;
    while (this.#at < this.#source.length && !'|)'.includes(this.#source[this.#at] ?? '')) {
      const part = this.#repeated(this.#atom());
      const joined = part.exact === undefined ? undefined : product(run, part.exact);
      if (joined !== undefined) {
        run = joined;
        continue;
      }
      isWhole = false;
      needed = cheaper(cheaper(needed, usable(run)), part.needed ?? usable(part.exact));
      run = part.exact ?? [''];
    }
    return isWhole ? { exact: run, needed: usable(run) } : { exact: undefined, needed: cheaper(needed, usable(run)) };
  }

  #atom(): Part {
    const sign = this.#source[this.#at] ?? '';
    this.#at += 1;
    if (sign === '(') return this.#group();
    if (sign === '[') return this.#characterClass();
    if (sign === '\\') return this.#escaped();
    if (sign === '.') return ANYTHING;
    return sign === '^' || sign === '$' ? EMPTY : { exact: [sign], needed: undefined };
  }

  #group(): Part {
    const opening = /^\?(?::|<?[=!])/.exec(this.#source.slice(this.#at, this.#at + 3))?.[0] ?? '';
    this.#at += opening.length;
    const inside = this.alternatives();
    this.#at += 1;
    return opening === '' || opening === '?:' ? inside : EMPTY;
  }

  #characterClass(): Part {
    const end = this.#source.indexOf(']', this.#at);
    const signs = this.#source.slice(this.#at, end);
    this.#at = end + 1;
    return /[\\^-]/.test(signs) ? ANYTHING : { exact: [...signs], needed: undefined };
  }

  #escaped(): Part {
    const sign = this.#source[this.#at] ?? '';
    this.#at += 1;
    if (sign === 'b') return EMPTY;
    if (sign === 'p' || sign === 'P') {
      this.#at = this.#source.indexOf('}', this.#at) + 1;
      return ANYTHING;
    }
    return /[a-zA-Z0-9]/.test(sign) ? ANYTHING : { exact: [sign], needed: undefined };
  }

  #repeated(part: Part): Part {
    const count = /^(?:[?*+]|\{(\d+)(?:,\d*)?\})\??/.exec(this.#source.slice(this.#at, this.#at + 12));
    if (count === null) return part;
    this.#at += count[0].length;
    if (count[0].startsWith('?'))
      return part.exact === undefined ? ANYTHING : { exact: ['', ...part.exact], needed: undefined };
    const isOptional = count[0].startsWith('*') || Number(count[1] ?? 1) === 0;
    return isOptional ? ANYTHING : { exact: undefined, needed: part.needed ?? usable(part.exact) };
  }
}

function eitherOf(parts: readonly Part[]): Part {
  const all = parts.map(({ exact }) => exact);
  const exact = all.every((one) => one !== undefined) ? all.flatMap((one) => one ?? []) : undefined;
  const each = parts.map((part) => part.needed ?? usable(part.exact));
  const needed = each.every((one) => one !== undefined) ? each.flatMap((one) => one ?? []) : undefined;
  return {
    exact: exact !== undefined && exact.length <= EXACT_MAX ? exact : undefined,
    needed: needed !== undefined && needed.length <= NEEDED_MAX ? needed : undefined,
  };
}

function product(left: readonly string[], right: readonly string[]): readonly string[] | undefined {
  if (left.length * right.length > EXACT_MAX) return undefined;
  return left.flatMap((start) => right.map((end) => start + end));
}

const usable = (texts: readonly string[] | undefined): readonly string[] | undefined =>
  texts?.every((text) => text.length >= SHORTEST) === true ? texts : undefined;

function cheaper(
  left: readonly string[] | undefined,
  right: readonly string[] | undefined,
): readonly string[] | undefined {
  if (left === undefined || right === undefined) return left ?? right;
  return costOf(right) < costOf(left) ? right : left;
}

const costOf = (texts: readonly string[]): number =>
  [...new Set(texts.map(rarestPiece))].reduce((sum, piece) => sum + frequencyOf(piece), 0);

function rarestPiece(text: string): string {
  let [rarest, lowest] = ['', Number.POSITIVE_INFINITY];
  const length = Math.min(text.length, LONGEST);
  for (let at = 0; at + length <= text.length; at += 1) {
    const piece = text.slice(at, at + length);
    const frequency = frequencyOf(piece);
    if (frequency < lowest) [rarest, lowest] = [piece, frequency];
  }
  return rarest;
}

/** Of letters in English and Spanish, in percent; whatever is rarer counts as one. */
const LETTERS = new Map(
  Object.entries({
    ' ': 19,
    e: 10,
    a: 8,
    o: 8,
    t: 7,
    i: 6,
    n: 6,
    s: 6,
    r: 5,
    l: 4,
    d: 3,
    u: 3,
    m: 3,
    c: 2,
    h: 3,
    y: 2,
  }),
);
function frequencyOf(piece: string): number {
  let frequency = COMMON_PIECES.test(piece) ? COMMON_TIMES : 1;
  for (const letter of piece) frequency *= (LETTERS.get(letter) ?? 1) / 100;
  return frequency;
}
const COMMON_PIECES = /^ ?(?:you|not|this|that|the|are|have|your|for|and|que|for|can|will|with)/;
const COMMON_TIMES = 50;
