import { type Clock, patience } from './clock.ts';

/** In the words of the network, so that it counts as a database or a gateway that is away. */
class TooSlow extends Error {
  override readonly name = 'TooSlow';
  readonly code = 'ETIMEDOUT';
}

/** `work`, or an error that says `late` after `realMs`; the work goes on, and may still succeed. */
export async function inTime<T>(
  clock: Clock,
  work: Promise<T>,
  limit: { readonly realMs: number; readonly late: string },
): Promise<T> {
  const done = new AbortController();
  const late = clock.sleep(patience(clock, limit.realMs), done.signal).then(() => {
    if (!done.signal.aborted) throw new TooSlow(limit.late);
    return work;
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    work.catch(() => undefined);
    late.catch(() => undefined);
    // With a reason: without one an error with a stack is made each time.
    done.abort('in time');
  }
}
