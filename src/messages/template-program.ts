import { unreachable } from '../platform/result.ts';
import type { Condition, Instruction, TemplateContact, TemplateNode } from './template.ts';
import { compileField, foldText } from './template-field.ts';

/**
 * Flattens the tree into steps with jumps: rendering is one loop over an array, measured several times faster than walking the
 * tree with its nested arrays for every contact.
 */
export function compileTemplate(nodes: readonly TemplateNode[]): readonly Instruction[] {
  const program: Instruction[] = [];
  appendNodes(program, nodes);
  return program;
}

function appendNodes(program: Instruction[], nodes: readonly TemplateNode[]): void {
  for (const node of nodes) {
    switch (node.kind) {
      case 'text':
        program.push(node);
        break;
      case 'field':
        program.push({ ...node, read: compileField(node.field).text });
        break;
      case 'choice':
        appendChoice(program, node);
        break;
      default:
        unreachable(node);
    }
  }
}

function appendChoice(program: Instruction[], choice: TemplateNode & { readonly kind: 'choice' }): void {
  const jumpsToEnd: number[] = [];
  for (const branch of choice.branches) {
    const holds = compileCondition(branch.condition);
    const test = program.push({ kind: 'unless', holds, to: -1 }) - 1;
    appendNodes(program, branch.nodes);
    jumpsToEnd.push(program.push({ kind: 'jump', to: -1 }) - 1);
    program[test] = { kind: 'unless', holds, to: program.length };
  }
  appendNodes(program, choice.otherwise ?? []);
  for (const jump of jumpsToEnd) program[jump] = { kind: 'jump', to: program.length };
}

function compileCondition(condition: Condition): (contact: TemplateContact) => boolean {
  switch (condition.kind) {
    case 'filled':
      return compileField(condition.field).isFilled;
    case 'equals': {
      const { equals } = compileField(condition.field);
      const expected = foldText(condition.text);
      return (contact) => equals(contact, expected);
    }
    case 'not': {
      const holds = compileCondition(condition.operand);
      return (contact) => !holds(contact);
    }
    case 'all': {
      const operands = condition.operands.map(compileCondition);
      return (contact) => operands.every((holds) => holds(contact));
    }
    case 'any': {
      const operands = condition.operands.map(compileCondition);
      return (contact) => operands.some((holds) => holds(contact));
    }
    default:
      return unreachable(condition);
  }
}
