import type { Log } from './log.ts';

/** One part of a job, whose failure is no reason to leave the others undone. */
export interface Part {
  /** Which one it is, for the log and the error: the account, the step. */
  readonly about: Readonly<Record<string, string>>;
  readonly run: () => Promise<unknown>;
}

/**
 * Runs the parts of `job` one after the other. A part that throws is logged, and the others go on; the error at the end lets the job
 * fail, so that it is seen and done again. `signal` ends it before the next part.
 */
export async function runAll(
  { log, signal }: { readonly log: Pick<Log, 'error'>; readonly signal?: AbortSignal | undefined },
  job: string,
  parts: readonly Part[],
): Promise<void> {
  const failures: { readonly about: string; readonly error: unknown }[] = [];
  for (const { about, run } of parts) {
    if (signal?.aborted === true) break;
    try {
      await run();
    } catch (error) {
      log.error({ error, job, ...about }, 'a part of a job failed; the others go on');
      failures.push({ about: wordsOf(about), error });
    }
  }
  const [first] = failures;
  if (first === undefined) return;
  const said = failures.map(({ about, error }) => `${about} (${messageOf(error)})`).join(', ');
  throw new Error(`${job}: failed for ${failures.length} of ${parts.length}: ${said}`, { cause: first.error });
}

const wordsOf = (about: Part['about']): string =>
  Object.entries(about)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
