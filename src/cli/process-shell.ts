import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { createInterruption } from './interruption.ts';
import { Output, type Shell } from './shell.ts';
import { printable } from './words.ts';

const END_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The shell of the real process. */
export function processShell(): Shell {
  const { stderr, stdout, env } = process;
  // A terminal that does not know its width says 0.
  const columns = stderr.isTTY && env['TERM'] !== 'dumb' ? stderr.columns || 80 : undefined;
  stderr.on('error', () => undefined);
  let half = '';
  const tell = (line: string): void => {
    stderr.write(`${half === '' ? '' : '\r\x1b[2K'}${printable(line)}\n`);
    half = '';
  };
  const isTerminal = process.stdin.isTTY === true && stderr.isTTY === true;
  let signal: AbortSignal | undefined;
  const interruption = (): AbortSignal => {
    signal ??= listenForSignals(tell);
    return signal;
  };
  return {
    env,
    workingDir: process.cwd(),
    out: new Output(stdout, stdout.isTTY && env['TERM'] !== 'dumb' ? stdout.columns || 80 : undefined),
    tell,
    columns,
    progress(line) {
      if (columns === undefined) return;
      half = line.slice(0, columns - 1);
      stderr.write(`\r\x1b[2K${half}`);
    },
    stdin: () => process.stdin,
    ask: isTerminal ? (question) => ask(question, { interrupted: interruption(), secret: false }) : undefined,
    askSecretly: isTerminal ? (question) => ask(question, { interrupted: interruption(), secret: true }) : undefined,
    interruption,
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

async function ask(
  question: string,
  { interrupted, secret }: { readonly interrupted: AbortSignal; readonly secret: boolean },
): Promise<string | undefined> {
  // Without an output readline would leave the echo to the terminal itself.
  const output = secret ? new Writable({ write: (_chunk, _encoding, done) => done() }) : process.stderr;
  if (secret) process.stderr.write(question);
  const lines = createInterface({ input: process.stdin, output, terminal: true });
  const left = new AbortController();
  // Whoever is asked because they have interrupted may answer.
  const ended = interrupted.aborted ? left.signal : AbortSignal.any([left.signal, interrupted]);
  lines.once('close', () => left.abort());
  lines.once('SIGINT', () => left.abort());
  try {
    return await lines.question(secret ? '' : question, { signal: ended });
  } catch (error) {
    if (!left.signal.aborted && !interrupted.aborted) throw error;
    if (!secret) process.stderr.write('\n');
    return undefined;
  } finally {
    lines.close();
    if (secret) process.stderr.write('\n');
  }
}
