import { createInterface } from 'node:readline';
import { startEmbeddedPostgres } from './embedded-postgres.ts';

/**
 * A process of its own for the tests of several processes and of kill -9. Arguments: the data folder, and the settings as JSON.
 * Says one line of JSON per event on stdout: `{"log"}`, `{"ready"}` with the connection string, `{"error"}`, `{"closed"}`.
 * Closes at the line `close` on stdin.
 */
const say = (event: Readonly<Record<string, unknown>>): void => {
  process.stdout.write(`${JSON.stringify(event)}\n`);
};

const [dataDir = '', settings = '{}'] = process.argv.slice(2);
try {
  const startedAt = performance.now();
  const postgres = await startEmbeddedPostgres({ dataDir, settings: JSON.parse(settings), log: (log) => say({ log }) });
  say({ ready: postgres.connectionString, tookMs: Math.round(performance.now() - startedAt) });
  for await (const line of createInterface({ input: process.stdin })) if (line === 'close') break;
  await postgres.close();
  say({ closed: true });
} catch (error) {
  say({
    error: error instanceof Error ? error.message : String(error),
    name: error instanceof Error ? error.name : '',
  });
  process.exitCode = 1;
}
process.stdin.destroy();
