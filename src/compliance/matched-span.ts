/** Where in a text the words are that a rule recognised, from `start` to before `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** No text that people write is longer; a pattern of more words than this is not looked for. */
const WORDS_MAX = 40;

/**
 * Rules see a text without case, punctuation and apostrophes, so that their words are looked for with all of those between them. Null
 * when they are not there as they were recognised: spelling was mended, or signs were taken away.
 */
export function matchedSpan(text: string, matched: string): Span | null {
  const words = matched.match(/[\p{L}\p{N}]+/gu) ?? [];
  if (words.length === 0 || words.length > WORDS_MAX) return null;
  const pattern = words.map((word) => [...word].join("['’]?")).join('[^\\p{L}\\p{N}]+');
  const found = new RegExp(`(?<![\\p{L}\\p{N}])${pattern}(?![\\p{L}\\p{N}])`, 'iu').exec(text);
  return found === null ? null : { start: found.index, end: found.index + found[0].length };
}
