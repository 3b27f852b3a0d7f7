import { createInterruption } from './interruption.ts';
import { Output, type Shell } from './shell.ts';
import { printable } from './words.ts';

const END_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The shell of the real process. */
export function processShell(): Shell {
  const { stderr, stdout, env } = process;
  const columns = stderr.isTTY && env['TERM'] !== 'dumb' ? stderr.columns : undefined;
  stderr.on('error', () => undefined);
  let half = '';
  const tell = (line: string): void => {
    stderr.write(`${half === '' ? '' : '\r\x1b[2K'}${printable(line)}\n`);
    half = '';
  };
  let signal: AbortSignal | undefined;
  return {
    env,
    workingDir: process.cwd(),
    out: new Output(stdout, stdout.isTTY ? stdout.columns : undefined),
    tell,
    columns,
    progress(line) {
      if (columns === undefined) return;
      half = line.slice(0, columns - 1);
      stderr.write(`\r\x1b[2K${half}`);
    },
    stdin: () => process.stdin,
    canAsk: process.stdin.isTTY === true && stderr.isTTY === true,
    interruption() {
      signal ??= listenForSignals(tell);
      return signal;
    },
  };
}

function listenForSignals(tell: (line: string) => void): AbortSignal {
  const { signal, interrupt } = createInterruption({
    nowMs: () => performance.now(),
    announce: () => tell('Stopping: what is under way is finished first; once more stops at once'),
    stopNow: () => process.exit(1),
  });
  for (const name of END_SIGNALS) process.on(name, interrupt);
  return signal;
}
