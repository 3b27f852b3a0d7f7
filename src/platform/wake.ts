import type { Clock } from './clock.ts';

/** Lets one loop wait until it is called or the time is over. A call while nobody waits is kept for the next wait. */
export interface Wake {
  call(): void;
  /** A call that asks for less than another: the loop may see to it and wait on. */
  nudge(): void;
  /** `ms` of clock time. Whether it was called or only nudged; neither when the time is over or `signal` aborted. */
  wait(ms: number, signal?: AbortSignal): Promise<Waited>;
}

export type Waited = 'called' | 'nudged' | 'neither';

export function createWake(clock: Clock): Wake {
  let heard: Waited = 'neither';
  let stopWaiting: AbortController | undefined;
  return {
    call() {
      heard = 'called';
      stopWaiting?.abort();
    },
    nudge() {
      if (heard === 'neither') heard = 'nudged';
      stopWaiting?.abort();
    },
    async wait(ms, signal) {
      if (heard === 'neither' && !signal?.aborted) {
        stopWaiting = new AbortController();
        const signals = signal === undefined ? [stopWaiting.signal] : [stopWaiting.signal, signal];
        await clock.sleep(ms, AbortSignal.any(signals));
        stopWaiting = undefined;
      }
      const waited = heard;
      heard = 'neither';
      return waited;
    },
  };
}
