import { z } from 'zod';
import { patience } from '../platform/clock.ts';
import { type Database, runTx } from '../platform/database.ts';
import type { NewUuid, Uuid } from '../platform/ids.ts';
import type { JobQueue } from '../platform/jobs.ts';
import { addMs, MINUTE_MS } from '../platform/time.ts';
import { dueScrubBatch } from './scrub-batch-store.ts';
import { getScrubSettings, type ScrubOpener, scrubOpener } from './scrub-settings.ts';
import { SCRUB_QUEUE, startScrub } from './start-scrub.ts';
import { type WorkScrubDeps, workScrub } from './work-scrub.ts';

export interface ScrubServices extends ScrubOpener {
  readonly database: Database;
  readonly clock: WorkScrubDeps['clock'];
  readonly newUuid: NewUuid;
}

type HandledQueue = JobQueue & Required<Pick<JobQueue, 'handle'>>;

/** Of one job: shorter than what a job may take. */
const WORKED_REAL_MS = 10 * MINUTE_MS;

const jobData = z.object({ batchId: z.string() });

/** A batch is taken up when it begins, and every minute by whoever is there: after a crash, and when its wait is over. */
export const scrubQueues = (services: ScrubServices): readonly HandledQueue[] => [
  {
    name: SCRUB_QUEUE,
    perKey: false,
    retryLimit: 0,
    batchSize: 1,
    handle: ({ data, signal }) => work(services, jobData.parse(data).batchId, signal),
  },
  {
    name: 'resume-scrubbing',
    perKey: false,
    cron: '* * * * *',
    retryLimit: 0,
    batchSize: 1,
    handle: ({ signal }) => resumeScrub(services, signal),
  },
  {
    name: 'scrub-nightly',
    perKey: false,
    cron: '17 4 * * *',
    retryLimit: 2,
    batchSize: 1,
    handle: () => scrubNightly(services),
  },
];

export async function resumeScrub(services: ScrubServices, signal: AbortSignal): Promise<void> {
  const due = await dueScrubBatch(services.database.db, services.clock.now());
  if (due !== undefined) await work(services, due, signal);
}

function work(services: ScrubServices, batchId: Uuid, signal: AbortSignal): Promise<void> {
  const { clock, database, newUuid } = services;
  const until = addMs(clock.now(), patience(clock, WORKED_REAL_MS));
  return workScrub({ db: database.db, clock, newUuid, openScrub: scrubOpener(services) }, { batchId, until, signal });
}

/** One that is still open goes on instead of a second. */
export async function scrubNightly(services: Pick<ScrubServices, 'database' | 'clock' | 'newUuid'>): Promise<void> {
  const { db } = services.database;
  if (!(await getScrubSettings(db)).nightly) return;
  const by = { actor: 'system', name: 'Textwright' };
  await runTx(db, (tx) => startScrub(tx, services, { audience: { all: true }, by }));
}
