import { once } from 'node:events';
import type { Task } from './processes.ts';
import { runSeed } from './run-seed.ts';
import { withSimulationDatabase } from './server.ts';

/** Runs the seeds that its parent sends, one after the other, until the parent has no more or is gone. */
const ended = once(process, 'disconnect');
// An interrupt is the parent's to hear of: this one has a server to stop.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => process.disconnect());

const fail = (error: unknown): void => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
  process.disconnect();
};

await withSimulationDatabase(async (backends) => {
  const run = (task: Task): void => {
    runSeed({ ...task, backends, keepTrace: false }).then(
      (result) => process.connected && process.send?.(result),
      // Who is interrupted in the midst of a run fails.
      (error: unknown) => process.connected && fail(error),
    );
  };
  process.on('message', (task: Task) => run(task));
  process.send?.('ready');
  await ended;
});
process.exit();
