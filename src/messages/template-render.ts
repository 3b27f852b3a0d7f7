import { err, ok, type Result, unreachable } from '../platform/result.ts';
import type { FieldReference, Template, TemplateContact } from './template.ts';

export interface MissingMergeField {
  readonly message: string;
  /** Where the merge field stands in the template's source. */
  readonly position: number;
  /** The field's name as the template writes it. */
  readonly field: string;
}

/**
 * The final text for one contact. A merge field without value and without fallback is an error, because a text with a hole in
 * it ("Hi !") must not go out. Blanks stay as the author wrote them.
 */
export function renderTemplate(template: Template, contact: TemplateContact): Result<string, MissingMergeField> {
  const { program } = template;
  let text = '';
  let next = 0;
  for (let step = program[next]; step !== undefined; step = program[next]) {
    next += 1;
    switch (step.kind) {
      case 'text':
        text += step.text;
        break;
      case 'field': {
        const value = step.read(contact);
        if (value === '' && step.fallback === null) return missing(step.field);
        text += value === '' ? step.fallback : value;
        break;
      }
      case 'unless':
        if (!step.holds(contact)) next = step.to;
        break;
      case 'jump':
        next = step.to;
        break;
      default:
        unreachable(step);
    }
  }
  return ok(text);
}

/** Every merge field that this contact lacks for the text, as the template first writes it, each once. */
export function missingFields(template: Template, contact: TemplateContact): readonly string[] {
  const { program } = template;
  const found = new Map<string, string>();
  let next = 0;
  for (let step = program[next]; step !== undefined; step = program[next]) {
    next += 1;
    if (step.kind === 'jump' || (step.kind === 'unless' && !step.holds(contact))) next = step.to;
    if (step.kind !== 'field' || step.fallback !== null || step.read(contact) !== '') continue;
    if (!found.has(step.field.key)) found.set(step.field.key, step.field.name);
  }
  return [...found.values()];
}

function missing(field: FieldReference): Result<never, MissingMergeField> {
  return err({
    field: field.name,
    position: field.position,
    message: `missing merge field: {${field.name}} at position ${field.position} has no value for this contact and no fallback. Fill in the contact's ${field.name}, or write a fallback as in {${field.name}|there}`,
  });
}
