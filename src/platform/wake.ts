import type { Clock } from './clock.ts';

/** Lets one loop wait until it is called or the time is over. A call while nobody waits is kept for the next wait. */
export interface Wake {
  call(): void;
  /** `ms` of clock time. */
  wait(ms: number, signal?: AbortSignal): Promise<void>;
}

export function createWake(clock: Clock): Wake {
  let called = false;
  let stopWaiting: AbortController | undefined;
  return {
    call() {
      called = true;
      stopWaiting?.abort();
    },
    async wait(ms, signal) {
      if (!called && !signal?.aborted) {
        stopWaiting = new AbortController();
        const signals = signal === undefined ? [stopWaiting.signal] : [stopWaiting.signal, signal];
        await clock.sleep(ms, AbortSignal.any(signals));
        stopWaiting = undefined;
      }
      called = false;
    },
  };
}
