/**
 * Carries replays out. A step sets some events back, writes their history and moves the cursor in one transaction that holds the row of
 * the replay: a process may die anywhere, another one goes on at the cursor, and nothing is set back twice. A cancel that has committed
 * ends it before its next step.
 */
import { z } from 'zod';
import { recordAudit } from '../compliance/audit-store.ts';
import { patience } from '../platform/clock.ts';
import { runTx, type Tx } from '../platform/database.ts';
import { showId, type Uuid } from '../platform/ids.ts';
import type { Job, JobQueue } from '../platform/jobs.ts';
import { notifyLive } from '../platform/live.ts';
import { SECOND_MS } from '../platform/time.ts';
import type { Services } from '../services.ts';
import { EVENTS_TOPIC } from './event-store.ts';
import {
  endReplay,
  lockReplay,
  markReplayRunning,
  moveReplay,
  type Replay,
  setBack,
  takeReplayStep,
} from './replay-store.ts';

export type ReplayServices = Pick<Services, 'database' | 'clock' | 'newUuid'>;

/** For a process that only puts jobs in. */
export const REPLAY_QUEUE: JobQueue = {
  name: 'replay-gateway-events',
  perKey: false,
  // A try that ends early has kept its steps, and nothing else would go on with the others.
  retryLimit: 1_000,
  batchSize: 1,
  // At the usual rate a day is four million events; whoever takes over then finds the cursor.
  secondsMax: 24 * 60 * 60,
};

const jobData = z.object({ replayId: z.uuid() });

export const replayJob = (services: ReplayServices): JobQueue & { handle(job: Job): Promise<void> } => ({
  ...REPLAY_QUEUE,
  handle: (job) => replayEvents(services, jobData.parse(job.data).replayId, job.signal),
});

/** Half a second's worth at once, so that a cancel is felt at once; one at least. */
const STEPS_PER_SECOND = 2;

async function replayEvents(services: ReplayServices, id: Uuid, signal: AbortSignal): Promise<void> {
  const { database, clock } = services;
  let replay = await markReplayRunning(database.db, id, clock.now());
  while (replay !== undefined) {
    signal.throwIfAborted();
    const done = replay.done;
    replay = await step(services, replay);
    const moved = (replay?.done ?? done) - done;
    if (moved > 0) await clock.sleep(patience(clock, (moved / (replay?.perSecond ?? 1)) * SECOND_MS), signal);
  }
}

/** The replay after it; `undefined` when it is over, or not this process's to go on with. */
async function step(services: ReplayServices, replay: Replay): Promise<Replay | undefined> {
  const { clock } = services;
  const limit = Math.max(1, Math.floor(replay.perSecond / STEPS_PER_SECOND));
  return runTx(services.database.db, async (tx) => {
    if (!(await lockReplay(tx, replay))) return undefined;
    const { ids, cursor } = await takeReplayStep(tx, replay, limit);
    const done = await setBack(tx, replay, { ids, now: clock.now() });
    await moveReplay(tx, { id: replay.id, cursor: cursor ?? replay.lastEventId, done });
    await notifyLive(tx, [EVENTS_TOPIC, `replay:${replay.id}`]);
    const after = { ...replay, cursor: cursor ?? replay.lastEventId, done: replay.done + done };
    if (cursor !== undefined) return after;
    await complete(tx, services, after);
    return undefined;
  });
}

async function complete(tx: Tx, { clock, newUuid }: ReplayServices, { id, done, total }: Replay): Promise<void> {
  const now = clock.now();
  await endReplay(tx, { id, state: 'completed', now });
  await recordAudit(tx, {
    id: newUuid(),
    at: now,
    actor: 'system',
    action: 'replay.completed',
    subject: showId('replay', id),
    detail: { done, total },
  });
}
