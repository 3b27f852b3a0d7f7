import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** The server restarts with every change of src/, the pages change in the open browser. Ctrl-C ends both. */
const root = join(import.meta.dirname, '..');
const children = [
  spawn('node', ['--watch-path=src', 'src/cli/main.ts', 'serve'], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, PORT: process.env['PORT'] ?? '7080' },
  }),
  spawn('vite', ['--config', 'vite.config.ts'], { cwd: root, stdio: 'inherit' }),
];
const killAll = (signal: NodeJS.Signals): void => {
  for (const child of children) child.kill(signal);
};
for (const child of children) child.on('exit', () => killAll('SIGTERM'));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => killAll(signal));
