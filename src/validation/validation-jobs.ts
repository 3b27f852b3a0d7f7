import { z } from 'zod';
import { patience } from '../platform/clock.ts';
import { type Database, runTx } from '../platform/database.ts';
import type { NewUuid, Uuid } from '../platform/ids.ts';
import type { JobQueue } from '../platform/jobs.ts';
import type { Log } from '../platform/log.ts';
import { runAll } from '../platform/run-all.ts';
import { addMs, MINUTE_MS, SECOND_MS } from '../platform/time.ts';
import { listDueBatches } from './batch-store.ts';
import { type ValidatorServices, validatorOpener } from './open-validators.ts';
import { startRevalidation, VALIDATION_QUEUE } from './start-batch.ts';
import { getValidationSettings } from './validation-settings-store.ts';
import { type WorkDeps, workBatch } from './work-batch.ts';

export interface ValidationServices extends ValidatorServices {
  readonly database: Database;
  readonly clock: WorkDeps['clock'];
  readonly newUuid: NewUuid;
  readonly log: Log;
}

type HandledQueue = JobQueue & Required<Pick<JobQueue, 'handle'>>;

/** Of one job: shorter than what a job may take. */
const WORKED_REAL_MS = 10 * MINUTE_MS;
/** Of each batch when there are several. */
const SLICE_REAL_MS = 20 * SECOND_MS;

const jobData = z.object({ batchId: z.string() });

/** A batch is taken up when it begins, and every minute by whoever is there: after a crash, and when its wait is over. */
export const validationQueues = (services: ValidationServices): readonly HandledQueue[] => [
  {
    name: VALIDATION_QUEUE,
    perKey: false,
    retryLimit: 0,
    batchSize: 1,
    handle: ({ data, signal }) =>
      work(services, { batchId: jobData.parse(data).batchId, realMs: WORKED_REAL_MS, signal }),
  },
  {
    name: 'resume-validations',
    perKey: false,
    cron: '* * * * *',
    retryLimit: 0,
    batchSize: 1,
    handle: ({ signal }) => resumeBatches(services, signal),
  },
  {
    name: 'revalidate-numbers',
    perKey: false,
    cron: '41 3 * * *',
    retryLimit: 2,
    batchSize: 1,
    handle: () => revalidate(services),
  },
];

function work(
  services: ValidationServices,
  { batchId, realMs, signal }: { readonly batchId: Uuid; readonly realMs: number; readonly signal: AbortSignal },
): Promise<void> {
  const { clock, database } = services;
  const until = addMs(clock.now(), patience(clock, realMs));
  return workBatch({ db: database.db, clock, openValidators: validatorOpener(services) }, { batchId, until, signal });
}

export async function resumeBatches(services: ValidationServices, signal: AbortSignal): Promise<void> {
  const due = await listDueBatches(services.database.db, services.clock.now());
  const realMs = due.length > 1 ? SLICE_REAL_MS : WORKED_REAL_MS;
  await runAll(
    { log: services.log, signal },
    'validating numbers',
    due.map((batchId) => ({ about: { batch: batchId }, run: () => work(services, { batchId, realMs, signal }) })),
  );
}

/** One that is still open goes on instead of a second. */
export async function revalidate(services: Pick<ValidationServices, 'database' | 'clock' | 'newUuid'>): Promise<void> {
  const { db } = services.database;
  if (!(await getValidationSettings(db)).revalidate) return;
  await runTx(db, (tx) => startRevalidation(tx, services));
}
