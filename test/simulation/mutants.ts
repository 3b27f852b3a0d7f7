import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { checkEdits } from './check-edits.ts';
import type { Mutant } from './mutant.ts';
import { MUTANTS } from './mutant-list.ts';

/**
 * `npm run simulate:mutants [-- words of names] [--seeds N]`: runs the simulation against each broken engine until it is found. Exit code 1
 * when one is not.
 */
const { values, positionals } = parseArgs({ options: { seeds: { type: 'string' } }, allowPositionals: true });
const seeds = Number(values.seeds ?? 100);
const root = join(import.meta.dirname, '../..');
const folder = join(root, '.simulation');

type Outcome = { readonly seed: string; readonly violation: string } | 'survives';

async function hunt(mutant: Mutant, index: number): Promise<Outcome> {
  const place = join(folder, String(index));
  rmSync(place, { recursive: true, force: true });
  mkdirSync(place, { recursive: true });
  for (const part of ['src', 'test', 'migrations', 'package.json'])
    cpSync(join(root, part), join(place, part), { recursive: true });
  for (const { file, find, replace } of mutant.edits) {
    const path = join(place, file);
    const source = readFileSync(path, 'utf8');
    writeFileSync(
      path,
      source.replace(find, () => replace),
    );
  }
  const output = await run(place);
  rmSync(place, { recursive: true, force: true });
  const [, seed, violation] = /seed (\d+)[^\n]*\n {2}VIOLATION (.*)/.exec(output) ?? [];
  if (seed !== undefined && violation !== undefined) return { seed, violation };
  if (!/seeds held/.test(output))
    throw new Error(`mutant "${mutant.name}" does not run, which shows nothing: ${output.slice(-500)}`);
  return 'survives';
}

function run(place: string): Promise<string> {
  return new Promise((resolve) => {
    const options = ['--seeds', String(seeds), '--processes', '1', '--stop'];
    const child = spawn(process.execPath, ['test/simulation/simulate.ts', ...options], { cwd: place });
    let output = '';
    const keep = (chunk: unknown): void => {
      output += String(chunk);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('close', () => resolve(output));
  });
}

const chosen = MUTANTS.map((mutant, index) => ({ mutant, index })).filter(
  ({ mutant }) => positionals.length === 0 || positionals.some((word) => mutant.name.includes(word)),
);
for (const { mutant } of chosen) checkEdits(root, mutant);
const began = performance.now();
const queue = [...chosen];
let survivors = 0;
await Promise.all(
  [1, 2].map(async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const found = await hunt(next.mutant, next.index);
      if (found === 'survives') survivors += 1;
      const words = found === 'survives' ? '' : `\n         seed ${found.seed}: ${found.violation}`;
      process.stdout.write(`${found === 'survives' ? 'SURVIVES' : 'found   '} ${next.mutant.name}${words}\n`);
    }
  }),
);
rmSync(folder, { recursive: true, force: true });
const seconds = Math.round((performance.now() - began) / 1000);
process.stdout.write(
  `${chosen.length - survivors} of ${chosen.length} broken engines found within ${seeds} seeds, ${seconds} s\n`,
);
process.exitCode = survivors === 0 ? 0 : 1;
