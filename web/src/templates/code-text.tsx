import { Code } from '@mantine/core';

/** A sentence in which what stands between backticks is shown as code. */
export function CodeText({ children }: { readonly children: string }) {
  return children.split('`').map((part, index) =>
    index % 2 === 0 ? (
      part
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one sentence do not move.
      <Code key={index}>{part}</Code>
    ),
  );
}
