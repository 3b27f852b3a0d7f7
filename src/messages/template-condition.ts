import { ok, type Result } from '../platform/result.ts';
import {
  type Condition,
  type FieldReference,
  normaliseFieldName,
  TEMPLATE_NESTING_MAX,
  type TemplateError,
  templateError,
} from './template.ts';

/**
 * Conditions: `company`, `not company`, `city == "Boston"`, `city != "Boston"`, joined by `and` and `or`, grouped by parentheses.
 * A comparison binds tightest, then `not`, then `and`, then `or`.
 */

type Token =
  | { readonly kind: 'word' | 'text'; readonly text: string; readonly position: number }
  | { readonly kind: '==' | '!=' | '(' | ')' | 'end'; readonly position: number };

const SPACE = /\s+/y;
const WORD = /[\p{L}\p{M}\p{N}_.-]+/uy;
const OPERATOR = /==|!=|[()]/y;

/** A keyboard may bend any of these; a quote is closed by any of its own row. */
const QUOTE_ROWS = ['"“”„‟', "'‘’‚‛"];

const REMEDIES: ReadonlyMap<string, string> = new Map([
  ['=', 'compare with `==`'],
  ['!', 'write `not`, or compare with `!=`'],
  ['&', 'write `and`'],
  ['|', 'write `or`; a fallback belongs to a merge field, not to a condition'],
]);

/** Reads the condition from `from` up to its closing brace; `end` is the offset behind that brace. */
export function readCondition(
  source: string,
  tag: { readonly start: number; readonly from: number },
): Result<{ readonly condition: Condition; readonly end: number }, TemplateError> {
  const tokens = tokenise(source, tag);
  if (!tokens.ok) return tokens;
  const last = tokens.value.at(-1)?.position ?? tag.from;
  if (tokens.value.length === 1) {
    const written = source.slice(tag.start, last + 1);
    return templateError(
      tag.start,
      `\`${written}\` at position ${tag.start} has no condition: name a field, as in {if company}`,
    );
  }
  const condition = new ConditionReader(source, tokens.value).read();
  return condition.ok ? ok({ condition: condition.value, end: last + 1 }) : condition;
}

function tokenise(
  source: string,
  tag: { readonly start: number; readonly from: number },
): Result<Token[], TemplateError> {
  const tokens: Token[] = [];
  let position = tag.from;
  while (position < source.length && source.charAt(position) !== '{') {
    if (source.charAt(position) === '}') return ok([...tokens, { kind: 'end', position }]);
    const space = matchAt(SPACE, source, position);
    if (space !== undefined) {
      position += space.length;
      continue;
    }
    const token = readToken(source, position);
    if (!token.ok) return token;
    tokens.push(token.value.token);
    position = token.value.end;
  }
  return templateError(
    tag.start,
    `\`${source.slice(tag.start, position).trimEnd()}\` at position ${tag.start} is never closed: add \`}\``,
  );
}

function readToken(
  source: string,
  position: number,
): Result<{ readonly token: Token; readonly end: number }, TemplateError> {
  const word = matchAt(WORD, source, position);
  if (word !== undefined) return ok({ token: { kind: 'word', text: word, position }, end: position + word.length });
  const operator = matchAt(OPERATOR, source, position);
  if (operator === '==' || operator === '!=' || operator === '(' || operator === ')') {
    return ok({ token: { kind: operator, position }, end: position + operator.length });
  }
  const quotes = QUOTE_ROWS.find((row) => row.includes(source.charAt(position)));
  if (quotes !== undefined) return readQuoted(source, position, quotes);
  const character = String.fromCodePoint(source.codePointAt(position) ?? 0);
  const remedy =
    REMEDIES.get(character) ?? 'a condition has field names, quoted texts, `==`, `!=`, `and`, `or`, `not`, `(` and `)`';
  return templateError(position, `unexpected \`${character}\` at position ${position} in a condition: ${remedy}`);
}

function readQuoted(
  source: string,
  start: number,
  quotes: string,
): Result<{ readonly token: Token; readonly end: number }, TemplateError> {
  let text = '';
  for (let index = start + 1; index < source.length; index += 1) {
    const character = source.charAt(index);
    if (quotes.includes(character)) return ok({ token: { kind: 'text', text, position: start }, end: index + 1 });
    if (character === '{' || character === '}') break;
    if (character === '\\') index += 1;
    text += source.charAt(index);
  }
  return templateError(
    start,
    `the quoted text that starts at position ${start} is never closed: add \`${source.charAt(start)}\` behind it, and write braces in it as \`\\{\` and \`\\}\``,
  );
}

function matchAt(pattern: RegExp, source: string, position: number): string | undefined {
  pattern.lastIndex = position;
  return pattern.exec(source)?.[0];
}

/** Recursive descent over the tokens of one condition. */
class ConditionReader {
  readonly #source: string;
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth = 0;

  constructor(source: string, tokens: readonly Token[]) {
    this.#source = source;
    this.#tokens = tokens;
  }

