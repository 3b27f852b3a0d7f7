/**
 * Sends what waits in the outbox. A notice is claimed by one worker, sent outside of any transaction, and its end is written under
 * that claim. A worker that dies between sending and writing leaves a claim that ends by itself, and then the notice is sent once
 * more: under the same Message-ID or deduplication key, so that mail programs and PagerDuty can tell.
 */
import { getBusiness } from '../business/business-store.ts';
import { type Clock, patience } from '../platform/clock.ts';
import { type Database, runTx } from '../platform/database.ts';
import type { JobQueue } from '../platform/jobs.ts';
import { notifyLive } from '../platform/live.ts';
import type { Log } from '../platform/log.ts';
import { addMs, isBefore, MINUTE_MS } from '../platform/time.ts';
import { CHANNELS, type Channel, type Delivery } from './alert.ts';
import { getAlert } from './alert-store.ts';
import { type ChannelDeps, type Sent, sendNotice } from './channels.ts';
import { GIVE_UP_AFTER_MS, retryAfterMs } from './decide-notice.ts';
import { claimDelivery, type Ending, endAttempt, hastenRetries } from './delivery-store.ts';
import { DELIVERY_QUEUES } from './raise-alert.ts';

export interface DeliverServices extends Omit<ChannelDeps, 'db'> {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly publicUrl: () => string;
}

/** Longer than the time-outs of a channel together. */
const CLAIM_MS = 2 * MINUTE_MS;
/** A job is told of by its alert; what it does not come to, the minute's look finds. */
const JOB_RETRIES = 2;

export const deliveryQueues = (services: DeliverServices): readonly (JobQueue & Required<Pick<JobQueue, 'handle'>>)[] =>
  CHANNELS.map((channel) => ({
    name: DELIVERY_QUEUES[channel],
    perKey: false,
    retryLimit: JOB_RETRIES,
    batchSize: 1,
    handle: ({ signal }) => deliverDue(services, channel, signal),
  }));

/** Everything that is due in one channel, until nothing is, or until the channel does not work. */
export async function deliverDue(services: DeliverServices, channel: Channel, signal?: AbortSignal): Promise<void> {
  const { database, clock } = services;
  while (!signal?.aborted) {
    const now = clock.now();
    const until = addMs(now, patience(clock, CLAIM_MS));
    const claimed = await runTx(database.db, (tx) => claimDelivery(tx, { channel, now, until }));
    if (claimed === undefined) return;
    const sent = await send(services, claimed);
    await finish(services, claimed, sent);
    // One mail server that is away would be asked as often as there are notices.
    if (!sent.ok && !sent.error.final) return;
  }
}

async function send(services: DeliverServices, delivery: Delivery): Promise<Sent> {
  const { db } = services.database;
  const alert = await getAlert(db, delivery.alertId);
  if (alert === undefined) throw new Error(`alert ${delivery.alertId} of notice ${delivery.id} vanished`);
  const { zone } = await getBusiness(db);
  const notice = { alert, delivery, zone, publicUrl: services.publicUrl() };
  return sendNotice({ ...services, db }, delivery.channel, notice);
}

async function finish(services: DeliverServices, claimed: Delivery, sent: Sent): Promise<void> {
  const { database, clock, log } = services;
  const now = clock.now();
  const ending = endingOf(services, claimed, sent);
  await runTx(database.db, async (tx) => {
    await endAttempt(tx, claimed, ending);
    if (ending.state === 'sent') await hastenRetries(tx, claimed.channel, now);
    await notifyLive(tx, ['alerts']);
  });
  const { channel, event, alertId, attempts } = claimed;
  if (!sent.ok) log.warn({ channel, event, alertId, attempts, problem: sent.error.message }, 'alert not sent');
}

function endingOf({ clock }: DeliverServices, claimed: Delivery, sent: Sent): Ending {
  const now = clock.now();
  if (sent.ok) return { state: 'sent', sentAt: now, error: sent.value.note };
  const error = sent.error.message;
  const giveUpAt = addMs(claimed.createdAt, patience(clock, GIVE_UP_AFTER_MS));
  if (sent.error.final || isBefore(giveUpAt, now)) return { state: 'failed', error };
  return { state: 'waiting', nextAt: addMs(now, patience(clock, retryAfterMs(claimed.attempts))), error };
}
