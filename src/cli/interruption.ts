/**
 * Once: finish what is under way. Twice: stop at once. Signals that come together count once, because npm passes Ctrl-C on to a
 * program that the terminal has told already.
 */
const TOGETHER_MS = 500;

export function createInterruption(options: {
  readonly nowMs: () => number;
  readonly announce: () => void;
  readonly stopNow: () => void;
}): { readonly signal: AbortSignal; readonly interrupt: () => void } {
  const stopping = new AbortController();
  let firstMs: number | undefined;
  return {
    signal: stopping.signal,
    interrupt() {
      if (firstMs === undefined) {
        firstMs = options.nowMs();
        options.announce();
        stopping.abort(new Error('interrupted'));
      } else if (options.nowMs() - firstMs >= TOGETHER_MS) options.stopNow();
    },
  };
}

/** Resolves when the signal aborts. */
export const whenAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
