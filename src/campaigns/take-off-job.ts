import { z } from 'zod';
import { type Database, runTx, type Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Job, JobQueue, Jobs } from '../platform/jobs.ts';
import { notifyLive } from '../platform/live.ts';
import { skipPending } from './campaign-store.ts';

/**
 * Who waits in a cancelled campaign is taken off its list. The campaign's state alone keeps the engine from texting them, so that
 * this may take its time: 20,000 to 30,000 people a second, of which a transaction takes so many that nobody waits for it long.
 */
export const TAKE_OFF_BATCH = 5_000;
/** Why they are skipped (messages/outcome-sentences.ts). */
export const CANCELLED = 'cancelled';

const jobData = z.object({ campaignId: z.uuid() });

/** For a process that only puts jobs in. A try that ends early leaves its finished batches, and nothing else takes the others off. */
export const takeOffQueue: JobQueue = { name: 'take-off-cancelled', perKey: false, retryLimit: 1_000, batchSize: 1 };

export const takeOffJob = (services: {
  readonly database: Database;
}): JobQueue & { handle(job: Job): Promise<void> } => ({
  ...takeOffQueue,
  handle: (job) => takeOff(services.database, jobData.parse(job.data).campaignId, job.signal),
});

/** Takes the first batch off in `tx`, in which the campaign is cancelled, and leaves the others to the job. */
export async function beginTakingOff(tx: Tx, jobs: Pick<Jobs, 'enqueue'>, campaignId: Uuid): Promise<void> {
  const { lastId } = await skipPending(tx, { campaignId, reason: CANCELLED, after: undefined, limit: TAKE_OFF_BATCH });
  if (lastId !== undefined) await jobs.enqueue(tx, takeOffQueue.name, [{ data: { campaignId } }]);
}

async function takeOff({ db }: Database, campaignId: Uuid, signal: AbortSignal): Promise<void> {
  for (let after: Uuid | undefined, done = false; !done; ) {
    signal.throwIfAborted();
    const { lastId } = await runTx(db, async (tx) => {
      await notifyLive(tx, [`campaign:${campaignId}`]);
      return skipPending(tx, { campaignId, reason: CANCELLED, after, limit: TAKE_OFF_BATCH });
    });
    after = lastId;
    done = lastId === undefined;
  }
}
