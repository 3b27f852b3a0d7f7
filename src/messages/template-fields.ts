import { unreachable } from '../platform/result.ts';
import {
  type Condition,
  type FieldReference,
  normaliseFieldName,
  type Template,
  type TemplateNode,
} from './template.ts';

export interface FieldUse {
  /** As first written. */
  readonly name: string;
  readonly key: string;
  /** Offset of its first use. */
  readonly position: number;
  /** Whether every place that shows the field has a fallback; true when no place shows it. */
  readonly hasFallback: boolean;
  readonly onlyInConditions: boolean;
  /** Shown without fallback outside every condition: a contact without it cannot get this text. */
  readonly isRequired: boolean;
}

export interface TemplateWarning {
  readonly message: string;
  readonly field: string;
  readonly position: number;
  /** The known name that is nearest, if one is near. */
  readonly suggestion: string | null;
}

interface Place {
  readonly field: FieldReference;
  readonly shown: boolean;
  readonly needsValue: boolean;
  readonly insideChoice: boolean;
}

/** The fields a template uses, one entry per field, in order of first use. */
export function templateFields(template: Template): readonly FieldUse[] {
  const uses = new Map<string, FieldUse>();
  for (const place of placesIn(template.nodes, false)) {
    const { name, key, position } = place.field;
    const known = uses.get(key);
    uses.set(key, {
      name: known?.name ?? name,
      key,
      position: known?.position ?? position,
      hasFallback: (known?.hasFallback ?? true) && !place.needsValue,
      onlyInConditions: (known?.onlyInConditions ?? true) && !place.shown,
      isRequired: (known?.isRequired ?? false) || (place.needsValue && !place.insideChoice),
    });
  }
  return [...uses.values()];
}

function placesIn(nodes: readonly TemplateNode[], insideChoice: boolean): readonly Place[] {
  return nodes.flatMap((node): readonly Place[] => {
    switch (node.kind) {
      case 'text':
        return [];
      case 'field':
        return [{ field: node.field, shown: true, needsValue: node.fallback === null, insideChoice }];
      case 'choice':
        return [
          ...node.branches.flatMap((branch) => [
            ...fieldsIn(branch.condition).map((field) => ({ field, shown: false, needsValue: false, insideChoice })),
            ...placesIn(branch.nodes, true),
          ]),
          ...placesIn(node.otherwise ?? [], true),
        ];
      default:
        return unreachable(node);
    }
  });
}

function fieldsIn(condition: Condition): readonly FieldReference[] {
  switch (condition.kind) {
    case 'filled':
    case 'equals':
      return [condition.field];
    case 'not':
      return fieldsIn(condition.operand);
    case 'all':
    case 'any':
      return condition.operands.flatMap(fieldsIn);
    default:
      return unreachable(condition);
  }
}

/** Warns about names that are neither known fields nor known attributes, with the nearest known name. */
export function checkTemplate(template: Template, knownFields: readonly string[]): readonly TemplateWarning[] {
  const knownKeys = new Set(knownFields.map(normaliseFieldName));
  return templateFields(template)
    .filter((use) => !knownKeys.has(use.key))
    .map(({ name, key, position }) => {
      const suggestion = nearestField(key, knownFields);
      const remedy =
        suggestion === null ? 'Use a known field, or import this attribute first' : `Did you mean {${suggestion}}?`;
      return {
        field: name,
        position,
        suggestion,
        message: `unknown field {${name}} at position ${position}. ${remedy}`,
      };
    });
}

/** Near means at most a third of the letters apart, or one name inside the other (`zip` has no neighbour, `name` has one). */
function nearestField(key: string, knownFields: readonly string[]): string | null {
  let nearest: string | null = null;
  let least = Math.max(1, Math.floor(key.length / 3)) + 1;
  for (const known of knownFields) {
    const distance = editDistance(key, normaliseFieldName(known));
    if (distance < least) {
      least = distance;
      nearest = known;
    }
  }
  if (nearest !== null || key.length < 3) return nearest;
  return knownFields.find((known) => normaliseFieldName(known).includes(key)) ?? null;
}

/** Insertions, deletions, replacements and swaps of neighbours that lead from one word to the other. */
function editDistance(from: string, to: string): number {
  let beforePrevious: readonly number[] = [];
  let previous: readonly number[] = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const same = from[row - 1] === to[column - 1];
      const swapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      current.push(
        Math.min(
          at(previous, column) + 1,
          at(current, column - 1) + 1,
          at(previous, column - 1) + (same ? 0 : 1),
          swapped ? at(beforePrevious, column - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    beforePrevious = previous;
    previous = current;
  }
  return at(previous, to.length);
}

const at = (row: readonly number[], column: number): number => row[column] ?? Number.POSITIVE_INFINITY;
