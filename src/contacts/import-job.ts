import { z } from 'zod';
import { type Clock, patience } from '../platform/clock.ts';
import type { Config } from '../platform/config.ts';
import type { Database } from '../platform/database.ts';
import type { NewUuid } from '../platform/ids.ts';
import type { Job, JobQueue } from '../platform/jobs.ts';
import { notifyLive } from '../platform/live.ts';
import type { Log } from '../platform/log.ts';
import { addMs, isBefore } from '../platform/time.ts';
import { commitImport } from './import-contacts.ts';
import { csvSource, getImport, importBlobs } from './import-files.ts';
import type { ImportMapping } from './import-mapping.ts';
import { importMappingSchema } from './import-mapping-schema.ts';
import { countAttempt, forgetAttempt, markFailed, recordProgress } from './import-run-store.ts';

export const IMPORT_QUEUE = 'import-contacts';
/** A try that was interrupted left nothing, so that the next one begins anew. */
const ATTEMPTS_MAX = 3;
/** The attempts are counted with the run, not by the queue: a job whose process is killed in its last attempt would be lost there. */
const JOB_RETRIES_MAX = 1_000;
const PROGRESS_EVERY_REAL_MS = 500;

const jobData = z.object({
  importId: z.string(),
  by: z.object({ actor: z.string(), name: z.string() }),
  mapping: importMappingSchema.optional(),
  addTags: z.array(z.string()).optional(),
  validate: z.boolean().optional(),
});

export interface ImportJobData {
  readonly importId: string;
  readonly by: { readonly actor: string; readonly name: string };
  readonly mapping?: ImportMapping;
  readonly addTags?: readonly string[];
  readonly validate?: boolean;
}

export interface ImportJobServices {
  readonly config: Pick<Config, 'dataDir'>;
  readonly database: Database;
  readonly clock: Clock;
  readonly newUuid: NewUuid;
  readonly log: Log;
}

/** Carries committed imports out, one at a time per process. */
export const importJob = (services: ImportJobServices): JobQueue & { handle(job: Job): Promise<void> } => ({
  name: IMPORT_QUEUE,
  perKey: false,
  retryLimit: JOB_RETRIES_MAX,
  batchSize: 1,
  handle: (job) => handleImport(services, job),
});

async function handleImport(services: ImportJobServices, job: Job): Promise<void> {
  const { importId, by, mapping, addTags, validate } = jobData.parse(job.data);
  const { database, clock } = services;
  const blobs = importBlobs(services.config);
  const run = await getImport(database.db, importId);
  if (!run.ok) throw new Error(run.error.message);
  const attempt = (await countAttempt(database.db, importId)) ?? 0;
  try {
    if (attempt > ATTEMPTS_MAX) throw new Error('the process was killed in every attempt');
    await commitImport(services, {
      importId,
      by,
      open: () => csvSource(blobs, run.value),
      signal: job.signal,
      onProgress: progressRecorder(services, importId),
      ...(mapping === undefined ? {} : { mapping }),
      ...(addTags === undefined ? {} : { addTags }),
      ...(validate === undefined ? {} : { validate }),
    });
  } catch (error) {
    if (job.signal.aborted) await forgetAttempt(database.db, importId);
    if (job.signal.aborted || attempt < ATTEMPTS_MAX) throw error;
    services.log.error({ error, importId }, 'import failed for good');
    await markFailed(database.db, { id: importId, now: clock.now(), error: INTERRUPTED });
  }
  await blobs.remove(run.value.blobKey);
  await notifyLive(database.db, [`import:${importId}`]);
}

const INTERRUPTED = `the import was interrupted ${ATTEMPTS_MAX} times, and nothing of it was kept; upload the file again, and look into the log if that ends the same way`;

/** Progress is for eyes only: written now and then, beside the import's own transaction, and never waited for. */
function progressRecorder({ database, clock, log }: ImportJobServices, importId: string) {
  let due = clock.now();
  return (progress: { readonly rows: number; readonly bytes: number }): void => {
    const now = clock.now();
    if (isBefore(now, due)) return;
    due = addMs(now, patience(clock, PROGRESS_EVERY_REAL_MS));
    recordProgress(database.db, { id: importId, ...progress })
      .then(() => notifyLive(database.db, [`import:${importId}`]))
      .catch((error: unknown) => log.warn({ error, importId }, 'progress of an import was not recorded'));
  };
}
