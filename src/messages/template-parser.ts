import { ok, type Result, unreachable } from '../platform/result.ts';
import {
  type Branch,
  type Condition,
  TEMPLATE_LENGTH_MAX,
  TEMPLATE_NESTING_MAX,
  type Template,
  type TemplateError,
  type TemplateNode,
  templateError,
} from './template.ts';
import { compileTemplate } from './template-program.ts';
import { readCharacter, readTag, type Tag } from './template-tag.ts';

/** An `{if}` that waits for its `{endif}`: branches that are done, and the one being filled. */
interface OpenChoice {
  readonly position: number;
  readonly outer: TemplateNode[];
  readonly branches: Branch[];
  /** Undefined once `{else}` was seen. */
  condition: Condition | undefined;
}

/** Parses and compiles a template, once; `renderTemplate` then renders it for any number of contacts. */
export function parseTemplate(source: string): Result<Template, TemplateError> {
  if (source.length > TEMPLATE_LENGTH_MAX) {
    return templateError(
      TEMPLATE_LENGTH_MAX,
      `the template has ${source.length} characters, at most ${TEMPLATE_LENGTH_MAX} are allowed: shorten it`,
    );
  }
  const builder = new TemplateBuilder();
  let index = 0;
  while (index < source.length) {
    const step =
      source.charAt(index) === '{' ? readTagInto(builder, source, index) : readTextInto(builder, source, index);
    if (!step.ok) return step;
    index = step.value;
  }
  const nodes = builder.finish();
  return nodes.ok ? ok({ source, nodes: nodes.value, program: compileTemplate(nodes.value) }) : nodes;
}

/** Both readers give the offset at which to go on. */
function readTagInto(builder: TemplateBuilder, source: string, index: number): Result<number, TemplateError> {
  const tag = readTag(source, index);
  if (!tag.ok) return tag;
  const placed = builder.place(tag.value);
  return placed.ok ? ok(tag.value.end) : placed;
}

function readTextInto(builder: TemplateBuilder, source: string, start: number): Result<number, TemplateError> {
  let text = '';
  let index = start;
  while (index < source.length && source.charAt(index) !== '{') {
    const character = source.charAt(index);
    if (character === '}') {
      return templateError(index, `\`}\` at position ${index} closes nothing: write \`\\}\` for a brace`);
    }
    const piece = readCharacter(source, index);
    if (!piece.ok) return piece;
    text += piece.value;
    index += character === '\\' ? 2 : 1;
  }
  builder.addText(text);
  return ok(index);
}

class TemplateBuilder {
  readonly #open: OpenChoice[] = [];
  #nodes: TemplateNode[] = [];

  addText(text: string): void {
    this.#nodes.push({ kind: 'text', text });
  }

  place(tag: Tag): Result<void, TemplateError> {
    switch (tag.kind) {
      case 'field':
        this.#nodes.push({ kind: 'field', field: tag.field, fallback: tag.fallback });
        return ok(undefined);
      case 'if':
        return this.#openChoice(tag.position, tag.condition);
      case 'else if':
        return this.#nextBranch(tag.position, { word: 'else if', condition: tag.condition });
      case 'else':
        return this.#nextBranch(tag.position, { word: 'else', condition: undefined });
      case 'endif':
        return this.#closeChoice(tag.position);
      default:
        return unreachable(tag);
    }
  }

  finish(): Result<readonly TemplateNode[], TemplateError> {
    const open = this.#open.at(-1);
    if (open === undefined) return ok(this.#nodes);
    return templateError(open.position, `\`{if}\` at position ${open.position} is never ended: add \`{endif}\``);
  }

  #openChoice(position: number, condition: Condition): Result<void, TemplateError> {
    if (this.#open.length === TEMPLATE_NESTING_MAX) {
      return templateError(
        position,
        `\`{if}\` at position ${position} nests deeper than ${TEMPLATE_NESTING_MAX}: split the template or join conditions with \`and\``,
      );
    }
    this.#open.push({ position, outer: this.#nodes, branches: [], condition });
    this.#nodes = [];
    return ok(undefined);
  }

  #nextBranch(
    position: number,
    next: { readonly word: string; readonly condition: Condition | undefined },
  ): Result<void, TemplateError> {
    const open = this.#open.at(-1);
    if (open === undefined) {
      return templateError(
        position,
        `\`{${next.word}}\` at position ${position} has no \`{if}\`: add one before it, or remove it`,
      );
    }
    if (open.condition === undefined) {
      return templateError(
        position,
        `\`{${next.word}}\` at position ${position} comes after \`{else}\`: the \`{if}\` at position ${open.position} has its last branch already; remove one`,
      );
    }
    open.branches.push({ condition: open.condition, nodes: this.#nodes });
    open.condition = next.condition;
    this.#nodes = [];
    return ok(undefined);
  }

  #closeChoice(position: number): Result<void, TemplateError> {
    const open = this.#open.pop();
    if (open === undefined) {
      return templateError(
        position,
        `\`{endif}\` at position ${position} has no \`{if}\`: add one before it, or remove it`,
      );
    }
    const { condition, branches, outer } = open;
    const inner = this.#nodes;
    if (condition !== undefined) branches.push({ condition, nodes: inner });
    this.#nodes = outer;
    this.#nodes.push({ kind: 'choice', branches, otherwise: condition === undefined ? inner : null });
    return ok(undefined);
  }
}
