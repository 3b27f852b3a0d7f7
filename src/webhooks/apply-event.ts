import { z } from 'zod';
import { recordInbound } from '../conversations/record-inbound.ts';
import { getAccount } from '../gateways/account-store.ts';
import type { GatewayEvent } from '../gateways/gateway.ts';
import { patience } from '../platform/clock.ts';
import { runTx, type Tx } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Job, JobQueue } from '../platform/jobs.ts';
import { unreachable } from '../platform/result.ts';
import type { Services } from '../services.ts';
import { applyDeliveryStatus } from './apply-status.ts';
import { lockEvent, markApplied, markFailed } from './event-store.ts';

export const APPLY_QUEUE = 'apply-gateway-event';
const RETRIES = 3;
const BATCH = 50;

export type ApplyServices = Pick<Services, 'database' | 'clock' | 'newUuid' | 'webhookEdge'>;

const RECORD_WAIT_MS = 50;
const RECORD_WAIT_MS_MAX = 500;

interface AttemptedEvent {
  readonly id: Uuid;
  readonly lastAttempt: boolean;
}

const jobData = z.object({ eventId: z.uuid() });

/** A report may overtake our own record of the send; it is tried again until that is there. */
class NotYetKnown extends Error {}

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
    await applyPatiently(services, { id: eventId, lastAttempt: job.lastAttempt });
  } catch (error) {
    await markFailed(services.database.db, eventId, {
      error: error instanceof Error ? error.message : String(error),
      final: job.lastAttempt,
    });
    // A failed job would hold back every later event of this number for ever; the event itself stays, marked failed.
    if (!job.lastAttempt) throw error;
  }
}

/** Our record of the send is usually some milliseconds behind: worth waiting for before the job is put back for seconds. */
async function applyPatiently(services: ApplyServices, job: AttemptedEvent): Promise<void> {
  for (let waited = 0; ; waited += RECORD_WAIT_MS) {
    try {
      return await runTx(services.database.db, (tx) => applyStored(tx, services, job));
    } catch (error) {
      if (!(error instanceof NotYetKnown) || waited >= RECORD_WAIT_MS_MAX) throw error;
      await services.clock.sleep(patience(services.clock, RECORD_WAIT_MS));
    }
  }
}

async function applyStored(tx: Tx, services: ApplyServices, job: AttemptedEvent): Promise<void> {
  const stored = await lockEvent(tx, job.id);
  if (stored === undefined || stored.state === 'applied') return;
  const account = await getAccount(tx, stored.accountId);
  if (account === undefined) throw new Error(`account ${stored.accountId} of event ${job.id} is gone`);
  const event = services.webhookEdge(account.kind).parse(Buffer.from(stored.payload, 'utf8'), stored.receivedAt);
  if (!event.ok) throw new Error(event.error.message);
  const known = await apply(tx, services, account, event.value);
  // Texts that people send in the provider's own app have receipts too; those are not ours.
  if (!known && !job.lastAttempt) throw new NotYetKnown('no text of ours has this gateway id yet');
  await markApplied(tx, job.id, services.clock.now());
}

async function apply(
  tx: Tx,
  services: ApplyServices,
  account: { readonly id: Uuid; readonly environment: 'live' | 'sandbox' },
  event: GatewayEvent,
): Promise<boolean> {
  switch (event.type) {
    case 'message_received':
      return recordInbound(tx, services, account, event);
    case 'message_status':
      return applyDeliveryStatus(tx, { ...event, accountId: account.id });
    case 'other':
      return true;
    default:
      return unreachable(event);
  }
}
