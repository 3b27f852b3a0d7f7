import { once } from 'node:events';
import type { Task } from './processes.ts';
import { runSeed } from './run-seed.ts';
import { withSimulationDatabase } from './server.ts';

/** Runs the seeds that its parent sends, one after the other, until the parent has no more or is gone. */
const ended = once(process, 'disconnect');
const leave = (): void => {
  if (process.connected) process.disconnect();
};
// An interrupt is the parent's to hear of: this one has a server to stop.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', leave);

function fail(error: unknown): void {
  // Who leaves in the midst of a run breaks it off.
  if (!process.connected) return;
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
  leave();
}
process.on('uncaughtException', fail);

await withSimulationDatabase(async (backends) => {
  process.on('message', (task: Task) => {
    runSeed({ ...task, backends, keepTrace: false }).then(
      (result) => process.connected && process.send?.(result),
      fail,
    );
  });
  process.send?.('ready');
  await ended;
});
process.exit();
