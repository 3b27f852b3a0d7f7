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

/** What the product is started with (bin/textwright), whatever flags this bench runs with. */
const FLAGS = {
  worker: ['--max-semi-space-size=16', '--heap-growing-percent=60'],
  api: ['--max-semi-space-size=32', '--no-allocation-site-pretenuring'],
} as const;

const running = new Set<ChildProcess>();

/** Those that a bench left behind when it broke off would take the time of the next one. */
export function killChildren(): void {
  for (const child of running) child.kill('SIGKILL');
}

export function startChild(script: string, args: readonly string[], as: keyof typeof FLAGS = 'worker'): Child {
  const child = fork(join(import.meta.dirname, script), args, { execArgv: [...FLAGS[as]] });
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
