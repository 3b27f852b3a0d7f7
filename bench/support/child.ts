import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** A process of the bench that tells one thing when it is ready (or nothing) and one when it is told to stop (or nothing). */
export interface Child {
  /** Rejects when the process ends by itself. */
  readonly died: Promise<never>;
  /** What it tells next. */
  told(): Promise<unknown>;
  tell(message: object): void;
  /** Lets it close what it has open; resolves with the last thing that it told while closing. */
  stop(): Promise<unknown>;
}

/** The size of the young generation that the product is started with (bin/textwright), in MB, whatever flags this bench runs with. */
const YOUNG_MB = { worker: 4, api: 16 } as const;

const running = new Set<ChildProcess>();

/** Those that a bench left behind when it broke off would take the time of the next one. */
export function killChildren(): void {
  for (const child of running) child.kill('SIGKILL');
}

export function startChild(script: string, args: readonly string[], as: keyof typeof YOUNG_MB = 'worker'): Child {
  const execArgv = [`--max-semi-space-size=${YOUNG_MB[as]}`];
  const child = fork(join(import.meta.dirname, script), args, { execArgv });
  running.add(child);
  child.once('exit', () => running.delete(child));
  const died = new Promise<never>((_, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${script} ended by itself with exit code ${code}`)));
  });
  died.catch(() => undefined);
  const told = async (): Promise<unknown> => {
    const [message] = await Promise.race([once(child, 'message'), died]);
    return message;
  };
  return {
    died,
    told,
    tell: (message) => void child.send(message),
    async stop() {
      let last: unknown;
      child.on('message', (message) => {
        last = message;
      });
      const exited = once(child, 'exit');
      child.send('stop');
      await exited;
      return last;
    },
  };
}
