import { parseArgs } from 'node:util';
import { systemRandom } from '../../src/platform/random.ts';
import { PROCESSES_DEFAULT, runHere, runSeeds } from './processes.ts';
import { FAULT_KINDS, neverStruck, sumOf } from './tally.ts';

/**
 * `npm run simulate`: seeds 1 to 200, or those that are asked for. Exit code 1 when one does not hold, 2 when it was asked for
 * wrongly.
 */
const USAGE = `usage: npm run simulate -- [options]

  --seeds N        this many seeds (200)
  --from N         from this one on (1)
  --seed N         this one alone, with its trace
  --fresh N        and so many that nobody has run before; the first of them is printed
  --enrollments N  in each of them (300)
  --processes N    beside each other, each with a database of its own (as many as there are cores)
  --stop           at the first that does not hold
  --coverage       print how often each kind of fault struck
  --every-fault    fail when a kind of fault struck in none of the seeds that are not fresh
`;

const OPTIONS = {
  seeds: { type: 'string' },
  from: { type: 'string' },
  seed: { type: 'string' },
  fresh: { type: 'string' },
  enrollments: { type: 'string' },
  processes: { type: 'string' },
  stop: { type: 'boolean' },
  coverage: { type: 'boolean' },
  'every-fault': { type: 'boolean' },
  help: { type: 'boolean' },
} as const;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

function readArguments() {
  try {
    const { values } = parseArgs({ options: OPTIONS });
    const number = (name: 'seeds' | 'from' | 'seed' | 'fresh' | 'enrollments' | 'processes', fallback: number) => {
      const given = values[name];
      if (given === undefined) return fallback;
      if (!/^\d{1,10}$/.test(given)) throw new Error(`--${name} must be a whole number, got ${JSON.stringify(given)}`);
      return Number(given);
    };
    return {
      one: values.seed === undefined ? undefined : number('seed', 1),
      from: number('from', 1),
      seeds: number('seeds', 200),
      fresh: number('fresh', 0),
      enrollments: number('enrollments', 300),
      processes: Math.max(1, number('processes', PROCESSES_DEFAULT)),
      stop: values.stop === true,
      coverage: values.coverage === true,
      everyFault: values['every-fault'] === true,
      help: values.help === true,
    };
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    process.exit(2);
  }
}

type Wanted = ReturnType<typeof readArguments>;

async function trace(seed: number, enrollments: number): Promise<boolean> {
  const result = await runHere({ seed, enrollments, keepTrace: true });
  for (const line of result.trace) say(line);
  for (const violation of result.violations) say(`VIOLATION ${violation}`);
  say(`seed ${seed} ${result.hash.slice(0, 12)} ${result.violations.length === 0 ? 'holds' : 'does not hold'}`);
  return result.violations.length === 0;
}

/** The seeds of one range, printed in their order. Returns how many did not hold, and what struck. */
async function runRange(from: number, count: number, wanted: Wanted) {
  const struck: Readonly<Record<string, number>>[] = [];
  let ran = 0;
  let failed = 0;
  for await (const result of runSeeds({ from, count, enrollments: wanted.enrollments, processes: wanted.processes })) {
    ran += 1;
    struck.push(result.struck);
    const { figures } = result;
    say(
      `seed ${result.seed} ${result.hash.slice(0, 12)} ${Math.round(figures.virtualMs / 1000)} s virtual, ` +
        `${figures.statements} statements, ${figures.accepted} accepted, ${figures.crashes} crashes, ` +
        `${figures.optOuts} opt-outs, ${figures.settled} settled`,
    );
    if (result.violations.length === 0) continue;
    failed += 1;
    for (const violation of result.violations.slice(0, 10)) say(`  VIOLATION ${violation}`);
    say(`  its trace: npm run simulate -- --seed ${result.seed} --enrollments ${wanted.enrollments}`);
    if (wanted.stop) break;
  }
  return { ran, failed, struck: sumOf(struck) };
}

async function main(wanted: Wanted): Promise<number> {
  if (wanted.help) {
    say(USAGE);
    return 0;
  }
  if (wanted.one !== undefined) return (await trace(wanted.one, wanted.enrollments)) ? 0 : 1;
  const began = performance.now();
  const fixed = await runRange(wanted.from, wanted.seeds, wanted);
  let { ran, failed } = fixed;
  if (wanted.fresh > 0 && !(wanted.stop && failed > 0)) {
    const first = systemRandom.int(1_000_000, 2_000_000_000);
    say(`fresh: npm run simulate -- --from ${first} --seeds ${wanted.fresh}`);
    const fresh = await runRange(first, wanted.fresh, wanted);
    ran += fresh.ran;
    failed += fresh.failed;
  }
  const never = neverStruck(fixed.struck);
  if (wanted.coverage) for (const kind of FAULT_KINDS) say(`${String(fixed.struck[kind]).padStart(7)} ${kind}`);
  if ((wanted.coverage || wanted.everyFault) && never.length > 0)
    say(`struck in none of seeds ${wanted.from} to ${wanted.from + wanted.seeds - 1}: ${never.join(', ')}`);
  const seconds = (performance.now() - began) / 1000;
  say(`${ran - failed} of ${ran} seeds held, ${Math.round(seconds)} s, ${(ran / seconds).toFixed(2)} seeds a second`);
  return failed > 0 || (wanted.everyFault && never.length > 0) ? 1 : 0;
}

process.exitCode = await main(readArguments());
