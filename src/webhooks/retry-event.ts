import { z } from 'zod';
import { patience } from '../platform/clock.ts';
import { type Db, isTransient, runTx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Job, JobQueue, Jobs } from '../platform/jobs.ts';
import { notifyLive } from '../platform/live.ts';
import { addMs, HOUR_MS } from '../platform/time.ts';
import type { Services } from '../services.ts';
import { applyStored, RETRY_QUEUE, type RetryServices, said } from './apply-event.ts';
import { EVENTS_TOPIC, listForgotten, markFailed, takeRetrying } from './event-store.ts';

const RETRIES = 3;
const BATCH = 20;

const jobData = z.object({ eventId: z.uuid() });

/**
 * Tries events again that have failed, with growing pauses. After the last try an event rests as failed, where people see it with its
 * history, and the next one of its number has its turn.
 */
export const retryQueue = (services: RetryServices): JobQueue => ({
  name: RETRY_QUEUE,
  perKey: true,
  // The job itself is the first of them.
  retryLimit: RETRIES - 1,
  batchSize: BATCH,
  handle: (job) => retry(services, job),
});

/** The pauses between tries are seconds. */
const FORGOTTEN_AFTER_MS = HOUR_MS;
/** In one hour; the next one goes on. */
const FORGOTTEN_MAX = 10_000;

/**
 * Events that are to be tried again by a job that is gone: the queue drops what has waited for two weeks, as it may where no worker
 * runs, and a copy of the database may have come without its jobs. They would hold up their number for ever. One job too many finds nothing to do.
 */
export const forgottenRetries = (
  started: Promise<Pick<Services, 'clock'> & { readonly db: Db; readonly jobs: Pick<Jobs, 'enqueue'> }>,
): JobQueue & Required<Pick<JobQueue, 'handle'>> => ({
  name: 'retry-forgotten-events',
  perKey: false,
  retryLimit: 0,
  cron: '7 * * * *',
  batchSize: 1,
  async handle() {
    const { db, clock, jobs } = await started;
    const before = addMs(clock.now(), -patience(clock, FORGOTTEN_AFTER_MS));
    const ids = await listForgotten(db, { before, limit: FORGOTTEN_MAX });
    await jobs.enqueue(
      db,
      RETRY_QUEUE,
      ids.map((id) => ({ data: { eventId: id }, key: id })),
    );
  },
});

async function retry(services: RetryServices, job: Job): Promise<void> {
  const { eventId } = jobData.parse(job.data);
  const { db } = services.database;
  try {
    await runTx(db, async (tx) => {
      const stored = await takeRetrying(tx, eventId);
      if (stored === undefined) return;
      await applyStored(tx, services, stored);
      await notifyLive(tx, [EVENTS_TOPIC]);
    });
  } catch (error) {
    // Others were in its way: the last try is still to come.
    if (isTransient(error)) throw error;
    await keepFailure(services, eventId, { error, last: job.lastAttempt });
    // A failed job would hold back every later one of its key for ever; the event itself stays, marked failed.
    if (!job.lastAttempt) throw error;
  }
}

async function keepFailure(
  services: RetryServices,
  id: Uuid,
  { error, last }: { readonly error: unknown; readonly last: boolean },
): Promise<void> {
  services.log.error({ error, event: id, last }, 'event failed again');
  await runTx(services.database.db, async (tx) => {
    await markFailed(tx, { id, ...said(error), at: services.clock.now() }, last ? 'failed' : 'retrying');
    if (last) await notifyLive(tx, [EVENTS_TOPIC, 'status']);
  });
}
