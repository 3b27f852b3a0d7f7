import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

/** Runs the real program as a child process, as a person would. */
export const ROOT = join(import.meta.dirname, '../..');
export const NODE = join(ROOT, 'node_modules/node/bin/node');
export const FIXTURES = join(ROOT, 'test/fixtures');

export interface CliRun {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly stdin?: string;
  /** Leads a process group of its own, as behind a shell's pipe or `timeout`. */
  readonly ownGroup?: boolean;
}

export function startCli(args: readonly string[], options: CliOptions = {}): ChildProcess {
  const { env = {}, cwd = ROOT, ownGroup = false } = options;
  return spawn(NODE, [join(ROOT, 'src/cli/main.ts'), ...args], {
    cwd,
    env: { PATH: process.env['PATH'] ?? '', NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'], ...env },
    detached: ownGroup,
  });
}

export const runCli = (args: readonly string[], options: CliOptions = {}): Promise<CliRun> =>
  finished(startCli(args, options), options.stdin);

export async function finished(child: ChildProcess, stdin = ''): Promise<CliRun> {
  if (child.stdin === null || child.stdout === null || child.stderr === null) throw new Error('the child has no pipes');
  // A program that refuses its arguments does not read what is given to it.
  child.stdin.on('error', () => undefined).end(stdin);
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: child.exitCode, out, err };
}

/** Every line of the output must end, and be JSON. */
export const jsonLines = (run: CliRun): readonly unknown[] =>
  run.out
    .split('\n')
    .slice(0, -1)
    .map((line): unknown => JSON.parse(line));
