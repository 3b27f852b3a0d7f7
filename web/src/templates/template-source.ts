/**
 * Where the tags of a template stand, for marking and mending them in the editor. The server's parser decides what a template means;
 * this only finds the braces.
 */

/** A pair of braces from `start` up to `end` (exclusive). */
export interface SourceTag {
  readonly kind: 'field' | 'condition';
  readonly start: number;
  readonly end: number;
  /** As written, without fallback; empty for conditions. */
  readonly name: string;
  readonly hasFallback: boolean;
}

/** An escape, a condition (whose quoted texts may hold braces), or any other pair of braces. */
const PIECE = /\\[\s\S]|\{\s*(?:else\s*)?if\b(?:"[^"]*"|[^{}"])*\}|\{(?:\\[\s\S]|[^{}\\])*\}/giu;
const CONDITION = /^\{\s*(?:(?:else\s*)?if\b(?!\s*[|}])|else\s*\}|endif\s*\}|\/\s*if)/iu;

export function tagsIn(source: string): readonly SourceTag[] {
  return [...source.matchAll(PIECE)].flatMap(({ 0: text, index: start }): readonly SourceTag[] => {
    if (text.startsWith('\\')) return [];
    const place = { start, end: start + text.length };
    if (CONDITION.test(text)) return [{ kind: 'condition', ...place, name: '', hasFallback: false }];
    const bar = text.indexOf('|');
    const name = text.slice(1, bar < 0 ? -1 : bar).trim();
    return [{ kind: 'field', ...place, name, hasFallback: bar >= 0 }];
  });
}

export interface SourcePiece {
  readonly text: string;
  readonly kind: 'text' | SourceTag['kind'];
  /** Inside the place that the problem is about. */
  readonly marked: boolean;
}

/** The source cut at its tags and at the marked place, in order; joined it is the source again. */
export function piecesOf(source: string, mark: Range | undefined): readonly SourcePiece[] {
  const tags = tagsIn(source);
  const cuts = new Set([0, source.length, ...tags.flatMap((tag) => [tag.start, tag.end])]);
  if (mark !== undefined) cuts.add(mark.start).add(mark.end);
  const edges = [...cuts].sort((a, b) => a - b);
  return edges.slice(1).map((end, index) => {
    const start = edges[index] ?? 0;
    return {
      text: source.slice(start, end),
      kind: tags.find((tag) => tag.start <= start && end <= tag.end)?.kind ?? 'text',
      marked: mark !== undefined && mark.start <= start && end <= mark.end,
    };
  });
}

export interface Range {
  readonly start: number;
  readonly end: number;
}

/** What to mark for a problem at `position`: the tag there, else from there to the end of the word; never nothing. */
export function placeOfProblem(source: string, position: number): Range {
  if (source === '') return { start: 0, end: 0 };
  const start = Math.min(Math.max(0, position), source.length - 1);
  const tag = tagsIn(source).find((candidate) => candidate.start === start);
  if (tag !== undefined) return { start, end: tag.end };
  const word = /^(?:\{?[\p{L}\p{M}\p{N}_.-]+|[\s\S])/u.exec(source.slice(start))?.[0] ?? '';
  return { start, end: start + Math.max(1, word.length) };
}

/** "line 2, character 14"; on a text of one line only the character. Counts from 1. */
export function placeWords(source: string, position: number): string {
  const before = source.slice(0, position).split('\n');
  const character = `character ${(before.at(-1)?.length ?? 0) + 1}`;
  return source.includes('\n') ? `line ${before.length}, ${character}` : character;
}

/** Every `{wrong}` becomes `{right}`; fallbacks stay. */
export function renameField(source: string, wrong: string, right: string): string {
  return replaceTags(source, (tag, text) => (tag.name === wrong ? text.replace(wrong, () => right) : text));
}

/** Every `{name}` without a fallback gets one. */
export function addFallback(source: string, name: string, fallback: string): string {
  return replaceTags(source, (tag, text) =>
    tag.name === name && !tag.hasFallback ? `${text.slice(0, -1).trimEnd()}|${fallback}}` : text,
  );
}

function replaceTags(source: string, replace: (tag: SourceTag, text: string) => string): string {
  let result = '';
  let last = 0;
  for (const tag of tagsIn(source)) {
    if (tag.kind !== 'field') continue;
    result += source.slice(last, tag.start) + replace(tag, source.slice(tag.start, tag.end));
    last = tag.end;
  }
  return result + source.slice(last);
}

/** Fallbacks that read well for most people; the writer changes them where they do not. */
const FALLBACKS: Readonly<Record<string, string>> = {
  first_name: 'there',
  last_name: 'there',
  full_name: 'there',
  company: 'your company',
  street: 'your address',
  city: 'your area',
  state: 'your state',
  postal_code: 'your area',
  email: 'your e-mail',
};
/** Nothing for fields of imports: no word suits all of them, and the caret waits where one belongs. */
export const usualFallback = (name: string): string => FALLBACKS[name] ?? '';

/** Where writing goes on after `inserted`: inside the first fallback that is still empty, else behind it. */
export function caretAfter(inserted: string): number {
  const empty = inserted.indexOf('|}');
  return empty < 0 ? inserted.length : empty + 1;
}

/** Every person has these, so they need no fallback. */
const ALWAYS_FILLED: ReadonlySet<string> = new Set(['phone', 'business_name', 'opt_out_link']);
/** What inserting a field writes. */
export const fieldSnippet = (name: string): string =>
  ALWAYS_FILLED.has(name) ? `{${name}}` : `{${name}|${usualFallback(name)}}`;
