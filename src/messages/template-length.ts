import { unreachable } from '../platform/result.ts';
import type { Template, TemplateNode } from './template.ts';

/**
 * No contact can get a shorter text than this, in UTF-16 code units: every merge field counts with one character, or none when its
 * fallback is empty, and every condition takes its shortest branch.
 */
export const shortestLength = (template: Template): number => lengthOf(template.nodes);

const lengthOf = (nodes: readonly TemplateNode[]): number => nodes.reduce((sum, node) => sum + lengthOfNode(node), 0);

function lengthOfNode(node: TemplateNode): number {
  switch (node.kind) {
    case 'text':
      return node.text.length;
    case 'field':
      return node.fallback === '' ? 0 : 1;
    case 'choice':
      return Math.min(...node.branches.map((branch) => lengthOf(branch.nodes)), lengthOf(node.otherwise ?? []));
    default:
      return unreachable(node);
  }
}
