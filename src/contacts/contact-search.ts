/**
 * What a person types into the search box, as LIKE patterns over `contact.search` (lower-case name, company, e-mail and number in
 * one text). Every word must be found; each word is found by any of its patterns.
 *
 * Each pattern holds a trigram, so that the GIN index answers it: a word of one or two characters therefore matches beginnings of
 * words only. Marks around a word are dropped, and a word of marks alone says nothing.
 */
export type SearchPatterns = readonly (readonly [string, ...string[]])[];

/** More words than this narrow nothing down any more and would only lengthen the statement. */
const WORDS_MAX = 8;
const TRIGRAM = 3;

/** Digits as they are typed inside a number: `(617) 555`, `617-555`, `+1 617.555`. */
const PHONE_SHAPE = /^[\d\s()+./-]+$/;
const MARKS_AROUND = /^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu;

/** An empty answer means that the term asks for nothing that could be found: blanks, or marks only. */
export function searchPatterns(term: string): SearchPatterns {
  const text = term.replace(MARKS_AROUND, '').toLowerCase();
  const digits = phoneDigits(text);
  if (digits !== undefined) return [[`%${digits}%`, ...(digits === text ? [] : [`%${text}%`])]];
  return text
    .split(/\s+/)
    .map((word) => word.replace(MARKS_AROUND, ''))
    .filter((word) => word !== '')
    .slice(0, WORDS_MAX)
    .map(wordPatterns);
}

function wordPatterns(word: string): readonly [string, ...string[]] {
  const literal = escapeLike(word);
  if ([...word].length < TRIGRAM) return [`${literal}%`, `% ${literal}%`];
  const digits = phoneDigits(word);
  return digits === undefined || digits === word ? [`%${literal}%`] : [`%${literal}%`, `%${digits}%`];
}

/** The digits of a text that is nothing but a piece of a number with at least three digits. */
function phoneDigits(text: string): string | undefined {
  if (!PHONE_SHAPE.test(text)) return undefined;
  const digits = text.replace(/\D/g, '');
  return digits.length >= TRIGRAM ? digits : undefined;
}

/** `%`, `_` and `\` mean themselves. */
const escapeLike = (text: string): string => text.replace(/[\\%_]/g, '\\$&');
