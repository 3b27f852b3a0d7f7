/** The row that a key leads to, or undefined for a key that does not move. */
export function rowAfterKey(
  key: string,
  at: { readonly index: number; readonly count: number; readonly pageRows: number },
): number | undefined {
  const steps: Readonly<Record<string, number>> = {
    ArrowDown: at.index + 1,
    ArrowUp: at.index - 1,
    j: at.index + 1,
    k: at.index - 1,
    PageDown: at.index + at.pageRows,
    PageUp: at.index - at.pageRows,
    Home: 0,
    End: at.count - 1,
  };
  const target = steps[key];
  return target === undefined || at.count === 0 ? undefined : Math.min(Math.max(target, 0), at.count - 1);
}
