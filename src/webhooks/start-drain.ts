import { SECOND_MS } from '../platform/time.ts';
import type { Services } from '../services.ts';
import type { Intake } from './intake.ts';

const LOOK_EVERY_MS = 2 * SECOND_MS;

/** Brings in what waits on the disk as soon as the database is back; also what a process that was killed has left there. */
export function startDrain(
  services: Pick<Services, 'clock' | 'log'>,
  intake: Pick<Intake, 'drainSpool' | 'keepUp'>,
  lookAtSpool: () => Promise<void>,
): { readonly close: () => Promise<void> } {
  const stopping = new AbortController();
  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      try {
        const events = await intake.drainSpool();
        if (events > 0) services.log.info({ events }, 'events brought in from the disk');
        await lookAtSpool();
        await intake.keepUp();
      } catch (error) {
        services.log.warn({ error }, 'events on the disk cannot be brought in yet');
      }
      await services.clock.rest(LOOK_EVERY_MS, stopping.signal);
    }
  };
  const running = run();
  return {
    async close() {
      stopping.abort();
      await running;
    },
  };
}
