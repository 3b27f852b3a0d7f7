import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
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
/** Collecting garbage beside the work would take from the other process and the servers; old things are few, and looked through seldom. */
const FLAGS = ['--max-semi-space-size=64', '--initial-old-space-size=512', '--single-threaded-gc'];

/**
 * Process and server take turns, one statement after the other: on one core, each finds the other's caches warm and wakes nobody
 * elsewhere, which is a third faster than where the kernel puts them. Not where `taskset` is missing, for more processes than cores, or
 * for one alone: others may be there that do the same.
 */
function startProcess(number: number, processes: number): ChildProcess {
  const core = processes === 1 ? undefined : usableCores()[number];
  if (core === undefined || !pins()) return fork(PROGRAM, { execArgv: FLAGS });
  return fork(PROGRAM, { execPath: 'taskset', execArgv: ['-c', String(core), process.execPath, ...FLAGS] });
}

/** Their numbers; empty when the system does not tell. */
function usableCores(): readonly number[] {
  try {
    const list = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '';
    return list.split(',').flatMap((range) => {
      const [first = 0, last = first] = range.split('-').map(Number);
      return Array.from({ length: last - first + 1 }, (_, index) => first + index);
    });
  } catch {
    return [];
  }
}

const pins = (): boolean => spawnSync('taskset', ['--version'], { stdio: 'ignore' }).status === 0;

/** As many as there are cores. */
export const PROCESSES_DEFAULT = availableParallelism();

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
  const processes = Math.min(options.processes, count);
  const working = Promise.all(
    Array.from({ length: processes }, (_, number) => runProcess(startProcess(number, processes), take, done)),
  );
  try {
    for (const { promise } of results) yield await promise;
  } finally {
    stopped = true;
    await working;
  }
}

/** Gives one process a task after the other, until there is none. */
function runProcess(
  child: ChildProcess,
  take: () => Task | undefined,
  done: (task: Task, outcome: SeedResult | Error) => void,
): Promise<void> {
  return new Promise((resolve) => {
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
