import { unreachable } from '../platform/result.ts';
import { type Condition, escapeTemplate, type TemplateNode } from './template.ts';

/** The source of a tree of nodes: parsing it gives the same tree (but for positions), so editors may rebuild a template. */
export const printTemplate = (nodes: readonly TemplateNode[]): string => nodes.map(printNode).join('');

function printNode(node: TemplateNode): string {
  switch (node.kind) {
    case 'text':
      return node.text.replace(/[\\{}]/g, '\\$&');
    case 'field':
      return node.fallback === null ? `{${node.field.name}}` : `{${node.field.name}|${escapeTemplate(node.fallback)}}`;
    case 'choice':
      return printChoice(node);
    default:
      return unreachable(node);
  }
}

function printChoice(choice: TemplateNode & { readonly kind: 'choice' }): string {
  const branches = choice.branches.map(
    (branch, index) =>
      `{${index === 0 ? 'if' : 'else if'} ${printCondition(branch.condition)}}${printTemplate(branch.nodes)}`,
  );
  const otherwise = choice.otherwise === null ? '' : `{else}${printTemplate(choice.otherwise)}`;
  return `${branches.join('')}${otherwise}{endif}`;
}

export function printCondition(condition: Condition): string {
  switch (condition.kind) {
    case 'filled':
      return condition.field.name;
    case 'equals':
      return `${condition.field.name} == ${quoted(condition.text)}`;
    case 'not':
      if (condition.operand.kind !== 'equals') return `not ${printOperand(condition.operand)}`;
      return `${condition.operand.field.name} != ${quoted(condition.operand.text)}`;
    case 'all':
      return condition.operands.map(printOperand).join(' and ');
    case 'any':
      return condition.operands.map(printOperand).join(' or ');
    default:
      return unreachable(condition);
  }
}

const printOperand = (condition: Condition): string =>
  condition.kind === 'all' || condition.kind === 'any' ? `(${printCondition(condition)})` : printCondition(condition);

const quoted = (text: string): string => `"${text.replace(/[\\{}"“”„‟]/g, '\\$&')}"`;
