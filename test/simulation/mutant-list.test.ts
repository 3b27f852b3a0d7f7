import { join } from 'node:path';
import { expect, it } from 'vitest';
import { checkEdits } from './check-edits.ts';
import { MUTANTS } from './mutant-list.ts';

// The hunt itself takes too long for every run; a change of the engine that leaves a mutant without its bite is seen at once.
it.each(MUTANTS.map((mutant) => [mutant.name, mutant] as const))('an engine that %s can still be made', (_, mutant) => {
  expect(() => checkEdits(join(import.meta.dirname, '../..'), mutant)).not.toThrow();
});
