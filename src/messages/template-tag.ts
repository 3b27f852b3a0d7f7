import { ok, type Result } from '../platform/result.ts';
import {
  type Condition,
  type FieldReference,
  normaliseFieldName,
  type TemplateError,
  templateError,
} from './template.ts';
import { readCondition } from './template-condition.ts';

/** One pair of braces, from `position` up to `end` (exclusive). */
export type Tag = { readonly position: number; readonly end: number } & (
  | { readonly kind: 'field'; readonly field: FieldReference; readonly fallback: string | null }
  | { readonly kind: 'if' | 'else if'; readonly condition: Condition }
  | { readonly kind: 'else' | 'endif' }
);

const CONDITIONAL = /\{\s*(if|else\s*if)(?![\p{L}\p{M}\p{N}_.|-])/iuy;
const PLAIN_WORD = /\{\s*(else|endif|\/\s*if)\s*\}/iy;
const MISPLACED_WORD = /\{\s*(else|endif|\/[^{}\s]*)(?![\p{L}\p{M}\p{N}_.|-])/iuy;
const NAME = /\{\s*([\p{L}\p{M}\p{N}_.\-\s]*)/uy;

/** The characters a backslash may stand before in text and fallbacks. */
const ESCAPABLE = '\\{}|';

/** Reads the tag whose opening brace is at `start`. */
export function readTag(source: string, start: number): Result<Tag, TemplateError> {
  const plain = matchAt(PLAIN_WORD, source, start);
  if (plain !== undefined) {
    const kind = plain[1]?.toLowerCase() === 'else' ? 'else' : 'endif';
    return ok({ kind, position: start, end: start + plain[0].length });
  }
  const conditional = matchAt(CONDITIONAL, source, start);
  if (conditional !== undefined) {
    const condition = readCondition(source, { start, from: start + conditional[0].length });
    if (!condition.ok) return condition;
    return ok({ kind: conditional[1]?.toLowerCase() === 'if' ? 'if' : 'else if', position: start, ...condition.value });
  }
  const misplaced = matchAt(MISPLACED_WORD, source, start);
  if (misplaced !== undefined) return misplacedWord(source, start, misplaced[1] ?? '');
  return readField(source, start);
}

function misplacedWord(source: string, start: number, word: string): Result<never, TemplateError> {
  if (!isClosed(source, start)) return neverClosed(source, start);
  const position = source.indexOf(word, start);
  const known = /^(?:else|endif)$/i.test(word);
  const remedy = known
    ? `write \`{${word}}\` alone in its braces, or \`{else if ...}\` for a second condition`
    : 'the words are {if ...}, {else if ...}, {else} and {endif}';
  return templateError(
    position,
    `${known ? 'misplaced' : 'unknown'} word \`${word}\` at position ${position}: ${remedy}`,
  );
}

function readField(source: string, start: number): Result<Tag, TemplateError> {
  const match = matchAt(NAME, source, start);
  const written = match?.[1] ?? '';
  const nameEnd = start + (match?.[0].length ?? 1);
  const next = source.charAt(nameEnd);
  if (next !== '}' && next !== '|') {
    return isClosed(source, start) ? badNameCharacter(source, nameEnd) : neverClosed(source, start);
  }
  const name = written.trim().replace(/\s+/g, ' ');
  const field = { name, key: normaliseFieldName(name), position: start };
  if (field.key === '') {
    return templateError(
      start,
      `\`${source.slice(start, nameEnd + 1)}\` at position ${start} names no field: write a name, as in {first_name}, or \`\\{\` for a brace`,
    );
  }
  if (next === '}') return ok({ kind: 'field', position: start, end: nameEnd + 1, field, fallback: null });
  const fallback = readFallback(source, { start, from: nameEnd + 1 });
  return fallback.ok ? ok({ kind: 'field', position: start, field, ...fallback.value }) : fallback;
}

function badNameCharacter(source: string, position: number): Result<never, TemplateError> {
  const character = String.fromCodePoint(source.codePointAt(position) ?? 0);
  return templateError(
    position,
    `unexpected \`${character}\` at position ${position} in a merge field: names have letters, digits, spaces, \`_\`, \`-\` and \`.\`; a fallback follows \`|\`, as in {first_name|there}; a brace that is text is \`\\{\``,
  );
}

function readFallback(
  source: string,
  tag: { readonly start: number; readonly from: number },
): Result<{ readonly fallback: string; readonly end: number }, TemplateError> {
  let fallback = '';
  let index = tag.from;
  while (index < source.length) {
    const character = source.charAt(index);
    if (character === '}') return ok({ fallback, end: index + 1 });
    if (character === '{') break;
    if (character === '|') {
      return templateError(
        index,
        `second \`|\` at position ${index} in a merge field: it has one fallback; a bar that is text is \`\\|\``,
      );
    }
    const piece = readCharacter(source, index);
    if (!piece.ok) return piece;
    fallback += piece.value;
    index += character === '\\' ? 2 : 1;
  }
  return neverClosed(source, tag.start);
}

/** The character at `index`, or the one that a backslash there stands before. */
export function readCharacter(source: string, index: number): Result<string, TemplateError> {
  const character = source.charAt(index);
  if (character !== '\\') return ok(character);
  const escaped = source.charAt(index + 1);
  if (escaped !== '' && ESCAPABLE.includes(escaped)) return ok(escaped);
  const shown = [...source.slice(index, index + 3)].slice(0, 2).join('');
  return templateError(
    index,
    `\`${shown}\` at position ${index} is no escape: write \`\\\\\` for a backslash; the escapes are \`\\{\`, \`\\}\`, \`\\|\` and \`\\\\\``,
  );
}

/** Whether a closing brace comes before the next opening one. */
function isClosed(source: string, start: number): boolean {
  const closing = source.indexOf('}', start);
  const opening = source.indexOf('{', start + 1);
  return closing !== -1 && (opening === -1 || closing < opening);
}

function neverClosed(source: string, start: number): Result<never, TemplateError> {
  const written = /^\{\s*[\p{L}\p{M}\p{N}_.-]*/u.exec(source.slice(start))?.[0] ?? '{';
  return templateError(
    start,
    `\`${written}\` at position ${start} is never closed: add \`}\`, or write \`\\{\` for a brace`,
  );
}

function matchAt(pattern: RegExp, source: string, position: number): RegExpExecArray | undefined {
  pattern.lastIndex = position;
  return pattern.exec(source) ?? undefined;
}
