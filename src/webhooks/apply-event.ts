import { z } from 'zod';
import { runTx, type Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Job, JobQueue } from '../platform/jobs.ts';
import type { Services } from '../services.ts';
import { applyContent } from './apply-content.ts';
import { lockEvent, markApplied, markFailed } from './event-store.ts';

export const APPLY_QUEUE = 'apply-gateway-event';
const RETRIES = 3;
const BATCH = 50;

export type ApplyServices = Pick<Services, 'database' | 'clock' | 'newUuid' | 'webhookEdge'>;

const jobData = z.object({ eventId: z.uuid() });

/** Applies stored events, one after the other per phone number, each with its mark in one transaction. */
export const applyQueue = (services: ApplyServices): JobQueue => ({
  name: APPLY_QUEUE,
  perKey: true,
  retryLimit: RETRIES,
  batchSize: BATCH,
  handle: (job) => applyJob(services, job),
});

async function applyJob(services: ApplyServices, job: Job): Promise<void> {
  const { eventId } = jobData.parse(job.data);
  try {
    await runTx(services.database.db, (tx) => applyStored(tx, services, eventId));
  } catch (error) {
    await markFailed(services.database.db, eventId, {
      error: error instanceof Error ? error.message : String(error),
      final: job.lastAttempt,
    });
    // A failed job would hold back every later event of this number for ever; the event itself stays, marked failed.
    if (!job.lastAttempt) throw error;
  }
}

async function applyStored(tx: Tx, services: ApplyServices, eventId: Uuid): Promise<void> {
  const stored = await lockEvent(tx, eventId);
  if (stored === undefined || stored.state === 'applied') return;
  const { account } = stored;
  const event = services.webhookEdge(account.kind).parse(Buffer.from(stored.payload, 'utf8'), stored.receivedAt);
  if (!event.ok) throw new Error(event.error.message);
  await applyContent(tx, services, account, event.value);
  await markApplied(tx, eventId, services.clock.now());
}
