import { hash } from 'node:crypto';
import { isoOf, Temporal } from '../../src/platform/time.ts';

const labels = new Map<string, string>();
/** Its first words, for the trace. */
export function labelOf(text: string): string {
  let label = labels.get(text);
  if (label === undefined) {
    label = text.trim().slice(0, 60).replaceAll(/\s+/g, ' ');
    labels.set(text, label);
  }
  return label;
}

/** Of the values of a statement: two runs that differ in one of them are two runs. */
export const digestOf = (values: readonly unknown[] | undefined): string =>
  values === undefined || values.length === 0 ? '' : hash('sha1', values.map(wordOf).join('\n')).slice(0, 8);

function wordOf(value: unknown): string {
  if (typeof value === 'string') return withoutFrames(value);
  if (value instanceof Temporal.Instant) return isoOf(value);
  if (Array.isArray(value)) return `[${value.map(wordOf).join()}]`;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** How deep the stack of an error was depends on what the machine had compiled by then. */
const withoutFrames = (text: string): string => {
  const at = text.indexOf('\n    at ');
  return at < 0 ? text : text.slice(0, at);
};
