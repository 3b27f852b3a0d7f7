import { fromKysely, type JobResult, type JobWithMetadata, PgBoss } from 'pg-boss';
import type { Db, Tx } from './database.ts';
import { type Log, withCorrelation } from './log.ts';

/**
 * Background work through pg-boss. A job is enqueued in the transaction of the change that asks for it, so that neither exists
 * without the other. Handlers may run twice for one job (a crash before its completion): they must be idempotent.
 */
export interface Jobs {
  /** `key` orders the jobs of one queue strictly, one after the other per key (queues made with `perKey`). */
  enqueue(tx: Tx | Db, queue: string, jobs: readonly NewJob[]): Promise<void>;
  close(): Promise<void>;
}

export interface NewJob {
  readonly data: object;
  readonly key?: string;
  /** Not before so many seconds of real time have passed. */
  readonly afterSeconds?: number;
}

export interface Job {
  readonly id: string;
  readonly data: unknown;
  /** No further attempt follows this one: keep the failure where people see it, and return. */
  readonly lastAttempt: boolean;
  readonly signal: AbortSignal;
}

export interface JobQueue {
  readonly name: string;
  readonly perKey: boolean;
  readonly retryLimit: number;
  /** Makes a job at these minutes (crontab(5), UTC), one for all processes, and none while the one before still waits. */
  readonly cron?: string;
  /** Jobs fetched at once and worked on together. */
  readonly batchSize: number;
  /** A job that is still at work after so long is given to another process as well; a quarter of an hour when absent. */
  readonly secondsMax?: number;
  /** Absent in a process that only enqueues. */
  readonly handle?: (job: Job) => Promise<void>;
}

const POLLING_SECONDS = 2;
const RETRY_DELAY_SECONDS = 2;
const RETRY_DELAY_SECONDS_MAX = 60;
/**
 * A job that fails for good holds back every later one of its key. Its handler therefore ends the last attempt without throwing;
 * when even that is cut short (a kill, no database), the last attempt is repeated.
 */
const LAST_ATTEMPTS_MAX = 10_000;
const DRAIN_MS = 20_000;
/** Jobs of a process that was killed are given to another one this long after its last sign of life. */
const HEARTBEAT_SECONDS = 10;
const LOOK_AFTER_JOBS_SECONDS = 5;

export async function openJobs(options: {
  readonly connectionString: string;
  readonly queues: readonly JobQueue[];
  readonly log: Log;
}): Promise<Jobs> {
  const { connectionString, queues, log } = options;
  const boss = new PgBoss({
    connectionString,
    application_name: 'textwright-jobs',
    max: 6,
    useListenNotify: true,
    superviseIntervalSeconds: LOOK_AFTER_JOBS_SECONDS,
    monitorIntervalSeconds: LOOK_AFTER_JOBS_SECONDS,
  });
  boss.on('error', (error) => log.error({ error }, 'job queue'));
  await boss.start();
  const stopping = new AbortController();
  for (const queue of queues) await startQueue(boss, queue, stopping.signal, log);
  return {
    async enqueue(tx, queue, jobs) {
      if (jobs.length === 0) return;
      const rows = jobs.map(({ data, key, afterSeconds }) => ({
        data,
        ...(key === undefined ? {} : { singletonKey: key }),
        ...(afterSeconds === undefined ? {} : { startAfter: afterSeconds }),
      }));
      await boss.insert(queue, rows, { db: fromKysely(tx.withoutPlugins()) });
    },
    async close() {
      stopping.abort();
      await boss.stop({ graceful: true, timeout: DRAIN_MS, close: true });
    },
  };
}

function policyOf({ perKey, cron }: JobQueue): 'key_strict_fifo' | 'short' | 'standard' {
  if (perKey) return 'key_strict_fifo';
  return cron === undefined ? 'standard' : 'short';
}

async function startQueue(boss: PgBoss, queue: JobQueue, signal: AbortSignal, log: Log): Promise<void> {
  const { name, retryLimit, batchSize, secondsMax, handle } = queue;
  await boss.createQueue(name, {
    policy: policyOf(queue),
    notify: true,
    retryLimit: queue.perKey ? retryLimit + LAST_ATTEMPTS_MAX : retryLimit,
    retryDelay: RETRY_DELAY_SECONDS,
    retryDelayMax: RETRY_DELAY_SECONDS_MAX,
    retryBackoff: true,
    heartbeatSeconds: HEARTBEAT_SECONDS,
    ...(secondsMax === undefined ? {} : { expireInSeconds: secondsMax }),
  });
  if (queue.cron !== undefined) await boss.schedule(name, queue.cron);
  if (handle === undefined) return;
  const settle = async (job: JobWithMetadata<object>): Promise<JobResult> => {
    try {
      const lastAttempt = job.retryCount >= retryLimit;
      await withCorrelation(job.id, () => handle({ id: job.id, data: job.data, lastAttempt, signal }));
      return { id: job.id, status: 'completed' };
    } catch (error) {
      log.error({ error, queue: name, job: job.id }, 'job failed');
      return {
        id: job.id,
        status: 'failed',
        output: { message: error instanceof Error ? error.message : String(error) },
      };
    }
  };
  await boss.work(
    name,
    {
      batchSize,
      pollingIntervalSeconds: POLLING_SECONDS,
      // A notification that is lost (a reconnect, a start) must not cost the default of half a minute.
      notifyPollingIntervalSeconds: POLLING_SECONDS,
      burstWhenBatchFull: batchSize > 1,
      includeMetadata: true,
      perJobResults: true,
    },
    (jobs: JobWithMetadata<object>[]) => Promise.all(jobs.map(settle)),
  );
}
