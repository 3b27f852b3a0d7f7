import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { EngineOptions } from '../src/sending/engine.ts';

/** Real processes of the product that a test may kill, stop and wake. */
export interface Processes {
  /** Resolves when the worker works. */
  startWorker(): Promise<ProductProcess>;
  /** Resolves with its address when the server listens. */
  startApi(): Promise<string>;
  /** The same, for who wants to kill it. */
  startServer(): Promise<ProductProcess & { readonly url: string }>;
  /** kill -9 of whatever is left. */
  killAll(): Promise<void>;
}

export interface ProductProcess {
  readonly pid: number;
  /** kill -9: nothing more is written or recorded. */
  kill(): Promise<void>;
  /** SIGSTOP: the process stands still, its connections stay open. */
  freeze(): void;
  thaw(): void;
  /** SIGTERM: finishes what is under way, hands its accounts over and ends. */
  drain(): Promise<void>;
}

const FIXTURE = join(import.meta.dirname, 'process.fixture.ts');

export function productProcesses(options: {
  readonly env: Readonly<Record<string, string>>;
  readonly shiftMs: number;
  readonly engine: Partial<EngineOptions>;
}): Processes {
  const children = new Set<ChildProcess>();
  const start = async (role: 'worker' | 'api'): Promise<ProductProcess & { readonly said: string }> => {
    const child = spawn(process.execPath, [FIXTURE, role, String(options.shiftMs), JSON.stringify(options.engine)], {
      env: { PATH: process.env['PATH'], NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'], ...options.env },
      stdio: ['ignore', 'pipe', options.env['LOG_LEVEL'] === 'silent' ? 'ignore' : 'inherit'],
    });
    children.add(child);
    const ended = once(child, 'exit').finally(() => children.delete(child));
    const { pid } = child;
    if (pid === undefined) throw new Error(`${process.execPath} could not be started`);
    const [said, signal] = await Promise.race([once(child.stdout, 'data'), ended]);
    if (signal !== undefined) throw new Error(`the ${role} ended with ${said ?? signal} at its start`);
    return {
      pid,
      said: String(said).trim(),
      async kill() {
        child.kill('SIGKILL');
        await ended;
      },
      freeze: () => void child.kill('SIGSTOP'),
      thaw: () => void child.kill('SIGCONT'),
      async drain() {
        child.kill('SIGTERM');
        expect(await ended).toEqual([0, null]);
      },
    };
  };
  return {
    startWorker: () => start('worker'),
    startApi: async () => (await start('api')).said,
    async startServer() {
      const process = await start('api');
      return { ...process, url: process.said };
    },
    async killAll() {
      const ends = [...children].map((child) => once(child, 'exit'));
      for (const child of children) child.kill('SIGKILL');
      await Promise.all(ends);
    },
  };
}