  read(): Result<Condition, TemplateError> {
    const condition = this.#alternatives();
    if (!condition.ok) return condition;
    const rest = this.#peek();
    return rest.kind === 'end' ? condition : this.#unexpected(rest);
  }

  #alternatives(): Result<Condition, TemplateError> {
    return this.#joined('any', 'or', () => this.#joined('all', 'and', () => this.#negatable()));
  }

  #joined(
    kind: 'all' | 'any',
    word: 'and' | 'or',
    readOperand: () => Result<Condition, TemplateError>,
  ): Result<Condition, TemplateError> {
    const operands: Condition[] = [];
    do {
      const operand = readOperand();
      if (!operand.ok) return operand;
      operands.push(operand.value);
    } while (this.#takeWord(word));
    const [only] = operands;
    return ok(only !== undefined && operands.length === 1 ? only : { kind, operands });
  }

  #negatable(): Result<Condition, TemplateError> {
    let negated = false;
    while (this.#takeWord('not')) negated = !negated;
    const condition = this.#primary();
    return condition.ok && negated ? ok(negation(condition.value)) : condition;
  }

  #primary(): Result<Condition, TemplateError> {
    const token = this.#peek();
    if (token.kind === '(') return this.#group(token.position);
    if (token.kind !== 'word' || isReserved(token.text)) return this.#unexpected(token);
    const field = this.#field(token.position);
    if (field.key === '') {
      return templateError(
        field.position,
        `\`${field.name}\` at position ${field.position} names no field: use letters or digits`,
      );
    }
    const comparison = this.#peek();
    if (comparison.kind !== '==' && comparison.kind !== '!=') return ok({ kind: 'filled', field });
    this.#next += 1;
    const text = this.#peek();
    if (text.kind !== 'text') return this.#notQuoted(text, comparison.kind);
    this.#next += 1;
    const equals: Condition = { kind: 'equals', field, text: text.text };
    return ok(comparison.kind === '==' ? equals : negation(equals));
  }

  #group(position: number): Result<Condition, TemplateError> {
    this.#depth += 1;
    if (this.#depth > TEMPLATE_NESTING_MAX) {
      return templateError(
        position,
        `\`(\` at position ${position} nests deeper than ${TEMPLATE_NESTING_MAX} parentheses: simplify the condition`,
      );
    }
    this.#next += 1;
    const condition = this.#alternatives();
    if (!condition.ok) return condition;
    if (this.#peek().kind === 'end') {
      return templateError(position, `\`(\` at position ${position} is never closed: add \`)\``);
    }
    if (this.#peek().kind !== ')') return this.#unexpected(this.#peek());
    this.#next += 1;
    this.#depth -= 1;
    return condition;
  }

  /** A field's name may have several words; they end where an operator, a reserved word or a quote begins. */
  #field(position: number): FieldReference {
    let end = position;
    for (let token = this.#peek(); token.kind === 'word' && !isReserved(token.text); token = this.#peek()) {
      end = token.position + token.text.length;
      this.#next += 1;
    }
    const name = this.#source.slice(position, end).replace(/\s+/g, ' ');
    return { name, key: normaliseFieldName(name), position };
  }

  #takeWord(word: string): boolean {
    const token = this.#peek();
    if (token.kind !== 'word' || token.text.toLowerCase() !== word) return false;
    this.#next += 1;
    return true;
  }

  #peek(): Token {
    return this.#tokens[this.#next] ?? { kind: 'end', position: this.#source.length };
  }

  #notQuoted(token: Token, operator: string): Result<never, TemplateError> {
    if (token.kind !== 'word') return this.#unexpected(token);
    return templateError(
      token.position,
      `\`${token.text}\` at position ${token.position} is not in quotes: write \`${operator} "${token.text}"\``,
    );
  }

  #unexpected(token: Token): Result<never, TemplateError> {
    const before = this.#tokens[this.#next - 1];
    if (token.kind === 'text' && before?.kind === 'word') {
      return templateError(
        before.position,
        `unknown word \`${before.text}\` at position ${before.position} before a quoted text: compare with \`==\` or \`!=\``,
      );
    }
    const found = token.kind === 'word' || token.kind === 'text' ? token.text : token.kind === 'end' ? '}' : token.kind;
    return templateError(
      token.position,
      `unexpected \`${found}\` at position ${token.position} in a condition: ${expectedAfter(before)} belongs here`,
    );
  }
}

function expectedAfter(token: Token | undefined): string {
  if (token?.kind === '==' || token?.kind === '!=') return 'a quoted text';
  const operandEnds =
    token?.kind === ')' || token?.kind === 'text' || (token?.kind === 'word' && !isReserved(token.text));
  return operandEnds ? '`and`, `or` or the closing `}`' : 'a field name';
}

const isReserved = (word: string): boolean => /^(?:and|or|not)$/i.test(word);

const negation = (operand: Condition): Condition =>
  operand.kind === 'not' ? operand.operand : { kind: 'not', operand };
