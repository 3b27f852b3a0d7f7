import { listAccountRows } from '../gateways/account-store.ts';
import type { JobQueue } from '../platform/jobs.ts';
import type { Log } from '../platform/log.ts';
import { lookDaily, type ManageDeps, retireOverdue } from '../webhooks/manage-webhooks.ts';
import { listChecks, listSettings } from './check-store.ts';
import { isDue } from './decide-check.ts';
import { settleChecks } from './settle-checks.ts';
import { CHECK_END_QUEUE, startCheck } from './start-check.ts';
import { type WatchDeps, watchAccount } from './watch-events.ts';

export type HealthServices = WatchDeps & ManageDeps & { readonly log: Log };

type HandledQueue = JobQueue & Required<Pick<JobQueue, 'handle'>>;

/** `services` are there once everything has been started; a job that was waiting may be handed over before. */
export const healthQueues = (services: Promise<HealthServices>): readonly HandledQueue[] => [
  {
    name: 'health',
    perKey: false,
    retryLimit: 0,
    cron: '* * * * *',
    batchSize: 1,
    handle: async ({ signal }) => lookAfterHealth(await services, signal),
  },
  {
    name: CHECK_END_QUEUE,
    perKey: false,
    retryLimit: 2,
    batchSize: 1,
    handle: async () => settleChecks(await services),
  },
];

/** Each minute: whether events come in, and whether they are asked for as they should be. */
export async function lookAfterHealth(services: HealthServices, signal?: AbortSignal): Promise<void> {
  await settleChecks(services);
  await startDue(services);
  for (const account of await listAccountRows(services.db)) {
    if (signal?.aborted === true) return;
    await watchAccount(services, account);
  }
  await retireOverdue(services);
  await lookDaily(services, signal);
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
