import { fork } from 'node:child_process';
import { join } from 'node:path';
import { runSeed, type SeedResult } from './run-seed.ts';
import { withSimulationDatabase } from './server.ts';

/** Seeds beside each other, each process with a server of its own. A run depends on its seed alone, wherever it runs. */
export interface Task {
  readonly seed: number;
  readonly enrollments: number;
}

/** The program of a process that runs what it is given (one-process.ts). */
const PROGRAM = join(import.meta.dirname, 'one-process.ts');
/** Collecting garbage beside the work would take from the other process and the servers. */
const FLAGS = ['--max-semi-space-size=64', '--single-threaded-gc'];

/** The results in the order of the seeds; stops all of it when its reader does. */
export async function* runSeeds(options: {
  readonly from: number;
  readonly count: number;
  readonly enrollments: number;
  readonly processes: number;
}): AsyncGenerator<SeedResult> {
  const { from, count, enrollments } = options;
  const results = Array.from({ length: count }, () => Promise.withResolvers<SeedResult>());
  // Of whom nobody may ask any more.
  for (const { promise } of results) promise.catch(() => undefined);
  let next = 0;
  let stopped = false;
  const take = (): Task | undefined => {
    if (stopped || next >= count) return undefined;
    next += 1;
    return { seed: from + next - 1, enrollments };
  };
  const done = ({ seed }: Task, outcome: SeedResult | Error): void => {
    const result = results[seed - from];
    if (outcome instanceof Error) result?.reject(outcome);
    else result?.resolve(outcome);
  };
  const working = Promise.all(Array.from({ length: Math.min(options.processes, count) }, () => runProcess(take, done)));
  try {
    for (const { promise } of results) yield await promise;
  } finally {
    stopped = true;
    await working;
  }
}

/** Gives one process a task after the other, until there is none. */
function runProcess(
  take: () => Task | undefined,
  done: (task: Task, outcome: SeedResult | Error) => void,
): Promise<void> {
  return new Promise((resolve) => {
    const child = fork(PROGRAM, { execArgv: FLAGS });
    let task: Task | undefined;
    const give = (): void => {
      task = take();
      if (task === undefined) child.disconnect();
      else child.send(task);
    };
    child.on('message', (message) => {
      if (message === 'ready') return give();
      if (task !== undefined) done(task, message as SeedResult);
      give();
    });
    child.on('exit', (code) => {
      if (task !== undefined) done(task, new Error(`the process of seed ${task.seed} ended with ${code}`));
      resolve();
    });
  });
}

/** One seed in this process. */
export async function runHere(task: Task & { readonly keepTrace: boolean }): Promise<SeedResult> {
  let result: SeedResult | undefined;
  await withSimulationDatabase(async (backends) => {
    result = await runSeed({ ...task, backends });
  });
  if (result === undefined) throw new Error(`seed ${task.seed} did not run`);
  return result;
}
