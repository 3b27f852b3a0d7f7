import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Mutant } from './mutant.ts';

/** Throws for an edit that finds its text no more, or twice: its engine would not be broken, and show nothing. */
export function checkEdits(root: string, { name, edits }: Mutant): void {
  for (const { file, find } of edits)
    if (readFileSync(join(root, file), 'utf8').split(find).length !== 2)
      throw new Error(`mutant "${name}": ${file} must contain its text exactly once: ${find}`);
}
