import { hash } from 'node:crypto';

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
  values === undefined || values.length === 0
    ? ''
    : hash(
        'sha1',
        JSON.stringify(values, (_, value) => (typeof value === 'bigint' ? String(value) : withoutFrames(value))),
      ).slice(0, 8);

/** How deep the stack of an error was depends on what the machine had compiled by then. */
const withoutFrames = (value: unknown): unknown =>
  typeof value === 'string' && STACK.test(value) ? value.replace(STACK, '') : value;

const STACK = /\n {4}at [\s\S]*$/;
