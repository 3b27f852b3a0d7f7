import { start } from '../src/main.ts';
import { parseConfig } from '../src/platform/config.ts';
import type { EngineOptions } from '../src/sending/engine.ts';
import { shiftedClock } from './shifted-clock.ts';

/**
 * A worker or an API server as `textwright serve --role` starts it, in a process of its own, with shorter patience and a clock that
 * is shifted into a sending day. Arguments: the role, the shift in milliseconds, and engine options as JSON. Says its address, as soon as it
 * listens there, or `ready`, on standard output; drains at SIGTERM.
 */
const [role, shiftMs = '0', engine = '{}'] = process.argv.slice(2);
const options: Partial<EngineOptions> = JSON.parse(engine);
const interrupted = new AbortController();
process.once('SIGTERM', () => interrupted.abort());
const running = await start({
  config: parseConfig(process.env, process.cwd()),
  role: role === 'api' ? 'api' : 'worker',
  clock: shiftedClock(Number(shiftMs)),
  engine: options,
  waiting: { signal: interrupted.signal, told: ({ url }) => process.stdout.write(`${url}\n`) },
});
process.once('SIGTERM', () => void running.close());
process.stdout.write(`${running.url ?? 'ready'}\n`);
