import { patience } from '../platform/clock.ts';
import { SECOND_MS } from '../platform/time.ts';
import { createWake } from '../platform/wake.ts';
import type { Services } from '../services.ts';
import { type ApplyServices, applyWaiting } from './apply-event.ts';
import { EVENTS_TOPIC } from './event-store.ts';

/** A wake-up call may be lost. */
const LOOK_EVERY_MS = 2 * SECOND_MS;
/** Real time between the beginnings of two passes: what streams in is applied many at a time, a lone event at once. */
const PASSES_APART_MS = 50;

export interface Applier {
  /** What is being applied is applied. */
  close(): Promise<void>;
}

/** Applies events as they come in, and looks for forgotten ones now and then. */
export function startApplier(services: ApplyServices & Pick<Services, 'live'>): Applier {
  const stopping = new AbortController();
  const wake = createWake(services.clock);
  const unsubscribe = services.live.subscribe(EVENTS_TOPIC, () => wake.call());
  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      try {
        const rest = services.clock.rest(PASSES_APART_MS, stopping.signal);
        await Promise.all([applyWaiting(services, stopping.signal), rest]);
      } catch (error) {
        services.log.warn({ error }, 'events cannot be applied now');
      }
      await wake.wait(patience(services.clock, LOOK_EVERY_MS), stopping.signal);
    }
  };
  const running = run();
  return {
    async close() {
      unsubscribe();
      stopping.abort();
      await running;
    },
  };
}
