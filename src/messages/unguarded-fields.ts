import { unreachable } from '../platform/result.ts';
import type { Condition, Template, TemplateNode } from './template.ts';

type Keys = ReadonlySet<string>;
const NONE: Keys = new Set();

/**
 * Keys of the fields that can be missing where they are shown: without fallback, and under no condition that says they are filled.
 * `{if city}in {city}{endif}` is guarded, `{if city}{first_name}{endif}` is not. In order of appearance.
 */
export const unguardedFields = (template: Template): Keys => new Set(unguardedIn(template.nodes, NONE));

function unguardedIn(nodes: readonly TemplateNode[], filled: Keys): readonly string[] {
  return nodes.flatMap((node): readonly string[] => {
    switch (node.kind) {
      case 'text':
        return [];
      case 'field':
        return node.fallback === null && !filled.has(node.field.key) ? [node.field.key] : [];
      case 'choice': {
        let known = filled;
        const found: string[] = [];
        for (const { condition, nodes: inner } of node.branches) {
          found.push(...unguardedIn(inner, both(known, filledWhen(condition, true))));
          known = both(known, filledWhen(condition, false));
        }
        return [...found, ...unguardedIn(node.otherwise ?? [], known)];
      }
      default:
        return unreachable(node);
    }
  });
}

/** Fields that must be filled when the condition is found to be `truth`. */
function filledWhen(condition: Condition, truth: boolean): Keys {
  switch (condition.kind) {
    case 'filled':
      return truth ? new Set([condition.field.key]) : NONE;
    case 'equals':
      return truth && condition.text.trim() !== '' ? new Set([condition.field.key]) : NONE;
    case 'not':
      return filledWhen(condition.operand, !truth);
    case 'all':
      return truth ? everyOf(condition.operands, truth) : NONE;
    case 'any':
      return truth ? NONE : everyOf(condition.operands, truth);
    default:
      return unreachable(condition);
  }
}

const everyOf = (operands: readonly Condition[], truth: boolean): Keys =>
  operands.reduce<Keys>((keys, operand) => both(keys, filledWhen(operand, truth)), NONE);

const both = (a: Keys, b: Keys): Keys => new Set([...a, ...b]);
