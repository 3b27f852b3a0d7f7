import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { printable } from './words.ts';

/** What a command may touch of the process that it runs in. */
export interface Shell {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly workingDir: string;
  /** Data, and nothing else. */
  readonly out: Output;
  /** Everything that is not data; what cannot be written is lost in silence. */
  readonly tell: (line: string) => void;
  /** Columns of the terminal that shows what `tell` writes; undefined when it is none or a dumb one. */
  readonly columns: number | undefined;
  /** Rewrites the last line of that terminal; says nothing anywhere else. */
  readonly progress: (line: string) => void;
  readonly stdin: () => Readable;
  /** One line from the person who sits there, undefined when they leave (Ctrl-C, Ctrl-D). Absent where nobody can answer. */
  readonly ask: ((question: string) => Promise<string | undefined>) | undefined;
  /** The same for what nobody may read over a shoulder: what is typed is not shown. */
  readonly askSecretly: ((question: string) => Promise<string | undefined>) | undefined;
  /** Aborts when a person or the system wants this process to end; from the first call on it no longer ends by itself. */
  readonly interruption: () => AbortSignal;
}

/** An expected "no", in words for the person at the keyboard. Exit code 1; see `UsageError` for 2. */
export class CliError extends Error {
  override readonly name: string = 'CliError';
}

/** The command was called wrongly: nothing was tried. */
export class UsageError extends CliError {
  override readonly name = 'UsageError';
}

/** The reader has left (`| head`): whoever writes unwinds, closes what is open, and the program ends as if it were done. */
export class OutputClosed extends Error {
  override readonly name = 'OutputClosed';
}

/** A stream that is written at the pace of its reader. */
export class Output {
  /** Set for a terminal. */
  readonly columns: number | undefined;
  readonly #stream: Writable;
  #failure: Error | undefined;

  constructor(stream: Writable, columns: number | undefined) {
    this.#stream = stream;
    this.columns = columns;
    stream.on('error', (error: Error) => {
      this.#failure ??= 'code' in error && error.code === 'EPIPE' ? new OutputClosed('the reader has left') : error;
    });
  }

  /** Resolves when there is room for more. Throws `OutputClosed` once the reader has left. */
  async write(text: string): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#stream.write(text)) return;
    // A rejection comes from the same event that has set the failure.
    await once(this.#stream, 'drain').catch(() => undefined);
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Lines for people. */
  lines(...texts: readonly string[]): Promise<void> {
    return this.write(`${printable(texts.join('\n'))}\n`);
  }

  /** Each value as JSON on a line of its own. */
  json(...values: readonly unknown[]): Promise<void> {
    return this.write(values.map((value) => `${JSON.stringify(value)}\n`).join(''));
  }

  /** Resolves when everything was handed over; throws what went wrong since the last write. */
  async flush(): Promise<void> {
    await new Promise<void>((resolve) => this.#stream.write('', () => resolve()));
    if (this.#failure !== undefined) throw this.#failure;
  }
}
