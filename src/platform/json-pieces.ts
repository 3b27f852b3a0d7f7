import { canonicalJson } from './canonical-json.ts';

/**
 * The text of a long JSON document in pieces of one record each. Whole it would be in memory beside its records, and its canonical form
 * would be there twice more.
 */

/** A document has lists of records, and parts that have them. */
const DEPTH = 3;

/** Together the same as `JSON.stringify(document, null, 2)`. */
export const jsonPieces = (document: object): Generator<string> =>
  piecesOf(document, { depth: DEPTH, pad: '', spaced: true });

/** Together the same as `canonicalJson` of what the document is as JSON. */
export const canonicalPieces = (document: object): Generator<string> =>
  piecesOf(document, { depth: DEPTH, pad: '', spaced: false });

interface Place {
  /** How far below it is still taken apart. */
  readonly depth: number;
  readonly pad: string;
  /** For people; otherwise canonical. */
  readonly spaced: boolean;
}

function* piecesOf(value: unknown, place: Place): Generator<string> {
  const { depth, pad, spaced } = place;
  if (depth === 0 || !isComposed(value)) {
    yield whole(value, place);
    return;
  }
  const isList = Array.isArray(value);
  const members: Iterable<readonly [string, unknown]> = isList
    ? value.map((element) => ['', element] as const)
    : membersOf(value, spaced);
  const below = { depth: depth - 1, pad: `${pad}  `, spaced };
  const line = spaced ? `\n${below.pad}` : '';
  let separator = isList ? '[' : '{';
  let some = false;
  for (const [name, member] of members) {
    yield `${separator}${line}${isList ? '' : `${JSON.stringify(name)}:${spaced ? ' ' : ''}`}`;
    yield* piecesOf(member, below);
    separator = ',';
    some = true;
  }
  yield `${some ? (spaced ? `\n${pad}` : '') : separator}${isList ? ']' : '}'}`;
}

/** What says itself how it is written (an instant) is written as one. */
const isComposed = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !('toJSON' in value);

function membersOf(value: object, asTheyCome: boolean): readonly (readonly [string, unknown])[] {
  const members = Object.entries(value).filter(([, member]) => JSON_TYPES.has(typeof member));
  return asTheyCome ? members : members.sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Members of other types are left out, as `JSON.stringify` leaves them out. */
const JSON_TYPES: ReadonlySet<string> = new Set(['string', 'number', 'boolean', 'object']);

function whole(value: unknown, { pad, spaced }: Place): string {
  if (spaced) return (JSON.stringify(value, null, 2) ?? 'null').replaceAll('\n', `\n${pad}`);
  return canonicalJson(JSON.parse(JSON.stringify(value) ?? 'null'));
}
