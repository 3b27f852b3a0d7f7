import { normaliseFieldName, type Template } from './template.ts';

const BUSINESS_KEY = normaliseFieldName('business_name');
/** Stands for what differs from person to person; no letter, so that words do not run together. */
const GAP = ' \u2026 ';

/** What a text says whoever it is for: everything outside of conditions and fields, and the name of the business. */
export const commonText = ({ nodes }: Template, businessName: string): string =>
  nodes
    .map((node) => {
      if (node.kind === 'text') return node.text;
      return node.kind === 'field' && node.field.key === BUSINESS_KEY ? businessName : GAP;
    })
    .join('');
