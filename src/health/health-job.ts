import { listAccountRows } from '../gateways/account-store.ts';
import type { JobQueue } from '../platform/jobs.ts';
import type { Log } from '../platform/log.ts';
import { lookDaily, type ManageDeps, retireOverdue } from '../webhooks/manage-webhooks.ts';
import { listChecks, listSettings } from './check-store.ts';
import { isDue } from './decide-check.ts';
import { settleChecks } from './settle-checks.ts';
import { LOOK_QUEUE, startCheck } from './start-check.ts';
import { type WatchDeps, watchAccount } from './watch-events.ts';

export type HealthServices = WatchDeps & ManageDeps & { readonly log: Log };

type HandledQueue = JobQueue & Required<Pick<JobQueue, 'handle'>>;

/** Seconds into the minute: an outage is to be suspected soon after it can be. */
const LOOKS_BETWEEN = [20, 40];

/** `services` are there once everything has been started; a job that was waiting may be handed over before. */
export const healthQueues = (services: Promise<HealthServices>): readonly HandledQueue[] => [
  {
    name: 'health',
    perKey: false,
    retryLimit: 0,
    cron: '* * * * *',
    batchSize: 1,
    async handle({ signal }) {
      const { jobs, db } = await services;
      await jobs.enqueue(
        db,
        LOOK_QUEUE,
        LOOKS_BETWEEN.map((afterSeconds) => ({ data: {}, afterSeconds })),
      );
      await lookAfterHealth(await services, signal);
      await retireOverdue(await services);
      await lookDaily(await services, signal);
    },
  },
  {
    name: LOOK_QUEUE,
    perKey: false,
    retryLimit: 0,
    batchSize: 1,
    handle: async ({ signal }) => lookAfterHealth(await services, signal),
  },
];

/** Whether events come in. */
export async function lookAfterHealth(services: HealthServices, signal?: AbortSignal): Promise<void> {
  await settleChecks(services);
  await startDue(services);
  for (const account of await listAccountRows(services.db)) {
    if (signal?.aborted === true) return;
    await watchAccount(services, account);
  }
}

async function startDue(services: HealthServices): Promise<void> {
  for (const { accountId, ...settings } of await listSettings(services.db)) {
    const [last] = await listChecks(services.db, { accountId, after: undefined, limit: 1 });
    if (!isDue(settings, last, services.clock.now())) continue;
    const started = await startCheck(services, { accountId, cause: 'schedule' });
    if (!started.ok)
      services.log.warn({ account: accountId, reason: started.error.message }, 'a health check cannot begin');
  }
}
